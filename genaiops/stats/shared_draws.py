"""Bounds of the means of many arms on the same cases, from one set of random weights."""

from math import floor

import numpy as np
from numpy.typing import NDArray

from genaiops.stats.bounded import DRAWS, Interval

_WEIGHTS_AT_ONCE = 2_000_000
_ROUNDING = 1e-9


def shared_mean_bounds(
    pessimistic: NDArray[np.float64],
    optimistic: NDArray[np.float64],
    *,
    alpha: float,
    lo: float,
    hi: float,
    seed: int,
) -> list[Interval]:
    """Both one-sided bounds of each column's mean, each at `alpha`.

    The bounds of `mean_bounds`, from other draws: the weights belong to the cases and serve all
    columns, which makes many of them as cheap as one.

    Args:
        pessimistic: shape (cases, columns), in [lo, hi]; missing values at their worst.
        optimistic: the same with missing values at their best.
        alpha: one-sided error of each bound.
        lo: the least possible value.
        hi: the largest possible value, above `lo`.
        seed: of the weights.

    Source: see `mean_draws`.
    """
    ends = np.stack([pessimistic, optimistic])
    rises = ((ends.min(axis=0) - lo) / (hi - lo)).astype(np.float32)
    gaps = ((hi - ends.max(axis=0)) / (hi - lo)).astype(np.float32)
    cases, columns = rises.shape
    below, above = (np.empty((DRAWS, columns), np.float32) for _ in range(2))
    generator = np.random.default_rng(seed)
    step = max(1, _WEIGHTS_AT_ONCE // (cases + 1))
    for at in range(0, DRAWS, step):
        size = (min(step, DRAWS - at), cases + 1)
        weights = generator.standard_exponential(size, dtype=np.float32)
        totals = weights.sum(axis=1, keepdims=True)
        below[at : at + step] = weights[:, :-1] @ rises / totals
        above[at : at + step] = weights[:, :-1] @ gaps / totals
    rank = floor(alpha * (DRAWS + 1) + _ROUNDING) - 1
    if rank < 0:
        return [Interval(lo, hi)] * columns
    lows, highs = (np.partition(drawn, rank, axis=0)[rank] for drawn in (below, above))
    return [
        Interval(lo + (hi - lo) * float(low), hi - (hi - lo) * float(high))
        for low, high in zip(lows, highs, strict=True)
    ]
