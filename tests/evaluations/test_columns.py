from dataclasses import replace

import numpy as np
import pytest

from genaiops.errors import InputError
from genaiops.evaluations.columns import amount_columns, score_columns
from tests.evaluations.arms import F1, LATENCY, arm, columns_of


def test_repeats_are_averaged_and_missing_ones_taken_at_both_ends() -> None:
    columns = columns_of([arm("a", [(1.0, 0.0, None)])])
    assert columns.worst[0, 0] == pytest.approx(1 / 3)
    assert columns.best[0, 0] == pytest.approx(2 / 3)
    assert columns.missing[0, 0] == 1


def test_a_repeat_that_a_case_does_not_have_is_missing() -> None:
    columns = columns_of([arm("a", [(1.0, 1.0), (1.0,)])])
    assert list(columns.missing[:, 0]) == [0, 1]
    assert list(columns.worst[:, 0]) == [1.0, 0.5]


def test_a_metric_that_does_not_apply_to_a_case_leaves_it_out() -> None:
    first, other = arm("a", [0.5, 0.7]), arm("b", [0.5, 0.7])
    cases = (other.cases[0], other.cases[1].model_copy(update={"scores": {}}))
    columns = score_columns([first, replace(other, cases=cases)], F1, ["c000", "c001"])
    assert columns.applies.tolist() == [[True, True], [True, False]]


def test_lower_is_better_stands_negated() -> None:
    columns = columns_of([arm("a", [2.0, 1.0], info=LATENCY)])
    assert list(columns.worst[:, 0]) == [-2.0, -1.0]
    assert columns.span is None


def test_a_missing_score_without_a_range_does_not_apply() -> None:
    columns = columns_of([arm("a", [2.0, None], info=LATENCY)])
    assert columns.applies[:, 0].tolist() == [True, False]
    assert columns.left_out == 1


def test_cases_of_a_cluster_stand_together() -> None:
    columns = columns_of([arm("a", [0.1, 0.2, 0.3, 0.4], clusters=["x", "y", "x", "y"])])
    assert columns.ids == ("c000", "c002", "c001", "c003")
    assert list(columns.starts) == [0, 2]
    assert list(columns.on(np.array([False, True, True, True])).starts) == [0, 1]


def test_a_score_outside_of_its_range_is_refused() -> None:
    with pytest.raises(InputError, match=r"a: case 'c001' has the score 1\.2"):
        columns_of([arm("a", [0.1, 1.2])])


def test_a_call_that_failed_took_as_long_as_the_slowest() -> None:
    columns = columns_of([arm("a", [0.1, 0.2]), arm("b", [0.1, 0.2])])
    times = [{"c000": 1.0, "c001": 3.0}, {"c000": float("inf"), "c001": 2.0}]
    assert amount_columns(columns, times).worst.tolist() == [[-1.0, -3.0], [-3.0, -2.0]]


def test_an_unknown_cost_does_not_apply() -> None:
    columns = columns_of([arm("a", [0.1, 0.2])])
    assert amount_columns(columns, [{"c000": None}]).applies.tolist() == [[False], [False]]
