import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from genaiops.stats import Limit, LimitTest, limit_mean, limit_share, mean_draws
from tests.stats.strategies import alphas, few, grades, steady

AT_LEAST = Limit("at_least", 0.8)
AT_MOST = Limit("at_most", 0.01)
limits = st.builds(
    Limit,
    st.sampled_from(["at_least", "at_most"]),
    st.sampled_from([0.0, 0.05, 0.5, 0.8, 1.0]),
)


def claims(result: LimitTest) -> tuple[bool, bool]:
    return result.passes, result.fails


def keeps(result: LimitTest, limit: Limit) -> tuple[bool, bool]:
    """The claims as the bounds say them."""
    if limit.side == "at_least":
        return result.low >= limit.value, result.high < limit.value
    return result.high <= limit.value, result.low > limit.value


@pytest.mark.parametrize(
    ("successes", "expected"), [(58, (True, False)), (50, (False, False)), (40, (False, True))]
)
def test_a_share_passes_fails_or_stays_open(successes: int, expected: tuple[bool, bool]) -> None:
    result = limit_share(successes, successes, 60, limit=AT_LEAST, alpha=0.05)
    assert claims(result) == expected


@pytest.mark.parametrize(("n", "expected"), [(298, False), (299, True)])
def test_a_rate_of_1_percent_takes_299_clean_cases(*, n: int, expected: bool) -> None:
    assert limit_share(0, 0, n, limit=AT_MOST, alpha=0.05).passes is expected


@pytest.mark.parametrize(("true", "passing"), [(0.85, 0.18), (0.90, 0.61)])
def test_power_at_60_cases_is_the_documented_one(true: float, passing: float) -> None:
    total = sum(
        stats.binom.pmf(successes, 60, true)
        for successes in range(61)
        if limit_share(successes, successes, 60, limit=AT_LEAST, alpha=0.05).passes
    )
    assert total == pytest.approx(passing, abs=0.006)


def test_missing_scores_widen_a_share_on_both_sides() -> None:
    result = limit_share(50, 58, 60, limit=AT_LEAST, alpha=0.05)
    certain = limit_share(58, 58, 60, limit=AT_LEAST, alpha=0.05)
    assert claims(result) == (False, False)
    assert (result.low < certain.low, result.high) == (True, certain.high)


@pytest.mark.parametrize("limit", [Limit("at_least", 0.0), Limit("at_most", 1.0), AT_LEAST])
def test_nothing_is_proven_without_cases(limit: Limit) -> None:
    share = limit_share(0, 0, 0, limit=limit, alpha=0.05)
    mean = limit_mean(mean_draws([], [], lo=0, hi=1, seed=0), limit=limit, alpha=0.05)
    for result in (share, mean):
        assert claims(result) == (False, False)
        assert (result.low, result.high, result.p_pass, result.p_fail) == (0.0, 1.0, 1.0, 1.0)


def test_a_limit_at_the_end_of_the_range_is_kept_by_any_case() -> None:
    assert limit_share(0, 0, 1, limit=Limit("at_least", 0.0), alpha=0.05).passes
    assert limit_share(1, 1, 1, limit=Limit("at_most", 1.0), alpha=0.05).passes


def test_a_mean_passes_fails_or_stays_open() -> None:
    for value, expected in ((0.95, (True, False)), (0.8, (False, False)), (0.2, (False, True))):
        values = np.full(60, value)
        draws = mean_draws(values, values, lo=0, hi=1, seed=0)
        assert claims(limit_mean(draws, limit=AT_LEAST, alpha=0.05)) == expected


@steady
@given(st.integers(1, 80), st.data(), limits, alphas)
def test_claims_on_a_share_follow_from_bounds_and_p_values(
    n: int, data: st.DataObject, limit: Limit, alpha: float
) -> None:
    fewest = data.draw(st.integers(0, n))
    most = data.draw(st.integers(fewest, n))
    result = limit_share(fewest, most, n, limit=limit, alpha=alpha)
    assert claims(result) == keeps(result, limit)
    assert claims(result) == (result.p_pass <= alpha, result.p_fail <= alpha)
    assert result.low <= fewest / n <= most / n <= result.high


@few
@given(grades, limits, alphas)
def test_claims_on_a_mean_follow_from_bounds_and_p_values(
    values: list[float], limit: Limit, alpha: float
) -> None:
    draws = mean_draws(values, values, lo=0, hi=1, seed=0)
    result = limit_mean(draws, limit=limit, alpha=alpha)
    assert claims(result) == keeps(result, limit)
    assert claims(result) == (result.p_pass <= alpha, result.p_fail <= alpha)


@steady
@given(st.integers(1, 80), st.data(), st.sampled_from([0.05, 0.5, 0.8]))
def test_a_share_and_its_complement_mirror_each_other(
    n: int, data: st.DataObject, value: float
) -> None:
    successes = data.draw(st.integers(0, n))
    result = limit_share(successes, successes, n, limit=Limit("at_least", value), alpha=0.05)
    other = n - successes
    mirrored = limit_share(other, other, n, limit=Limit("at_most", 1 - value), alpha=0.05)
    assert claims(mirrored) == claims(result)
    assert mirrored.high == pytest.approx(1 - result.low, abs=1e-12)
