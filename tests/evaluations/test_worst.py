from collections.abc import Iterator

import pytest

from genaiops.evaluations.worst import worst_cases
from genaiops.records import CaseScores, MetricInfo
from genaiops.store import StoredResult
from tests.evaluations.build import F1, result
from tests.gates.build import LATENCY

RUN = [result("a", 1.0), result("b", 0.2), result("c", 0.5), result("d", None), result("e", 0.2)]


def ids_of(
    info: MetricInfo, results: list[StoredResult], reference: list[CaseScores] | None = None
) -> list[str]:
    def stream() -> Iterator[StoredResult]:
        return iter(results)

    return [case.stored.case.id for case in worst_cases(info, stream, reference, most=3)]


def scores(case_id: str, *values: float | None) -> CaseScores:
    return CaseScores(case_id=case_id, scores={"f1": values})


def test_the_worst_scores_come_first_and_the_best_is_none_of_them() -> None:
    assert ids_of(F1, RUN) == ["b", "e", "c"]
    assert ids_of(F1, [result("a", 1.0)]) == []


def test_what_lost_most_comes_first_and_what_lost_nothing_is_left_out() -> None:
    reference = [scores("a", 1.0), scores("b", 0.3), scores("c", 1.0), scores("e", 0.1)]
    assert ids_of(F1, RUN, reference) == ["c", "b"]


def test_a_case_that_only_one_run_has_did_not_lose() -> None:
    assert ids_of(F1, RUN, [scores("z", 1.0)]) == []
    assert ids_of(F1, RUN, [scores("c", None)]) == []


def test_repeats_are_averaged_and_the_worst_of_them_is_shown() -> None:
    again = result("c", 0.1, answer="bad")
    (found,) = worst_cases(F1, lambda: iter([RUN[2], again]), [scores("c", 0.8, 1.0)])
    assert (found.before, found.after) == (pytest.approx(0.9), pytest.approx(0.3))
    assert found.stored.result.outputs == {"answer": "bad"}


def test_where_low_is_better_the_highest_are_the_worst() -> None:
    slow = LATENCY.model_copy(update={"name": "f1"})
    assert ids_of(slow, [result("a", 3.0), result("b", 9.0), result("c", 0.0)]) == ["b", "a"]


def test_a_metric_without_a_best_score_has_worst_ones() -> None:
    free = F1.model_copy(update={"high": None})
    assert ids_of(free, [result("a", 3.0), result("b", -9.0)]) == ["b", "a"]
