from dataclasses import replace

import pytest

from genaiops.evaluations.diff import diff_runs
from genaiops.store import StoredResult
from tests.evaluations.build import RUN, result


def test_pairs_are_matched_by_case_and_counted_by_direction() -> None:
    before = [result("a", 1.0), result("b", 0.0), result("c", 0.5), result("gone")]
    after = [result("b", 1.0), result("a", 0.2), result("c", 0.5), result("new")]
    found = diff_runs(RUN, RUN, before, after)
    (change,) = found.metrics
    assert (change.paired, change.improved, change.worsened) == (3, 1, 1)
    assert (change.before, change.after) == (0.5, 1.7 / 3)
    assert (found.only_before, found.only_after) == (("gone",), ("new",))


def test_changed_cases_come_the_most_harmed_first() -> None:
    before = [result("a", 1.0), result("b", 1.0), result("c", 1.0)]
    after = [result("a", 0.9), result("b", 0.1), result("c", 1.0)]
    found = diff_runs(RUN, RUN, before, after)
    assert [case.after.case.id for case in found.cases] == ["b", "a"]


def test_an_answer_that_changed_is_a_change_without_a_score() -> None:
    found = diff_runs(RUN, RUN, [result("a", answer="x")], [result("a", answer="y")])
    assert [(dict(case.scores), case.kind) for case in found.cases] == [({}, "answer")]


FIRST, OTHER = (
    {"document": "d.md", "start": start, "end": start + 3, "text": "abc", "score": 0.5}
    for start in (0, 3)
)


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ({"answer": "x", "found": [FIRST]}, {"answer": "x", "found": [OTHER]}, "passages"),
        ({"answer": "x", "found": []}, {"answer": "x", "found": [FIRST]}, "passages"),
        ({"answer": "x", "found": None}, {"answer": "x", "found": [FIRST]}, "passages"),
        ({"answer": "x", "found": [FIRST]}, {"answer": "y", "found": [OTHER]}, "answer"),
        ({"answer": "x", "found": "none"}, {"answer": "x", "found": [FIRST]}, "answer"),
        ({"label": {"intent": "a"}}, {"label": {"intent": "b"}}, "answer"),
        ({"labels": []}, {"labels": None}, "answer"),
        ({"labels": ["a"]}, {"labels": []}, "answer"),
        ({"answer": "x"}, {"answer": "x", "more": 1}, "answer"),
    ],
)
def test_another_answer_is_told_from_other_passages(
    before: dict[str, object], after: dict[str, object], kind: str
) -> None:
    found = diff_runs(RUN, RUN, [gave("a", before)], [gave("a", after)])
    assert [case.kind for case in found.cases] == [kind]


def gave(case_id: str, outputs: dict[str, object]) -> StoredResult:
    stored = result(case_id)
    return replace(stored, result=stored.result.model_copy(update={"outputs": outputs}))


def test_a_failure_of_another_kind_is_another_answer() -> None:
    before, after = result("a", kind="length"), result("a", kind="timeout")
    assert [case.kind for case in diff_runs(RUN, RUN, [before], [after]).cases] == ["answer"]


def test_the_same_answer_with_another_score_is_a_change_of_scores() -> None:
    found = diff_runs(RUN, RUN, [result("a", 0.1)], [result("a", 0.2)])
    assert [case.kind for case in found.cases] == ["scores"]


def test_among_equal_harm_answers_come_first() -> None:
    before = [gave("a", {"found": [FIRST]}), gave("b", {"answer": "x"})]
    after = [gave("a", {"found": [OTHER]}), gave("b", {"answer": "y"})]
    found = diff_runs(RUN, RUN, before, after)
    assert [case.after.case.id for case in found.cases] == ["b", "a"]


def test_a_missing_score_is_no_pair() -> None:
    found = diff_runs(RUN, RUN, [result("a", None)], [result("a", 1.0)])
    assert found.metrics[0].paired == 0
    assert found.cases[0].scores == {"f1": (None, 1.0)}


def test_inputs_that_differ_are_named() -> None:
    other = RUN.model_copy(update={"digests": {"flow e": "d", "index handbook": "i"}})
    assert diff_runs(RUN, other, [], []).digests == ("flow e", "index handbook")


def test_a_run_does_not_differ_from_itself() -> None:
    results = [result("a"), result("b", 0.3)]
    assert diff_runs(RUN, RUN, results, results).cases == ()
