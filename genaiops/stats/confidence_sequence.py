"""An interval of a mean that holds at all times at once, to show while scores come in."""

from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from genaiops.stats.bounded import Interval, Values, range_shares

_CELLS = 1000
_LARGEST_BET = 0.5
"""As a share of the bet that can ruin."""
_AT_ONCE = 256

_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ConfidenceSequence:
    """The interval after each value, in the order in which they came; both of shape (values,).

    Each lies within the one before. It is about 1.5 times as wide as an interval that is looked at
    once.
    """

    low: _Floats
    high: _Floats

    def last(self) -> Interval | None:
        """The interval after all values; None without any."""
        return Interval(float(self.low[-1]), float(self.high[-1])) if len(self.low) else None


def follow_mean(
    pessimistic: Values, optimistic: Values, *, alpha: float, lo: float, hi: float
) -> ConfidenceSequence:
    """Follow the mean of values in [lo, hi]: the true one is ever missed with a chance of `alpha`.

    A mean is ruled out once one of two bettors against it, on higher and on lower values, has
    turned 1/2 into 1 / alpha. Bets depend on earlier values only:
    sqrt(2 ln(2 / alpha) / (v t ln(1 + t))) with v the variance so far, of a prior value 1/2 with
    variance 1/4, and at most half of what can ruin. Means are tried on a grid of 1,001, and the
    interval is wider by a cell. Where all are ruled out, the last interval stays.

    Args:
        pessimistic: values with missing ones at their least, in an order drawn beforehand.
        optimistic: the same with missing ones at their largest.
        alpha: two-sided error, in (0, 1).
        lo: the least possible value.
        hi: the largest possible value, above `lo`.

    Raises:
        ValueError: a value is outside of the range, or the lengths differ.

    Source: Waudby-Smith & Ramdas (2024), JRSS B 86, 1-27: the hedged capital process, theorem 3.
    """
    worst, best = range_shares(pessimistic, optimistic, lo=lo, hi=hi)
    low, high = _lows(worst, alpha), 1 - _lows(1 - best, alpha)
    if crossed := int(np.count_nonzero(low > high)):
        low[-crossed:], high[-crossed:] = low[-crossed - 1], high[-crossed - 1]
    return ConfidenceSequence(lo + (hi - lo) * low, lo + (hi - lo) * high)


def _lows(values: _Floats, alpha: float) -> _Floats:
    """The least mean that was never ruled out by a bet on higher values, less a cell."""
    means = np.linspace(0, 1, _CELLS + 1)[:, None]
    with np.errstate(divide="ignore"):
        most = _LARGEST_BET / means
    bets, gained = _bets(values, alpha), np.zeros((_CELLS + 1, 1))
    lows = np.empty(len(values))
    for start in range(0, len(values), _AT_ONCE):
        now = slice(start, start + _AT_ONCE)
        gains = np.log1p(np.minimum(bets[now], most) * (values[now] - means))
        wealth = gained + np.cumsum(gains, axis=1)
        gained = wealth[:, -1:]
        is_kept = wealth < log(2 / alpha)
        lows[now] = np.where(is_kept.any(axis=0), is_kept.argmax(axis=0), _CELLS)
    return np.maximum.accumulate(np.maximum(lows - 1, 0) / _CELLS)


def _bets(values: _Floats, alpha: float) -> _Floats:
    times = np.arange(1, len(values) + 1)
    means = (0.5 + np.cumsum(values)) / (times + 1)
    variances = (0.25 + np.cumsum((values - means) ** 2)) / (times + 1)
    before = np.concatenate([[0.25], variances[:-1]])[: len(values)]
    return np.sqrt(2 * log(2 / alpha) / (before * times * np.log1p(times)))
