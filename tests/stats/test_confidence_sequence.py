import numpy as np
import pytest

from genaiops.stats import Interval, Units
from genaiops.stats.confidence_sequence import ConfidenceSequence, follow_mean

UNIFORM = np.arange(1, 1001) * 0.6180339887498949 % 1
"""Fractions of multiples of the golden ratio."""


def follow(values: object, *, lo: float = 0.0, hi: float = 1.0) -> ConfidenceSequence:
    found = np.asarray(values, np.float64)
    return follow_mean(Units.of_cases(found, found, lo=lo, hi=hi), alpha=0.05)


@pytest.mark.parametrize(
    ("n", "low", "high"),
    [
        (10, 0.317, 0.995),
        (50, 0.504, 0.869),
        (100, 0.556, 0.836),
        (500, 0.626, 0.777),
        (1000, 0.644, 0.760),
    ],
)
def test_0_1_scores_have_their_reference_intervals(n: int, low: float, high: float) -> None:
    found = follow(UNIFORM > 0.3)
    assert (found.low[n - 1], found.high[n - 1]) == pytest.approx((low, high), abs=1e-9)


@pytest.mark.parametrize(("n", "low", "high"), [(100, 0.417, 0.583), (1000, 0.468, 0.532)])
def test_graded_scores_have_their_reference_intervals(n: int, low: float, high: float) -> None:
    found = follow(UNIFORM)
    assert (found.low[n - 1], found.high[n - 1]) == pytest.approx((low, high), abs=1e-9)


def test_the_true_mean_is_hardly_ever_missed_at_any_time() -> None:
    samples = np.random.default_rng(3).random((60, 400)) < 0.85
    sequences = [follow(sample) for sample in samples]
    missed = [bool(((each.low > 0.85) | (each.high < 0.85)).any()) for each in sequences]
    assert np.mean(missed) <= 0.05


def test_intervals_only_narrow() -> None:
    found = follow(np.random.default_rng(4).beta(2, 5, 700))
    assert (np.diff(found.low) >= 0).all()
    assert (np.diff(found.high) <= 0).all()
    assert (found.low <= found.high).all()


def test_differences_of_another_range_are_followed_in_their_units() -> None:
    plain, stars = follow(UNIFORM[:50]), follow(8 * UNIFORM[:50] - 4, lo=-4, hi=4)
    assert stars.low == pytest.approx(8 * plain.low - 4)
    assert stars.high == pytest.approx(8 * plain.high - 4)


def test_opposite_scores_mirror_the_interval() -> None:
    plain, mirrored = follow(UNIFORM[:200] ** 2), follow(1 - UNIFORM[:200] ** 2)
    assert mirrored.high == pytest.approx(1 - plain.low)


def test_missing_scores_widen_the_interval_on_both_sides() -> None:
    worst, best = np.array([UNIFORM[:200], UNIFORM[:200]])
    worst[::10], best[::10] = 0, 1
    wide = follow_mean(Units.of_cases(worst, best, lo=0, hi=1), alpha=0.05).last()
    known = follow(UNIFORM[:200]).last()
    assert wide is not None
    assert known is not None
    assert wide.low < known.low < known.high < wide.high


def test_nothing_is_followed_without_values() -> None:
    assert follow([]).last() is None


def test_one_value_rules_nothing_out() -> None:
    assert follow([0.5]).last() == Interval(0.0, 1.0)


def test_values_that_turn_around_leave_the_last_interval() -> None:
    found = follow([0.0] * 300 + [1.0] * 3000)
    assert (found.low <= found.high).all()
    assert found.last() is not None


def test_a_value_outside_of_the_range_is_refused() -> None:
    with pytest.raises(ValueError, match="outside of"):
        follow([1.2])


def clusters(values: list[float], sizes: list[float]) -> Units:
    return Units(np.array([values, values]), np.array(sizes), 0, 1)


def test_clusters_of_one_size_are_followed_like_their_means() -> None:
    means = UNIFORM[:80]
    found = follow_mean(clusters(list(4 * means), [4.0] * 80), alpha=0.05, largest_cluster=4)
    assert found.low == pytest.approx(follow(means).low)
    assert found.high == pytest.approx(follow(means).high)


def test_the_mean_over_cases_of_unequal_clusters_is_hardly_ever_missed() -> None:
    generator = np.random.default_rng(5)
    missed = 0
    for _ in range(60):  # large clusters are good, small ones are not: the mean is 5 / 6
        sizes = np.where(generator.random(300) < 0.5, 5.0, 1.0)
        good = np.where(sizes == 5, 5.0, 0.0)
        found = follow_mean(clusters(list(good), list(sizes)), alpha=0.05, largest_cluster=5)
        missed += bool(((found.low > 5 / 6) | (found.high < 5 / 6)).any())
    assert missed <= 3


def test_a_cluster_larger_than_declared_is_refused() -> None:
    with pytest.raises(ValueError, match="a cluster of 3, but at most 2 declared"):
        follow_mean(clusters([1.0], [3.0]), alpha=0.05, largest_cluster=2)
