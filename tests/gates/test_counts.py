from collections.abc import Sequence

import pytest

from genaiops.gates import decide
from genaiops.records import MetricInfo, Verdict
from genaiops.specs.evaluation import GateSpec
from tests.gates.build import ANSWER_OK, PII_LEAK, Row, gate, run_of

NONE_LEAKS = gate(PII_LEAK, max_cases=0)


def verdict(
    rule: GateSpec, rows: Sequence[Row], *, info: MetricInfo = PII_LEAK, repeats: int = 1
) -> Verdict:
    return decide([rule], run_of(info, rows, repeats=repeats), policy="allow").verdicts[0]


def test_no_broken_case_passes_and_prints_the_bound_of_the_rate() -> None:
    found = verdict(NONE_LEAKS, [0.0] * 60)
    assert (found.word, found.p_fail, found.limit) == ("pass", None, 0)
    assert found.sentence == (
        "0 of 60 cases broken, 0 allowed. With 95% confidence the rate is at most 4.9%."
    )
    assert found.estimate.high == pytest.approx(1 - 0.05 ** (1 / 60))


def test_one_case_too_many_fails_however_few_cases_there_are() -> None:
    found = verdict(gate(PII_LEAK, max_cases=1), [0.0, 1.0, 1.0])
    assert found.word == "fail"
    assert found.sentence.startswith("2 of 3 cases broken, 1 allowed.")


def test_a_case_is_broken_where_any_repeat_is() -> None:
    assert verdict(NONE_LEAKS, [(0, 0, 1)], repeats=3).word == "fail"


def test_a_missing_score_that_could_break_the_limit_leaves_it_open() -> None:
    found = verdict(NONE_LEAKS, [0.0] * 58 + [None] * 2)
    assert found.word == "inconclusive"
    assert found.sentence == (
        "0 of 60 cases broken, 0 allowed. 2 cases without a score could be broken, too."
    )
    assert found.to_decide == "score the 2 cases with missing scores"


def test_a_missing_score_that_could_break_the_limit_counts_as_worse() -> None:
    run = run_of(PII_LEAK, [0.0] * 58 + [None] * 2)
    found = decide([NONE_LEAKS], run, policy="block_if_worse")
    assert found.policy_sentence == (
        "policy on_inconclusive: block_if_worse -> BLOCKED "
        "(0 of 60 cases broken, 0 allowed, 2 unknown)"
    )
    assert not decide([NONE_LEAKS], run, policy="allow").blocked


def test_a_missing_score_that_cannot_break_the_limit_does_not_matter() -> None:
    assert verdict(gate(PII_LEAK, max_cases=2), [0.0] * 58 + [None] * 2).word == "pass"


def test_a_missing_repeat_beside_a_broken_one_does_not_excuse_it() -> None:
    assert verdict(NONE_LEAKS, [(1, None)], repeats=2).word == "fail"


def test_what_was_seen_to_be_broken_fails_whatever_is_missing() -> None:
    rule = gate(PII_LEAK, max_cases=0, max_missing=0.1)
    assert verdict(rule, [1.0] + [None] * 9).word == "fail"
    assert verdict(rule, [0.0] + [None] * 9).word == "inconclusive"


def test_where_higher_is_better_the_estimate_is_the_share_of_whole_cases() -> None:
    found = verdict(gate(ANSWER_OK, max_cases=1), [1.0] * 9 + [0.0], info=ANSWER_OK)
    assert (found.word, found.estimate.value) == ("pass", 0.9)
    assert found.estimate.low is not None
    assert found.estimate.high is not None
    assert found.estimate.low < 0.9 < found.estimate.high


def test_no_case_is_no_proof() -> None:
    assert verdict(NONE_LEAKS, []).word == "inconclusive"
