"""Bounds of a mean of scores that lie in a known range, without assumptions on their shape."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor

import numpy as np
from numpy.typing import NDArray

from genaiops.stats.paired import PairedTest

Values = Sequence[float] | NDArray[np.float64]
"""One number per case."""

DRAWS = 20_000
"""Weighted means drawn per bound."""

_WEIGHTS_AT_ONCE = 2_000_000
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Interval:
    """Two one-sided bounds."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class MeanDraws:
    """Weighted means of `n` values with one pseudo case at `lo` (`below`) or `hi` (`above`).

    Both arrays have the shape (DRAWS,). Bounds and p-values are read from the same draws and agree
    exactly: `low(alpha) >= limit` when `p_at_least(limit) <= alpha`, and so on. No p-value is
    below 1 / (DRAWS + 1); at a smaller alpha the bounds are those of the range.
    """

    below: NDArray[np.float64]
    above: NDArray[np.float64]
    lo: float
    hi: float
    n: int

    def low(self, alpha: float) -> float:
        """The one-sided lower bound of the mean."""
        rank = _rank(alpha)
        return float(np.partition(self.below, rank)[rank]) if rank >= 0 else self.lo

    def high(self, alpha: float) -> float:
        """The one-sided upper bound of the mean."""
        rank = len(self.above) - 1 - _rank(alpha)
        return float(np.partition(self.above, rank)[rank]) if rank < len(self.above) else self.hi

    def p_at_least(self, limit: float) -> float:
        """Small if the mean is proven to be `limit` or more."""
        return _p_value(self.below < limit)

    def p_above(self, limit: float) -> float:
        """Small if the mean is proven to be more than `limit`."""
        return _p_value(self.below <= limit)

    def p_at_most(self, limit: float) -> float:
        """Small if the mean is proven to be `limit` or less."""
        return _p_value(self.above > limit)

    def p_below(self, limit: float) -> float:
        """Small if the mean is proven to be less than `limit`."""
        return _p_value(self.above >= limit)


def mean_draws(
    pessimistic: Values, optimistic: Values, *, lo: float, hi: float, seed: int
) -> MeanDraws:
    """Draw what all bounds and p-values of a mean are read from.

    The lower bound at alpha is the alpha-quantile of the mean under Dirichlet(1, ..., 1) weights of
    the values and of one pseudo case at `lo`; the upper bound has the pseudo case at `hi`. For 0/1
    values these are the bounds of Clopper and Pearson. No counterexample is known, but a proof
    exists for special cases only. Equal values share one gamma weight: graded scores cost little.

    Args:
        pessimistic: one end of what each value may be; missing ones at their worst.
        optimistic: the other end, same cases in the same order; equal where nothing is missing.
        lo: the least possible value.
        hi: the largest possible value, above `lo`.
        seed: of the draws; same values in any order and same seed give the same draws.

    Raises:
        ValueError: a value is outside of the range, or the lengths differ.

    Source: Gaffke (2005), Three test statistics for a nonparametric one-sided hypothesis on the
    mean of a nonnegative variable; Learned-Miller & Thomas (2019), arXiv:1905.06208.
    """
    shares = range_shares(pessimistic, optimistic, lo=lo, hi=hi)
    return unit_draws(shares, np.ones_like(shares[0]), lo=lo, hi=hi, seed=seed)


def range_shares(
    pessimistic: Values, optimistic: Values, *, lo: float, hi: float
) -> NDArray[np.float64]:
    """Where between `lo` (0) and `hi` (1) the smaller and the larger end of each value lie.

    Shape (2, cases).

    Raises:
        ValueError: a value is outside of the range, or the lengths differ.
    """
    ends = np.stack([np.asarray(pessimistic, np.float64), np.asarray(optimistic, np.float64)])
    shares = (ends - lo) / (hi - lo)
    if not bool(np.all((shares >= -_ROUNDING) & (shares <= 1 + _ROUNDING))):
        raise ValueError(f"a value is outside of [{lo!r}, {hi!r}]")
    return np.clip(np.sort(shares, axis=0), 0.0, 1.0)


def unit_draws(
    shares: NDArray[np.float64], sizes: NDArray[np.float64], *, lo: float, hi: float, seed: int
) -> MeanDraws:
    """Draw the mean over all cases where units of several cases are weighted as a whole.

    A draw is the ratio of two weighted sums over units: of the values of their cases, and of the
    numbers of their cases. The pseudo unit is as large as the largest one, with all its cases at
    the end of the range.

    Args:
        shares: shape (2, units): the sums of `range_shares` over the cases of each unit.
        sizes: cases of each unit, 1 or more.
        lo: the least possible value of a case.
        hi: the largest possible value of a case.
        seed: of the draws.

    Source: see `mean_draws`. For any c the draw exceeds c where the weighted sum of the units'
    sums of (value - c) exceeds 0, which is Gaffke's test that the expected sum of a unit does.
    """
    units, counts = np.unique(np.vstack([shares, sizes]), axis=1, return_counts=True)
    columns = np.stack([units[0], units[2] - units[1], units[2]], axis=1).astype(np.float32)
    weighted = _weighted_means(columns, counts, np.random.default_rng(seed))
    span = hi - lo
    return MeanDraws(lo + span * weighted[:, 0], hi - span * weighted[:, 1], lo, hi, len(sizes))


def paired_bounded(
    pessimistic: Values,
    optimistic: Values,
    *,
    margin: float,
    alpha: float,
    seed: int,
    span: float = 1.0,
) -> PairedTest:
    """Test a candidate against a baseline by the differences of their scores, case by case.

    Without pairs nothing is proven, and the bounds are -span and span.

    Args:
        pessimistic: candidate minus baseline, higher is better (negate a lower-is-better metric
            first), missing scores at their worst for the candidate.
        optimistic: the same with missing scores at their best.
        margin: the tolerated drop, 0 or more, in units of the scores.
        alpha: one-sided error of each claim, in (0, .5).
        seed: of the draws.
        span: width of the scores' range; differences lie in [-span, span].

    Raises:
        ValueError: a difference is outside of its range, or the lengths differ.
    """
    draws = mean_draws(pessimistic, optimistic, lo=-span, hi=span, seed=seed)
    return paired_mean(draws, margin=margin, alpha=alpha)


def paired_mean(draws: MeanDraws, *, margin: float, alpha: float) -> PairedTest:
    """The test of `paired_bounded` from draws of the mean difference."""
    p_pass, p_fail = (draws.p_above(-margin), draws.p_below(0.0)) if draws.n else (1.0, 1.0)
    return PairedTest(
        low=draws.low(alpha),
        high=draws.high(alpha),
        passes=p_pass <= alpha,
        fails=p_fail <= alpha,
        p_pass=p_pass,
        p_fail=p_fail,
        method="gaffke",
    )


def _weighted_means(
    units: NDArray[np.float32], counts: NDArray[np.int_], generator: "np.random.Generator"
) -> NDArray[np.float64]:
    """Shape (DRAWS, 2): means under random weights, the pseudo unit's values are 0.

    The columns of `units` are sums of two values, and sizes.
    """
    shapes = np.append(counts, 1).astype(np.float32)
    largest = units[:, 2].max(initial=1)
    sizes = np.append(units[:, 2], largest)
    means = np.empty((DRAWS, 2))
    rows = max(1, _WEIGHTS_AT_ONCE // len(shapes))
    for start in range(0, DRAWS, rows):
        size = (min(rows, DRAWS - start), len(shapes))
        weights = generator.standard_gamma(shapes, size=size, dtype=np.float32)
        totals = (weights * sizes).sum(axis=1, keepdims=True)
        means[start : start + rows] = weights[:, :-1] @ units[:, :2] / totals
    return means


def _rank(alpha: float) -> int:
    """The position, from 0, of the draw that bounds at alpha; -1 where alpha is too small for one.

    One draw less than alpha * DRAWS lies beyond it, so that the p-value never is 0.
    """
    return floor(alpha * (DRAWS + 1) + _ROUNDING) - 1


def _p_value(beyond: NDArray[np.bool_]) -> float:
    return (1 + int(np.count_nonzero(beyond))) / (DRAWS + 1)
