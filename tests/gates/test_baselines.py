from typing import Any

import pytest

from genaiops.gates import decide
from genaiops.records import Decision, RunScores
from tests.gates.build import ANSWER_F1, ANSWER_OK, accepted, gate, joined, merged, no_worse, run_of

DIGESTS = {"dataset": "d1", "flow a": "f1", "prompt a.md": "p1", "index handbook": "i1"}
SAME = {"digests": DIGESTS}
TWENTY = [1.0] * 10 + [0.0] * 10


def judged(candidate: RunScores, baseline: RunScores, **fields: Any) -> Decision:
    return decide([no_worse(0.1, **fields)], candidate, accepted(baseline), policy="block")


def test_a_first_run_is_told_what_to_do_and_never_blocks() -> None:
    found = decide([no_worse(0.1)], run_of(ANSWER_OK, TWENTY), policy="block")
    assert (found.word, found.blocked) == ("inconclusive", False)
    assert found.summary == "no baseline yet: genaiops baseline accept assistant"
    assert found.policy_sentence == (
        "policy on_inconclusive: block -> NOT BLOCKED (no baseline yet)"
    )
    assert found.verdicts[0].sentence == "No baseline yet: genaiops baseline accept assistant."
    assert found.verdicts[0].to_decide == "genaiops baseline accept assistant"


def test_a_first_run_is_still_judged_by_its_limits() -> None:
    rules = [no_worse(0.1), gate(ANSWER_OK, at_least=0.9)]
    found = decide(rules, run_of(ANSWER_OK, TWENTY), policy="allow")
    assert (found.word, found.blocked) == ("fail", True)


def test_a_metric_that_the_baseline_lacks_never_blocks() -> None:
    found = judged(run_of(ANSWER_OK, TWENTY), run_of(ANSWER_F1, TWENTY))
    assert (found.word, found.blocked) == ("inconclusive", False)
    assert found.verdicts[0].sentence == (
        "The baseline has no answer_ok yet: genaiops baseline accept assistant."
    )


def test_a_metric_that_changed_asks_for_a_new_baseline() -> None:
    changed = ANSWER_OK.model_copy(update={"digest": "z"})
    found = judged(run_of(changed, TWENTY), run_of(ANSWER_OK, TWENTY))
    assert (found.word, found.blocked) == ("inconclusive", True)
    assert found.verdicts[0].sentence == (
        "The metric changed since the baseline: accept a new one."
    )
    assert found.policy_sentence.endswith("BLOCKED (the metric changed since the baseline)")


def test_runs_without_a_case_in_common_prove_nothing() -> None:
    found = judged(run_of(ANSWER_OK, {"a": 1.0}), run_of(ANSWER_OK, {"b": 1.0}))
    assert found.verdicts[0].sentence == "No case has a score in both runs."


def test_cases_are_matched_by_id_and_the_others_are_reported() -> None:
    candidate = run_of(ANSWER_OK, {f"c{i}": 1.0 for i in range(2, 40)})
    baseline = run_of(ANSWER_OK, {f"c{i}": 1.0 for i in range(39)}, digests={"dataset": "d0"})
    found = judged(candidate, baseline)
    assert found.verdicts[0].estimate.n == 37
    assert found.notes == (
        "the dataset changed since the baseline: compared on the 37 cases that both hold",
        "1 case of the candidate is not in the baseline: c39",
        "2 cases of the baseline are not in the candidate: c0, c1",
    )


def test_long_lists_of_unmatched_cases_are_cut() -> None:
    found = judged(run_of(ANSWER_OK, [1.0]), run_of(ANSWER_OK, [1.0] * 9))
    assert found.notes == (
        "8 cases of the baseline are not in the candidate: c1, c2, c3, c4, c5 and 3 more",
    )


def test_a_metric_that_applies_in_one_run_only_leaves_both() -> None:
    with_f1 = joined(run_of(ANSWER_OK, TWENTY), run_of(ANSWER_F1, [1.0] * 12))
    without = joined(run_of(ANSWER_OK, TWENTY), run_of(ANSWER_F1, [1.0] * 9))
    found = decide([no_worse(0.1, ANSWER_F1)], with_f1, accepted(without), policy="block")
    assert found.verdicts[0].estimate.n == 9


def test_the_same_calls_code_data_and_scores_are_unchanged_by_construction() -> None:
    found = judged(run_of(ANSWER_OK, TWENTY, **SAME), run_of(ANSWER_OK, TWENTY, **SAME))
    assert found.word == "pass"
    assert found.verdicts[0].sentence == (
        "Unchanged by construction: its model calls, code, data and scores are the same."
    )
    assert found.notes == ()


def test_the_same_calls_that_score_otherwise_prove_nothing() -> None:
    """A model that changed behind its name, or a library that did, makes the same calls."""
    candidate = run_of(ANSWER_OK, [0.0] * 20, **SAME)
    found = judged(candidate, run_of(ANSWER_OK, TWENTY, **SAME))
    assert found.word == "fail"
    (note,) = found.notes
    assert note.startswith("10 cases scored otherwise than in the baseline on the same model calls")


def test_a_metric_that_changed_is_named_and_is_no_riddle() -> None:
    changed = ANSWER_F1.model_copy(update={"digest": "another"})
    candidate = joined(run_of(ANSWER_OK, TWENTY, **SAME), run_of(changed, [0.5] * 20, **SAME))
    before = joined(run_of(ANSWER_OK, TWENTY, **SAME), run_of(ANSWER_F1, TWENTY, **SAME))
    found = decide([no_worse(0.1, ANSWER_OK)], candidate, accepted(before), policy="block")
    assert found.word == "pass"
    assert found.notes == (
        "answer_f1 is computed otherwise than in the baseline, and not compared",
    )


def test_the_same_calls_prove_nothing_where_the_baseline_lacks_a_score() -> None:
    scores = {f"c{place}": score for place, score in enumerate(TWENTY)}
    found = judged(
        run_of(ANSWER_OK, scores, **SAME), run_of(ANSWER_OK, {**scores, "c0": None}, **SAME)
    )
    assert found.word == "inconclusive"


def test_an_unchanged_candidate_is_still_judged_by_its_limits() -> None:
    run = run_of(ANSWER_OK, TWENTY, **SAME)
    rules = [no_worse(0.1), gate(ANSWER_OK, at_least=0.9)]
    found = decide(rules, run, accepted(run), policy="block")
    assert [verdict.word for verdict in found.verdicts] == ["pass", "fail"]


@pytest.mark.parametrize(
    "baseline",
    [
        run_of(ANSWER_OK, TWENTY, digests={**DIGESTS, "flow a": "f2"}),
        run_of(ANSWER_OK, TWENTY, digests={**DIGESTS, "prompt a.md": "p2"}),
        run_of(ANSWER_OK, TWENTY, digests={**DIGESTS, "python n.py": "n1"}),
        run_of(ANSWER_OK, TWENTY, digests={**DIGESTS, "index handbook": "i2"}),
        run_of(ANSWER_OK, TWENTY, digests={**DIGESTS, "dataset": "d2"}),
        run_of(ANSWER_OK, TWENTY, digests={}),
        run_of(ANSWER_OK, TWENTY[:-1], **SAME),
    ],
    ids=["flow", "prompt", "python", "index", "data", "unknown", "cases"],
)
def test_another_code_dataset_or_case_is_a_change(baseline: RunScores) -> None:
    assert judged(run_of(ANSWER_OK, TWENTY, **SAME), baseline).word == "inconclusive"


@pytest.mark.parametrize("calls", ["", "others"])
def test_other_calls_or_none_are_a_change(calls: str) -> None:
    baseline = run_of(ANSWER_OK, TWENTY, **SAME)
    first, *rest = baseline.cases
    candidate = merged(ANSWER_OK, [first.model_copy(update={"calls": calls}), *rest], **SAME)
    assert judged(candidate, baseline).word == "inconclusive"


@pytest.mark.parametrize("lacks", ["dataset", "flow a"])
def test_runs_that_do_not_tell_their_data_or_flow_prove_nothing(lacks: str) -> None:
    digests = {name: value for name, value in DIGESTS.items() if name != lacks}
    run = run_of(ANSWER_OK, TWENTY, digests=digests)
    assert judged(run, run).word == "inconclusive"


def test_cases_without_a_call_prove_nothing() -> None:
    run = run_of(ANSWER_OK, TWENTY, **SAME)
    silent = [case.model_copy(update={"calls": ""}) for case in run.cases]
    same = merged(ANSWER_OK, silent, **SAME)
    assert judged(same, same).word == "inconclusive"


def test_a_run_without_cases_is_not_unchanged() -> None:
    empty = run_of(ANSWER_OK, [], **SAME)
    assert judged(empty, empty).word == "inconclusive"


def test_an_unchanged_candidate_that_lacks_scores_does_not_pass_for_that() -> None:
    candidate = run_of(ANSWER_OK, [*TWENTY[1:], None], **SAME)
    baseline = run_of(ANSWER_OK, TWENTY, **SAME)
    assert judged(candidate, baseline).word == "inconclusive"


def test_a_decision_names_what_changed_since_the_baseline() -> None:
    now = run_of(ANSWER_OK, TWENTY, digests={"dataset": "d", "prompt a.md": "new"})
    before = run_of(ANSWER_OK, TWENTY, digests={"dataset": "d", "prompt a.md": "old", "flow a": ""})
    assert judged(now, before).changed == ("flow a", "prompt a.md")
    assert decide([no_worse(0.1)], now, policy="block").changed == ()


def test_a_case_that_asks_something_else_by_now_is_no_pair() -> None:
    run = run_of(ANSWER_OK, {f"c{i}": 1.0 for i in range(30)})
    asked = [case.model_copy(update={"asked": "old"}) for case in run.cases]
    other = [case.model_copy(update={"asked": "new"}) for case in asked[:3]]
    candidate = run.model_copy(update={"cases": (*other, *asked[3:])})
    found = judged(candidate, run.model_copy(update={"cases": tuple(asked)}))
    assert found.verdicts[0].estimate.n == 27
    assert found.notes == (
        "3 cases with other inputs or expected values, not compared: c0, c1, c2",
    )
