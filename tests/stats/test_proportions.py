import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from genaiops.stats import (
    binomial_tail,
    clopper_pearson_high,
    clopper_pearson_low,
    wilson_high,
    wilson_low,
)
from tests.stats.strategies import alphas, steady


@pytest.mark.parametrize("n", [1, 2, 30, 300, 10_000, 1_000_000])
def test_bounds_agree_with_scipy(n: int) -> None:
    generator = np.random.default_rng(n)
    for successes in {0, 1, n - 1, n, *map(int, generator.integers(0, n + 1, 10))}:
        for alpha in (0.05, 0.001):
            low = stats.beta.ppf(alpha, successes, n - successes + 1) if successes else 0.0
            high = stats.beta.isf(alpha, successes + 1, n - successes) if successes < n else 1.0
            assert clopper_pearson_low(successes, n, alpha) == pytest.approx(low, abs=1e-9)
            assert clopper_pearson_high(successes, n, alpha) == pytest.approx(high, abs=1e-9)


@pytest.mark.parametrize("n", [1, 15, 400, 1_000_000])
def test_tail_agrees_with_scipy(n: int) -> None:
    for p in (0.001, 0.3, 0.5, 0.95):
        for k in {0, 1, int(n * p), int(n * p + 2 * (n * p * (1 - p)) ** 0.5) + 1, n}:
            expected = stats.binom.sf(k - 1, n, p)
            assert binomial_tail(k, n, p) == pytest.approx(expected, rel=1e-8, abs=1e-300)


def test_more_successes_than_trials_never_happen() -> None:
    assert binomial_tail(6, 5, 0.9) == 0.0


def test_nothing_is_known_without_trials() -> None:
    assert (clopper_pearson_low(0, 0, 0.05), clopper_pearson_high(0, 0, 0.05)) == (0.0, 1.0)


def test_160_clean_cases_bound_a_rate_by_almost_2_percent() -> None:
    assert clopper_pearson_high(0, 160, 0.05) == pytest.approx(0.0185, abs=5e-5)


@pytest.mark.parametrize("n", [1, 30, 2995])
def test_zero_violations_have_the_closed_form(n: int) -> None:
    assert clopper_pearson_high(0, n, 0.05) == pytest.approx(1 - 0.05 ** (1 / n), abs=1e-12)


@steady
@given(st.integers(1, 500), alphas, st.data())
def test_bounds_hold_the_estimate_and_rise_with_it(
    n: int, alpha: float, data: st.DataObject
) -> None:
    successes = data.draw(st.integers(0, n - 1))
    low, high = clopper_pearson_low(successes, n, alpha), clopper_pearson_high(successes, n, alpha)
    assert low <= successes / n <= high
    assert clopper_pearson_low(successes + 1, n, alpha) > low
    assert clopper_pearson_high(successes + 1, n, alpha) > high


@steady
@given(st.integers(1, 500), alphas, st.data())
def test_tail_at_the_bound_is_alpha(n: int, alpha: float, data: st.DataObject) -> None:
    successes = data.draw(st.integers(1, n))
    bound = clopper_pearson_low(successes, n, alpha)
    assert binomial_tail(successes, n, bound) == pytest.approx(alpha, rel=1e-9)


def test_90_of_100_have_the_score_interval_of_wilson() -> None:
    interval = wilson_low(90, 100, 0.025), wilson_high(90, 100, 0.025)
    assert interval == pytest.approx((0.82563, 0.94477), abs=1e-5)


@pytest.mark.parametrize(("successes", "n"), [(0, 5), (5, 5), (1, 1), (7, 20)])
def test_the_score_interval_is_that_of_scipy(successes: int, n: int) -> None:
    expected = stats.binomtest(successes, n).proportion_ci(0.9, method="wilson")
    assert wilson_low(successes, n, 0.05) == pytest.approx(expected.low, abs=1e-12)
    assert wilson_high(successes, n, 0.05) == pytest.approx(expected.high, abs=1e-12)


def test_the_score_interval_of_nothing_is_the_range() -> None:
    assert (wilson_low(0, 0, 0.05), wilson_high(0, 0, 0.05)) == (0.0, 1.0)
