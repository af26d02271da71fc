import json
from pathlib import Path
from statistics import mean

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.errors import InputError
from genaiops.gates import decide
from genaiops.records import Decision, MetricInfo, RunScores
from genaiops.specs.evaluation import GateSpec, OnInconclusive
from tests.gates.build import (
    ANSWER_F1,
    ANSWER_OK,
    LATENCY,
    PII_LEAK,
    accepted,
    binary_pairs,
    gate,
    joined,
    no_worse,
    run_of,
)
from tests.stats.strategies import few, steady

MT_RAG = Path(__file__).parents[3] / "shared/data/mt-rag/human_eval.json"
ORDER = {"fail": 0, "inconclusive": 1, "pass": 2}

Pair = tuple[float | None, float | None]
pairs = st.lists(
    st.tuples(st.sampled_from([0.0, 1.0]), st.sampled_from([0.0, 1.0])), min_size=1, max_size=60
)
RULES = [
    no_worse(0.1),
    no_worse(0.0),
    gate(ANSWER_OK, at_least=0.6),
    gate(ANSWER_OK, at_least=0.5, quantile=0.6),
    gate(ANSWER_OK, max_cases=5),
]


def judge(
    rules: list[GateSpec], both: list[Pair], policy: OnInconclusive = "block_if_worse"
) -> Decision:
    """The decision on (candidate, baseline) scores of answer_ok."""
    candidate, baseline = (run_of(ANSWER_OK, [pair[side] for pair in both]) for side in (0, 1))
    return decide(rules, candidate, accepted(baseline), policy=policy)


def test_the_example_of_the_design_reads_as_it_should() -> None:
    candidate, baseline = binary_pairs(4, 6, 44, 6)
    found = judge([no_worse(0.1)], list(zip(candidate, baseline, strict=True)))
    assert (found.eval, found.word, found.blocked) == ("assistant", "inconclusive", False)
    assert found.summary == "no proven drop, safety not proven"
    verdict = found.verdicts[0]
    assert verdict.gate == "answer_ok no_worse_than baseline, margin 0.1"
    assert verdict.sentence == "4 fixed, 6 broken. A drop of over 10 points is still possible."
    assert verdict.to_decide == "about 105 cases"
    assert found.policy_sentence == (
        "policy on_inconclusive: block_if_worse -> NOT BLOCKED (-3.3 is within 10.0)"
    )
    assert found.notes == ()


def test_all_blocking_gates_must_pass() -> None:
    run = joined(run_of(ANSWER_OK, [1.0] * 60), run_of(PII_LEAK, [1.0] + [0.0] * 59))
    rules = [gate(ANSWER_OK, at_least=0.9), gate(PII_LEAK, max_cases=0)]
    found = decide(rules, run, policy="allow")
    assert [verdict.word for verdict in found.verdicts] == ["pass", "fail"]
    assert (found.word, found.blocked, found.summary) == ("fail", True, "pii_leak failed")


def test_fails_are_corrected_for_the_number_of_blocking_gates() -> None:
    dropped = [(1.0, 1.0)] * 40 + [(0.0, 1.0)] * 5
    alone = judge([no_worse(0.05)], list(dropped)).verdicts[0]
    assert (alone.word, alone.p_fail) == ("fail", pytest.approx(1 / 32))
    rules = [no_worse(0.05), gate(ANSWER_OK, at_least=0.85)]
    both = judge(rules, list(dropped)).verdicts
    assert (both[0].word, both[0].p_fail) == ("inconclusive", pytest.approx(1 / 16))
    assert both[0].sentence == (
        "0 fixed, 5 broken. A drop is likely, but not proven among all gates and slices."
    )
    advisory = [no_worse(0.05), gate(ANSWER_OK, at_least=0.85, tier="advisory")]
    assert judge(advisory, list(dropped)).verdicts[0].word == "fail"


def test_an_observed_fail_is_no_part_of_the_correction() -> None:
    dropped = [(1.0, 1.0)] * 40 + [(0.0, 1.0)] * 5
    rules = [no_worse(0.05), gate(ANSWER_OK, max_cases=9)]
    assert [verdict.word for verdict in judge(rules, list(dropped)).verdicts] == ["fail", "pass"]


def test_a_run_without_gates_cannot_be_judged() -> None:
    with pytest.raises(InputError, match="evaluation 'assistant' has no gate"):
        decide([], run_of(ANSWER_OK, [1.0]), policy="block")


def test_an_unknown_metric_is_named_with_its_neighbors() -> None:
    rule = GateSpec(metric="anwser_ok", at_least=0.5)
    with pytest.raises(InputError, match="'anwser_ok'; did you mean 'answer_ok'"):
        decide([rule], run_of(ANSWER_OK, [1.0]), policy="block")


@pytest.mark.parametrize("info", [ANSWER_F1, LATENCY, PII_LEAK], ids=lambda info: info.name)
def test_the_same_files_give_the_same_decision(info: MetricInfo) -> None:
    rule = gate(info, at_most=0.5, quantile=0.9)
    if info is ANSWER_F1:
        rule = no_worse(0.1, info)
    run = run_of(info, [0.0, 1.0] * 15)
    first, second = (decide([rule], run, accepted(run), policy="block") for _ in range(2))
    assert first.model_dump_json() == second.model_dump_json()


@few
@given(both=pairs, data=st.data())
def test_the_order_of_cases_does_not_matter(both: list[Pair], data: st.DataObject) -> None:
    candidate, baseline = (run_of(ANSWER_OK, [pair[side] for pair in both]) for side in (0, 1))
    cases = data.draw(st.permutations(candidate.cases))
    shuffled = RunScores(run=candidate.run, cases=tuple(cases))
    found, other = (
        decide(RULES, run, accepted(baseline), policy="block") for run in (candidate, shuffled)
    )
    assert found == other


@few
@given(values=st.lists(st.sampled_from([0.0, 0.1, 0.3, 0.7, 1.0]), min_size=1, max_size=30))
def test_the_order_of_graded_scores_does_not_matter(values: list[float]) -> None:
    run = run_of(ANSWER_F1, values)
    other = RunScores(run=run.run, cases=tuple(reversed(run.cases)))
    baseline = accepted(run_of(ANSWER_F1, [0.5] * len(values)))
    rules = [no_worse(0.1, ANSWER_F1), gate(ANSWER_F1, at_least=0.5)]
    assert decide(rules, run, baseline, policy="block") == decide(
        rules, other, baseline, policy="block"
    )


@steady
@given(both=pairs, margin=st.sampled_from([0.05, 0.1, 0.3]))
def test_swapped_arms_mirror_each_other(both: list[Pair], margin: float) -> None:
    there = judge([no_worse(margin)], both).verdicts[0]
    back = judge([no_worse(margin)], [(b, a) for a, b in both]).verdicts[0]
    assert there.difference is not None
    assert back.difference is not None
    assert there.difference.value == pytest.approx(-(back.difference.value or 0.0))
    assert (there.improved, there.worsened) == (back.worsened, back.improved)
    assert {there.word, back.word} != {"fail"}


@steady
@given(both=pairs, margin=st.sampled_from([0.05, 0.1, 0.3]))
def test_words_agree_with_the_interval_that_is_shown(both: list[Pair], margin: float) -> None:
    found = judge([no_worse(margin)], both).verdicts[0]
    shown = found.difference
    assert shown is not None
    assert shown.low is not None
    assert shown.high is not None
    assert shown.value is not None
    assert shown.low <= shown.value <= shown.high
    assert (found.word == "pass") == (shown.low > -margin)
    assert (found.word == "fail") == (shown.low <= -margin and shown.high < 0)


@steady
@given(both=pairs, data=st.data())
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.metric}-{rule.margin}")
def test_a_missing_score_only_takes_certainty_and_never_raises_an_estimate(
    rule: GateSpec, both: list[Pair], data: st.DataObject
) -> None:
    lost = data.draw(st.sets(st.integers(0, len(both) - 1), max_size=5))
    side = data.draw(st.sampled_from([0, 1]))
    partly: list[Pair] = [
        ((None, b) if side == 0 else (a, None)) if place in lost else (a, b)
        for place, (a, b) in enumerate(both)
    ]
    whole, less = judge([rule], both).verdicts[0], judge([rule], partly).verdicts[0]
    assert less.word in {whole.word, "inconclusive"}
    assert (less.estimate.value or 0.0) <= (whole.estimate.value or 0.0)
    if less.difference is not None and whole.difference is not None:
        assert (less.difference.value or 0.0) <= (whole.difference.value or 0.0) + 1e-12


@few
@given(
    values=st.lists(st.sampled_from([0.0, 0.2, 0.5, 0.9, 1.0]), min_size=1, max_size=30),
    lost=st.sets(st.integers(0, 29), max_size=4),
)
def test_a_missing_graded_score_only_takes_certainty(values: list[float], lost: set[int]) -> None:
    rows = [None if place in lost else value for place, value in enumerate(values)]
    baseline = accepted(run_of(ANSWER_F1, [0.6] * len(values)))
    for rule in (no_worse(0.1, ANSWER_F1), gate(ANSWER_F1, at_least=0.5)):
        whole, less = (
            decide([rule], run_of(ANSWER_F1, each), baseline, policy="allow").verdicts[0]
            for each in (values, rows)
        )
        assert less.word in {whole.word, "inconclusive"}
        assert (less.estimate.value or 0.0) <= (whole.estimate.value or 0.0) + 1e-12


@steady
@given(both=pairs, kept=st.lists(st.sampled_from(RULES), min_size=1, max_size=3))
@pytest.mark.parametrize("policy", ["block", "allow", "block_if_worse"])
def test_one_more_gate_that_fails_never_unblocks(
    policy: OnInconclusive, both: list[Pair], kept: list[GateSpec]
) -> None:
    before = judge(kept, both, policy)
    observed = gate(ANSWER_OK, max_cases=0)
    after = judge([*kept, observed], both, policy)
    assert [v.word for v in after.verdicts[:-1]] == [v.word for v in before.verdicts]
    if after.verdicts[-1].word == "fail":
        assert after.blocked
    else:
        assert after.blocked == before.blocked


@steady
@given(both=pairs, kept=st.lists(st.sampled_from(RULES), min_size=1, max_size=3))
@pytest.mark.parametrize("more", RULES, ids=lambda rule: f"{rule.metric}-{rule.margin}")
def test_under_the_strict_policy_no_further_gate_unblocks(
    more: GateSpec, both: list[Pair], kept: list[GateSpec]
) -> None:
    assert judge([*kept, more], both, "block").blocked >= judge(kept, both, "block").blocked


def test_rare_breakage_is_not_waved_through() -> None:
    """Of 30 cases each breaks with a chance of the margin; few runs may pass (headline case)."""
    generator = np.random.default_rng(7)
    rule, passed, runs = no_worse(0.05), 0, 150
    baseline = accepted(run_of(ANSWER_OK, [1.0] * 30))
    for _ in range(runs):
        broken = generator.random(30) < 0.05
        candidate = run_of(ANSWER_OK, [0.0 if each else 1.0 for each in broken])
        passed += decide([rule], candidate, baseline, policy="block").word == "pass"
    assert passed / runs <= 0.06


def test_a_noisy_drop_of_the_margin_is_rarely_passed() -> None:
    generator = np.random.default_rng(11)
    rule, passed, runs = no_worse(0.1), 0, 200
    for _ in range(runs):
        gains, harms, _rest = generator.multinomial(60, [0.06, 0.16, 0.78])
        candidate, baseline = binary_pairs(int(gains), int(harms), 60 - int(gains + harms), 0)
        both = list(zip(candidate, baseline, strict=True))
        passed += judge([rule], list(both)).word == "pass"
    assert 0 < passed / runs <= 0.07


def ratings() -> dict[str, RunScores]:
    """Faithfulness by three raters, mapped from 1–4 to 0–1, per writer of the answers."""
    if not MT_RAG.exists():
        pytest.skip("the data of mt-rag is not on this machine")
    rows: dict[str, dict[str, float | None]] = {}
    for answer in json.loads(MT_RAG.read_text("utf-8"))["evaluations"]:
        votes = answer["annotations"]["faithfulness"].values()
        rating = (mean(float(vote["value"]) for vote in votes) - 1) / 3
        rows.setdefault(answer["model_id"], {})[answer["task_id"]] = rating
    return {name: run_of(ANSWER_F1, by_task) for name, by_task in rows.items()}


@pytest.mark.parametrize(
    ("candidate", "baseline", "word", "p_fail"),
    [
        ("gpt-4o", "reference", "fail", 0.0005),
        ("llama-3.1-405b-instruct", "reference", "fail", 0.012),
        ("gpt-4o", "llama-3.1-405b-instruct", "inconclusive", 0.117),
    ],
)
def test_people_find_models_less_faithful_than_the_human_writer(
    candidate: str, baseline: str, word: str, p_fail: float
) -> None:
    runs = ratings()
    rules = [no_worse(0.05, ANSWER_F1)]
    found = decide(rules, runs[candidate], accepted(runs[baseline]), policy="allow").verdicts[0]
    assert (found.word, found.estimate.n) == (word, 65)
    assert found.p_fail == pytest.approx(p_fail, abs=0.003)
