from collections.abc import Sequence

from genaiops.gates import decide
from genaiops.records import CaseScores, MetricInfo, Verdict
from genaiops.specs.evaluation import GateSpec
from tests.gates.build import ANSWER_F1, LATENCY, Row, gate, merged, run_of

P95 = gate(LATENCY, at_most=4, quantile=0.95)


def verdict(rule: GateSpec, info: MetricInfo, rows: Sequence[Row]) -> Verdict:
    return decide([rule], run_of(info, rows), policy="block_if_worse").verdicts[0]


def test_59_cases_within_the_limit_prove_the_95_percent() -> None:
    found = verdict(P95, LATENCY, [1.0] * 59)
    assert found.word == "pass"
    assert found.sentence == "59 of 59 cases are at most 4 s; at least 95% is proven."


def test_58_cases_within_the_limit_leave_it_open() -> None:
    found = verdict(P95, LATENCY, [1.0] * 58)
    assert (found.word, found.n_needed, found.blocks) == ("inconclusive", 59, False)
    assert found.sentence == "58 of 58 cases are at most 4 s; fewer than 95% is still possible."


def test_many_slow_cases_fail() -> None:
    found = verdict(P95, LATENCY, [1.0] * 50 + [9.0] * 10)
    assert found.word == "fail"
    assert found.sentence == "50 of 60 cases are at most 4 s; fewer than 95% is proven."
    assert found.estimate.value == 9.0


def test_a_few_slow_cases_too_many_block_if_worse() -> None:
    found = verdict(P95, LATENCY, [1.0] * 56 + [9.0] * 4)
    assert (found.word, found.blocks, found.n_needed) == ("inconclusive", True, None)
    assert found.sentence == "56 of 60 cases are at most 4 s; 95% or more is still possible."
    assert found.to_decide == "no number of cases would: what was seen is fewer than 95%"


def test_exactly_the_share_is_too_close_to_be_proven() -> None:
    found = verdict(P95, LATENCY, [1.0] * 57 + [9.0] * 3)
    assert (found.word, found.blocks) == ("inconclusive", False)
    assert found.to_decide == "no number of cases would: what was seen is too close to 95%"


def test_a_fast_failure_counts_as_over_every_limit() -> None:
    quick = [CaseScores(case_id=f"q{i}", scores={"latency": (1.0,)}) for i in range(59)]
    failed = CaseScores(case_id="f", scores={"latency": (0.01,)}, failed=(0,))
    words = [
        decide([P95], merged(LATENCY, cases), policy="allow").word
        for cases in (quick, [*quick, failed])
    ]
    assert words == ["pass", "inconclusive"]


def test_a_missing_latency_is_over_the_limit_for_a_pass_and_within_for_a_fail() -> None:
    found = verdict(P95, LATENCY, [1.0] * 59 + [None])
    assert found.word == "inconclusive"
    assert found.sentence.startswith("59 of 60 cases are at most 4 s;")
    assert verdict(P95, LATENCY, [1.0] * 50 + [None] * 10).word == "inconclusive"


def test_at_least_counts_the_cases_above() -> None:
    rule = gate(ANSWER_F1, at_least=0.5, quantile=0.9)
    assert verdict(rule, ANSWER_F1, [0.6] * 29).word == "pass"
    found = verdict(rule, ANSWER_F1, [0.6] * 20 + [0.4] * 9)
    assert found.word == "fail"
    assert found.sentence == "20 of 29 cases are at least 50%; fewer than 90% is proven."
