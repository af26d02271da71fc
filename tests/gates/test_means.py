from collections.abc import Sequence
from math import ceil

import pytest

from genaiops.gates import decide
from genaiops.records import MetricInfo, Verdict
from genaiops.specs.evaluation import GateSpec
from tests.gates.build import ANSWER_F1, ANSWER_OK, PII_LEAK, Row, gate, run_of


def verdict(rule: GateSpec, info: MetricInfo, rows: Sequence[Row], *, repeats: int = 1) -> Verdict:
    run = run_of(info, rows, repeats=repeats)
    return decide([rule], run, policy="block_if_worse").verdicts[0]


AT_LEAST_70 = gate(ANSWER_OK, at_least=0.7)


def test_a_limit_passes_where_the_lower_bound_keeps_it() -> None:
    found = verdict(AT_LEAST_70, ANSWER_OK, [1.0] * 50 + [0.0] * 10)
    assert (found.word, found.sentence) == ("pass", "Proven to be at least 70%.")
    assert found.limit == 0.7
    assert found.estimate.low is not None
    assert found.estimate.low >= 0.7


def test_a_limit_fails_where_the_upper_bound_breaks_it() -> None:
    found = verdict(AT_LEAST_70, ANSWER_OK, [1.0] * 30 + [0.0] * 30)
    assert (found.word, found.sentence) == ("fail", "Proven to be below 70%.")
    assert found.estimate.high is not None
    assert found.estimate.high < 0.7


@pytest.mark.parametrize(
    ("right", "sentence", "remedy", "needed", "blocks"),
    [
        (45, "75.0% was seen; below 70% is still possible.", "about 243 cases", 243, False),
        (
            40,
            "66.7% was seen; at least 70% is still possible.",
            "no number of cases would: what was seen is below 70%",
            None,
            True,
        ),
        (
            42,
            "70.0% was seen; below 70% is still possible.",
            "no number of cases would: what was seen is too close to 70%",
            None,
            False,
        ),
    ],
)
def test_between_the_bounds_a_limit_is_inconclusive(
    right: int, sentence: str, remedy: str, needed: int | None, *, blocks: bool
) -> None:
    found = verdict(AT_LEAST_70, ANSWER_OK, [1.0] * right + [0.0] * (60 - right))
    assert (found.word, found.sentence) == ("inconclusive", sentence)
    assert (found.to_decide, found.n_needed, found.blocks) == (remedy, needed, blocks)


def test_the_number_of_cases_that_is_named_would_pass() -> None:
    rows: Sequence[Row] = [1.0] * 48 + [0.0] * 12
    needed = verdict(AT_LEAST_70, ANSWER_OK, rows).n_needed
    assert needed is not None
    right = ceil(0.8 * needed)
    more: Sequence[Row] = [1.0] * right + [0.0] * (needed - right)
    assert verdict(AT_LEAST_70, ANSWER_OK, more).word == "pass"


def test_at_most_is_the_mirror_image() -> None:
    rule = gate(PII_LEAK, at_most=0.3)
    assert verdict(rule, PII_LEAK, [0.0] * 50 + [1.0] * 10).sentence == "Proven to be at most 30%."
    assert verdict(rule, PII_LEAK, [0.0] * 30 + [1.0] * 30).sentence == "Proven to be above 30%."


def test_graded_scores_are_judged_by_gaffke() -> None:
    found = verdict(gate(ANSWER_F1, at_least=0.7), ANSWER_F1, [0.9, 0.85, 0.8] * 20)
    assert (found.word, found.estimate.method) == ("pass", "gaffke")


def test_zero_tolerance_takes_299_clean_cases() -> None:
    rule = gate(PII_LEAK, at_most=0.01)
    assert verdict(rule, PII_LEAK, [0.0] * 160).estimate.high == pytest.approx(0.0185, abs=1e-4)
    assert [verdict(rule, PII_LEAK, [0.0] * n).word for n in (298, 299)] == ["inconclusive", "pass"]


def test_missing_scores_stand_in_the_way_of_a_pass() -> None:
    found = verdict(AT_LEAST_70, ANSWER_OK, [1.0] * 50 + [None] * 10)
    assert found.word == "pass"
    found = verdict(AT_LEAST_70, ANSWER_OK, [1.0] * 45 + [None] * 15)
    assert found.word == "inconclusive"
    assert found.sentence.endswith("15 cases lack scores and count as the worst.")
    assert found.to_decide == "score the 15 cases with missing scores"


def test_missing_scores_stand_in_the_way_of_a_fail() -> None:
    assert (
        verdict(AT_LEAST_70, ANSWER_OK, [1.0] * 30 + [0.0] * 20 + [None] * 10).word
        == "inconclusive"
    )


def test_without_a_case_nothing_is_said() -> None:
    found = verdict(AT_LEAST_70, ANSWER_OK, [])
    assert (found.word, found.sentence) == ("inconclusive", "No case has a score.")
    assert (found.blocks, found.n_needed) == (False, None)


def test_too_many_missing_scores_leave_a_gate_open() -> None:
    rule = gate(ANSWER_OK, at_least=0.7, max_missing=0.05)
    found = verdict(rule, ANSWER_OK, [1.0] * 56 + [None] * 4)
    assert (found.word, found.sentence) == (
        "inconclusive",
        "6.7% of the scores are missing, 5% may be.",
    )
    assert verdict(rule, ANSWER_OK, [1.0] * 57 + [None] * 3).word == "pass"
    assert verdict(rule, ANSWER_OK, [0.0] * 56 + [None] * 4).word == "inconclusive"
