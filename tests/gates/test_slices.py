from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.errors import InputError
from genaiops.gates import decide, gate_text
from genaiops.records import Decision
from genaiops.specs.evaluation import GateSpec
from tests.gates.build import ANSWER_OK, PII_LEAK, accepted, gate, no_worse, run_of, tagged
from tests.stats.strategies import few

TOPICS = ["billing"] * 40 + ["tariff"] * 40 + ["other"] * 5
BROKEN = [0.0] * 9 + [1.0] * 76


def judged(
    *rules: GateSpec, rows: list[float | None] | list[float] = BROKEN, topics: list[str] = TOPICS
) -> Decision:
    baseline = run_of(ANSWER_OK, [1.0] * len(topics))
    candidate = tagged(run_of(ANSWER_OK, rows), topics)
    return decide(rules, candidate, accepted(baseline), policy="block")


def test_a_slice_that_got_worse_fails_its_gate() -> None:
    found = judged(no_worse(0.05, slice="topic"))
    verdict = found.verdicts[0]
    assert (found.word, found.blocked, verdict.blocks) == ("fail", True, True)
    assert verdict.gate == "answer_ok no_worse_than baseline, margin 0.05, slice topic"
    assert verdict.sentence == "1 of 3 slices failed: topic billing."
    assert verdict.estimate.n == 85
    first, *others = verdict.slices
    assert (first.slice, first.word, first.estimate.n) == ("topic billing", "fail", 40)
    assert first.sentence == "0 fixed, 9 broken. A drop is proven."
    assert [(part.slice, part.word, part.blocks) for part in others] == [
        ("topic tariff", "inconclusive", False),
        ("topic other", "inconclusive", False),
    ]


def test_a_slice_never_passes_and_never_stops_what_passed() -> None:
    found = judged(no_worse(0.1), no_worse(0.1, slice="topic"), rows=[1.0] * 85)
    assert (found.word, found.blocked) == ("pass", False)
    assert found.summary == "every blocking gate passed, no slice failed"
    assert found.verdicts[1].word == "inconclusive"
    assert found.verdicts[1].sentence == "None of 3 slices failed. Slices can fail and never pass."
    assert found.verdicts[1].to_decide is None


def test_slices_alone_prove_nothing_good() -> None:
    found = judged(no_worse(0.1, slice="topic"), rows=[1.0] * 85)
    assert (found.word, found.blocked) == ("inconclusive", False)
    assert found.summary == "no slice failed, and slices never pass"
    assert found.policy_sentence == (
        "policy: no slice failed, and slices never pass -> NOT BLOCKED"
    )


def test_a_slice_of_fewer_than_twenty_cases_is_not_tested() -> None:
    topics = ["billing"] * 19 + ["tariff"] * 66
    part = judged(no_worse(0.05, slice="topic"), topics=topics).verdicts[0].slices[-1]
    assert (part.slice, part.word, part.p_fail) == ("topic billing", "inconclusive", None)
    assert part.sentence == "19 cases are too few for a slice: 20 are the least."
    twenty = ["billing"] * 20 + ["tariff"] * 65
    assert judged(no_worse(0.05, slice="topic"), topics=twenty).word == "fail"


def test_a_count_is_observed_in_a_slice_of_any_size() -> None:
    run = tagged(run_of(PII_LEAK, [1.0] + [0.0] * 4), ["billing"] * 3 + ["tariff"] * 2)
    found = decide([gate(PII_LEAK, max_cases=0, slice="topic")], run, policy="allow")
    assert [(part.slice, part.word) for part in found.verdicts[0].slices] == [
        ("topic billing", "fail"),
        ("topic tariff", "inconclusive"),
    ]


def test_one_slice_can_be_named() -> None:
    rule = no_worse(0.05, slice={"topic": "tariff"})
    assert gate_text(rule) == "answer_ok no_worse_than baseline, margin 0.05, slice topic tariff"
    verdict = judged(rule).verdicts[0]
    assert [part.slice for part in verdict.slices] == ["topic tariff"]
    assert verdict.sentence == "topic tariff did not fail. Slices can fail and never pass."


def test_a_slice_that_no_case_is_of_is_open_and_never_blocks() -> None:
    found = judged(no_worse(0.05, slice={"topic": "meters"}))
    assert (found.word, found.blocked) == ("inconclusive", False)
    assert found.verdicts[0].sentence == "No case of slice topic meters."


def test_a_run_that_kept_no_tag_is_to_be_made_again() -> None:
    told = "run 'r1' kept no tag 'team' of its cases, by which the gate on answer_ok tells slices"
    with pytest.raises(InputError, match=told):
        judged(no_worse(0.05, slice="team"))


def test_a_case_of_several_values_is_in_several_slices() -> None:
    run = tagged(run_of(ANSWER_OK, [0.0] * 30), ["a"] * 30)
    both = [case.model_copy(update={"tags": {"topic": ["a", "b", "a"]}}) for case in run.cases]
    rule = gate(ANSWER_OK, at_least=0.5, slice="topic")
    found = decide([rule], run.model_copy(update={"cases": tuple(both)}), policy="allow")
    assert [(part.slice, part.estimate.n) for part in found.verdicts[0].slices] == [
        ("topic a", 30),
        ("topic b", 30),
    ]


def test_cases_without_the_tag_are_of_no_slice() -> None:
    run = tagged(run_of(ANSWER_OK, [0.0] * 50), ["a"] * 50)
    cases = [
        case.model_copy(update={"tags": {}}) if place < 25 else case
        for place, case in enumerate(run.cases)
    ]
    rule = gate(ANSWER_OK, at_least=0.5, slice="topic")
    found = decide([rule], run.model_copy(update={"cases": tuple(cases)}), policy="allow")
    assert [(part.slice, part.estimate.n) for part in found.verdicts[0].slices] == [("topic a", 25)]


def test_blocking_slices_and_gates_correct_each_other() -> None:
    rows = [0.0] * 5 + [1.0] * 75
    topics = ["billing"] * 40 + ["tariff"] * 40
    alone = judged(no_worse(0.05, slice={"topic": "billing"}), rows=rows, topics=topics)
    assert alone.verdicts[0].p_fail == pytest.approx(1 / 32)
    assert alone.word == "fail"
    both = judged(no_worse(0.05, slice="topic"), rows=rows, topics=topics).verdicts[0]
    assert (both.word, both.p_fail) == ("inconclusive", pytest.approx(1 / 16))
    assert both.slices[0].sentence == (
        "0 fixed, 5 broken. A drop is likely, but not proven among all gates and slices."
    )


def test_slices_that_do_not_block_may_fail_wrongly_in_one_of_ten() -> None:
    rows = [0.0] * 5 + [1.0] * 75
    topics = ["billing"] * 40 + ["tariff"] * 40
    found = judged(no_worse(0.05, slice="topic", tier="report"), rows=rows, topics=topics)
    assert (found.blocked, found.verdicts[0].word) == (False, "fail")
    assert found.verdicts[0].slices[0].p_fail == pytest.approx(1 / 16)


def test_an_unchanged_candidate_has_unchanged_slices() -> None:
    digests = {"digests": {"dataset": "d1", "flow a": "f1"}}
    run = tagged(run_of(ANSWER_OK, [1.0] * 40, **digests), ["a"] * 40)
    verdict = decide([no_worse(0.1, slice="topic")], run, accepted(run), policy="block").verdicts[0]
    assert verdict.slices[0].word == "inconclusive"


@few
@given(
    rows=st.lists(st.sampled_from([0.0, 1.0]), min_size=40, max_size=60),
    lost=st.sets(st.integers(0, 39), max_size=5),
    fields=st.sampled_from([{"no_worse_than": "baseline", "margin": 0.1}, {"at_least": 0.8}]),
)
def test_missing_scores_make_no_slice_fail(
    rows: list[float], lost: set[int], fields: dict[str, Any]
) -> None:
    topics = ["a"] * 20 + ["b"] * (len(rows) - 20)
    less = [None if place in lost else value for place, value in enumerate(rows)]
    rule = gate(ANSWER_OK, slice="topic", **fields)
    failed, still = (
        {part.slice for part in found.verdicts[0].slices if part.word == "fail"}
        for found in (judged(rule, rows=each, topics=topics) for each in (rows, less))
    )
    assert still <= failed
