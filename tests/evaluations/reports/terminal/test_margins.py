from typing import Any

import pytest

from genaiops.evaluations.reports.terminal.margins import (
    margin_comment,
    margins_text,
    repeats_comment,
)
from genaiops.gates.margins import FirstMargin, OpenGate, first_margin
from genaiops.gates.noise import ASSUMED, Noise
from genaiops.gates.sample import Sample
from genaiops.records import MetricInfo
from tests.gates.build import ANSWER_OK, PII_LEAK, RATING, gate

NOISY = Noise(0.17, "repeats", cases=60)


def first(
    sample: Sample,
    noise: Noise = NOISY,
    info: MetricInfo = ANSWER_OK,
    *,
    repeats: int = 3,
    **rule: Any,
) -> FirstMargin:
    asked = gate(info, no_worse_than="baseline", **rule)
    return first_margin(OpenGate(asked, info, sample, noise), repeats)


def told(found: FirstMargin) -> str:
    return " ".join(margins_text([found], "block_if_worse").split())


def test_a_margin_is_told_with_what_it_does() -> None:
    assert margins_text([first(Sample(60))], "block_if_worse") == (
        "MARGIN  answer_ok no_worse_than baseline: margin 0.1, 60 cases x 3\n"
        "  Noise measured on 60 cases: as if 17.0% of the answers flipped when asked\n"
        "  again.\n"
        "  An unchanged candidate passes in 82%, stays open in 17% and is blocked in 1%;\n"
        "  a drop of 10 points is blocked in 50% or more."
    )


def test_the_comment_of_a_file_says_the_same_in_lines_that_fit() -> None:
    lines = margin_comment(first(Sample(60)), "block_if_worse")
    assert max(map(len, lines)) <= 96
    assert " ".join(lines).startswith("margin by 60 cases x 3. Noise measured on 60 cases: as if ")
    (line,) = repeats_comment([first(Sample(60))])
    assert line == "3 draws of each case: with 1, an unchanged candidate would pass in 53%."


def test_the_policy_says_what_blocks() -> None:
    found = first(Sample(60))
    strict = " ".join(margins_text([found], "block").split())
    assert "passes in 82%, stays open in 0% and is blocked in 18%" in strict
    own = first(Sample(60), on_inconclusive="block")
    assert "stays open in 0% and is blocked in 18%" in told(own), "that of the gate goes first"


def test_what_is_wider_than_usual_or_assumed_says_so() -> None:
    found = told(first(Sample(12), ASSUMED))
    assert "Noise assumed: as if 17.0% of the answers flipped" in found
    assert "The usual margin of 10 points would pass too few unchanged candidates." in found


@pytest.mark.parametrize(
    ("sample", "why"),
    [
        (Sample(3), "No margin up to half of the range would pass an unchanged candidate"),
        (Sample(90, 9, 10), "9 clusters are too few for any margin"),
    ],
)
def test_where_no_margin_would_do_the_reason_is_told(sample: Sample, why: str) -> None:
    assert why in told(first(sample))


def test_other_tiers_directions_ranges_and_slices_have_their_own_words() -> None:
    assert "and fails in" in told(first(Sample(60), tier="advisory"))
    assert "a rise of 10 points is blocked" in told(first(Sample(60), info=PII_LEAK))
    assert "a drop of 0.4 is blocked" in told(first(Sample(60), info=RATING))
    assert "a slice can fail, never pass" in told(first(Sample(60), slice="topic"))
    assert "blocked in under 1%" in told(first(Sample(60), Noise(0.05, "repeats", cases=60)))
