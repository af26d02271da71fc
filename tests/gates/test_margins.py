"""What a gate begins with, against the defaults and the tables of a simulation study."""

import pytest

from genaiops.gates.margins import (
    FirstMargin,
    OpenGate,
    blocked_share,
    first_margin,
    first_repeats,
    usual_margin,
    usual_repeats,
)
from genaiops.gates.noise import ASSUMED_VARIANCE, Noise
from genaiops.gates.sample import Sample
from genaiops.records import MetricInfo
from genaiops.stats.power import Shares
from tests.gates.build import ANSWER_OK, RATING, no_worse

NOISY = Noise(ASSUMED_VARIANCE, "repeats", cases=60)
STILL = Noise(0.0, "repeats", cases=60)


def open_gate(sample: Sample, noise: Noise = NOISY, info: MetricInfo = ANSWER_OK) -> OpenGate:
    return OpenGate(no_worse(0.1, info), info, sample, noise)


def begun(cases: int, noise: Noise = NOISY, *, most: int = 3) -> FirstMargin:
    gate = open_gate(Sample(cases), noise)
    return first_margin(gate, first_repeats([gate], most))


@pytest.mark.parametrize(
    ("cases", "margin", "repeats"),
    [(1, 0.1, 3), (149, 0.1, 3), (150, 0.05, 3), (399, 0.05, 3), (400, 0.05, 1), (9000, 0.05, 1)],
)
def test_what_is_usual(cases: int, margin: float, repeats: int) -> None:
    assert (usual_margin(cases), usual_repeats(cases)) == (margin, repeats)


def test_sixty_noisy_cases_begin_with_ten_points_and_three_repeats() -> None:
    found = begun(60)
    assert (found.margin, found.repeats) == (0.1, 3)
    assert found.unchanged.passes == pytest.approx(0.83, abs=0.02)
    assert blocked_share(found.unchanged, "block_if_worse") == pytest.approx(0.01, abs=0.005)
    assert blocked_share(found.dropped, "block_if_worse") == pytest.approx(0.5, abs=0.09)


def test_more_noise_takes_a_wider_margin() -> None:
    found = begun(60, Noise(0.3, "repeats", cases=60))
    assert (found.margin, found.usual) == (0.15, 0.1)
    assert found.unchanged.passes >= 0.8


@pytest.mark.parametrize(("cases", "margin"), [(12, 0.25), (28, 0.15), (29, 0.1)])
def test_without_noise_the_cases_alone_decide_and_are_asked_once(cases: int, margin: float) -> None:
    found = begun(cases, STILL)
    assert (found.margin, found.repeats, found.unchanged.passes) == (margin, 1, 1)


def test_where_one_draw_is_usual_a_second_is_taken_only_where_it_helps() -> None:
    assert first_repeats([open_gate(Sample(1000))], 2) == 1
    assert first_repeats([open_gate(Sample(400))], 2) == 2
    assert first_repeats([open_gate(Sample(400), Noise(0.6, "repeats"))], 2) == 1
    assert first_repeats([open_gate(Sample(60))], 2) == 2, "no more than were made"


@pytest.mark.parametrize("sample", [Sample(4), Sample(300, clusters=9, largest=40)])
def test_where_no_margin_holds_none_is_given(sample: Sample) -> None:
    assert first_margin(open_gate(sample, STILL), 1).margin is None


def test_a_margin_is_one_of_the_range_of_the_metric() -> None:
    found = first_margin(open_gate(Sample(60), STILL, RATING), 1)
    assert (found.margin, found.usual) == (pytest.approx(0.4), pytest.approx(0.4))


def test_what_blocks_is_the_policy_s() -> None:
    shares = Shares(0.5, 0.1, 0.15)
    assert blocked_share(shares, "allow") == 0.1
    assert blocked_share(shares, "block_if_worse") == pytest.approx(0.25)
    assert blocked_share(shares, "block") == 0.5
