import numpy as np
import pytest
from scipy import stats

from genaiops.stats.moments import Moments


def moments_of(values: list[float]) -> Moments:
    totals = np.array(values)[:, None]
    return Moments.of(totals, np.ones_like(totals))


def clustered() -> Moments:
    """Clusters of 2, 1 and 3 cases with the sums 1.0, 0.5 and -0.3."""
    return Moments.of(np.array([[1.0], [0.5], [-0.3]]), np.array([[2.0], [1.0], [3.0]]))


def test_the_standard_error_of_single_cases_is_the_usual_one() -> None:
    values = [0.1, -0.4, 0.3, 0.9, 0.0]
    assert moments_of(values).standard_errors()[0] == pytest.approx(stats.sem(values))


def test_the_standard_error_of_clusters_is_the_sandwich() -> None:
    mean = 1.2 / 6
    errors = [1.0 - 2 * mean, 0.5 - mean, -0.3 - 3 * mean]
    expected = np.sqrt(3 / 2 * sum(error**2 for error in errors)) / 6
    assert clustered().standard_errors()[0] == pytest.approx(expected)


def test_a_single_unit_has_no_standard_error() -> None:
    assert moments_of([0.4]).standard_errors()[0] == 0


def test_the_interval_is_that_of_t_with_the_critical_value_on_its_scale() -> None:
    values = [0.1, -0.4, 0.3, 0.9, 0.0, 0.2]
    n, critical = len(values), 1.8
    reach = critical * np.sqrt((n - 1) / (n - critical**2)) * stats.sem(values)
    low, high = moments_of(values).interval(critical)
    assert (low[0], high[0]) == pytest.approx((np.mean(values) - reach, np.mean(values) + reach))


@pytest.mark.parametrize("end", [0, 1])
def test_at_each_end_of_the_interval_the_statistic_is_critical(end: int) -> None:
    totals, sizes = np.array([1.0, 0.5, -0.3, 0.8, 0.1]), np.array([2.0, 1.0, 3.0, 1.0, 1.0])
    found = Moments.of(totals[:, None], sizes[:, None]).interval(1.5)[end][0]
    shifted = totals - sizes * found
    assert abs(shifted.sum()) / np.sqrt((shifted**2).sum()) == pytest.approx(1.5)


def test_the_interval_is_unbounded_where_there_are_too_few_cases() -> None:
    low, high = moments_of([0.1, 0.2]).interval(1.9)
    assert (low[0], high[0]) == (-np.inf, np.inf)


def test_parts_are_joined_in_order() -> None:
    joined = Moments.joined([moments_of([0.0, 1.0]), moments_of([0.5, 0.7, 0.9])])
    assert joined.mean == pytest.approx([0.5, 0.7])
    assert list(joined.units) == [2, 3]
