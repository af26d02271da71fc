import numpy as np
import pytest

from genaiops.stats import mean_bounds
from genaiops.stats.shared_draws import shared_mean_bounds


def test_the_bounds_are_those_of_each_column_alone_up_to_the_draws() -> None:
    scores = np.random.default_rng(3).random((40, 3))
    shared = shared_mean_bounds(scores, scores, alpha=0.05, lo=0, hi=1, seed=1)
    for column, found in zip(scores.T, shared, strict=True):
        alone = mean_bounds(column, column, alpha=0.05, lo=0, hi=1, seed=2)
        assert (found.low, found.high) == pytest.approx((alone.low, alone.high), abs=0.004)


def test_missing_scores_widen_the_bounds_on_both_sides() -> None:
    scores = np.full((30, 1), 0.5)
    worst, best = scores.copy(), scores.copy()
    worst[:5], best[:5] = 0.0, 1.0
    (known,) = shared_mean_bounds(scores, scores, alpha=0.05, lo=0, hi=1, seed=1)
    (unsure,) = shared_mean_bounds(worst, best, alpha=0.05, lo=0, hi=1, seed=1)
    assert unsure.low < known.low < known.high < unsure.high


def test_an_alpha_below_what_draws_can_tell_gives_the_range() -> None:
    scores = np.full((5, 2), 3.0)
    found = shared_mean_bounds(scores, scores, alpha=1e-9, lo=1, hi=5, seed=1)
    assert [(each.low, each.high) for each in found] == [(1, 5), (1, 5)]
