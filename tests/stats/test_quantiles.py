from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from genaiops.stats import QuantileEstimate, estimate_quantile
from tests.stats.strategies import alphas, steady

numbers = st.lists(st.integers(0, 50).map(float), min_size=1, max_size=80)
quantiles = st.sampled_from([0.05, 0.5, 0.9, 0.95])


def test_the_95th_of_100_values_is_the_quantile_with_its_table_ranks() -> None:
    estimate = estimate_quantile(range(1, 101), quantile=0.95, alpha=0.05)
    assert estimate == QuantileEstimate(95.0, 91.0, 99.0)


@pytest.mark.parametrize(("n", "high"), [(58, None), (59, 59.0)])
def test_an_upper_bound_of_the_quantile_95_takes_59_values(n: int, high: float | None) -> None:
    assert estimate_quantile(range(1, n + 1), quantile=0.95, alpha=0.05).high == high


def test_there_is_no_estimate_without_values() -> None:
    assert estimate_quantile([], quantile=0.5, alpha=0.05) == QuantileEstimate(None, None, None)


def test_a_call_that_never_ended_counts_as_over_every_limit() -> None:
    values = [1.0] * 99 + [inf]
    assert estimate_quantile(values, quantile=0.95, alpha=0.05).value == 1.0
    assert estimate_quantile(values, quantile=0.999, alpha=0.05).value == inf


@steady
@given(numbers, quantiles, alphas)
def test_bounds_hold_the_estimate(values: list[float], quantile: float, alpha: float) -> None:
    estimate = estimate_quantile(values, quantile=quantile, alpha=alpha)
    assert estimate.value == np.quantile(values, quantile, method="inverted_cdf")
    assert estimate.low is None or estimate.low <= estimate.value
    assert estimate.high is None or estimate.value <= estimate.high


@steady
@given(numbers, quantiles, st.integers(0, 50))
def test_the_estimate_keeps_a_limit_when_its_share_of_the_cases_does(
    values: list[float], quantile: float, limit: int
) -> None:
    value = estimate_quantile(values, quantile=quantile, alpha=0.05).value
    assert value is not None
    kept = sum(one <= limit for one in values)
    assert (value <= limit) == (kept >= quantile * len(values) - 1e-9)


@steady
@given(st.integers(1, 200), quantiles, alphas)
def test_each_bound_is_the_nearest_rank_that_is_wrong_in_at_most_alpha(
    n: int, quantile: float, alpha: float
) -> None:
    estimate = estimate_quantile(range(1, n + 1), quantile=quantile, alpha=alpha)
    below = stats.binom.cdf(np.arange(n), n, quantile)
    above = stats.binom.sf(np.arange(n), n, quantile)
    assert (estimate.low or 0) == np.count_nonzero(below <= alpha)
    assert (estimate.high or n + 1) == n + 1 - np.count_nonzero(above <= alpha)
