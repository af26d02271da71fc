from genaiops.evaluations.diff import diff_runs
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
    assert [dict(case.scores) for case in found.cases] == [{}]


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
