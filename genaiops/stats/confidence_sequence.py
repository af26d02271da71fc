"""An interval of a mean that holds at all times at once, to show while scores come in."""

from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from genaiops.stats.bounded import Interval
from genaiops.stats.together import Units

_CELLS = 1000
_LARGEST_BET = 0.5
"""As a share of the bet that can ruin."""
_AT_ONCE = 256

_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ConfidenceSequence:
    """The interval after each unit, in the order in which they came; both of shape (units,).

    Each lies within the one before. It is about 1.5 times as wide as an interval that is looked at
    once.
    """

    low: _Floats
    high: _Floats

    def last(self) -> Interval | None:
        """The interval after all units; None without any."""
        return Interval(float(self.low[-1]), float(self.high[-1])) if len(self.low) else None


def follow_mean(units: Units, *, alpha: float, largest_cluster: int = 1) -> ConfidenceSequence:
    """Follow the mean of values in a range: the true one is ever missed with a chance of `alpha`.

    A mean is ruled out once one of two bettors against it, on higher and on lower values, has
    turned 1/2 into 1 / alpha. Bets depend on earlier values only:
    sqrt(2 ln(2 / alpha) / (v t ln(1 + t))) with v the variance so far, of a prior value 1/2 with
    variance 1/4, and at most half of what can ruin. Means are tried on a grid of 1,001, and the
    interval is wider by a cell. Where all are ruled out, the last interval stays.

    A bet is on the sum of a unit's values against its size times the mean, as a share of the
    largest size: fair for the mean over cases, whatever the sizes of clusters are.

    Args:
        units: cases or whole clusters, in an order drawn beforehand; what is missing at both ends.
        alpha: two-sided error, in (0, 1).
        largest_cluster: how many cases a unit has at most, fixed before the first look.

    Raises:
        ValueError: a unit is larger than declared.

    Source: Waudby-Smith & Ramdas (2024), JRSS B 86, 1-27: the hedged capital process, theorem 3.
    """
    if (largest := int(units.sizes.max(initial=0))) > largest_cluster:
        raise ValueError(f"a cluster of {largest}, but at most {largest_cluster} declared")
    (worst, best), sizes = units.shares / largest_cluster, units.sizes / largest_cluster
    low, high = _lows(worst, sizes, alpha), 1 - _lows(sizes - best, sizes, alpha)
    if crossed := int(np.count_nonzero(low > high)):
        low[-crossed:], high[-crossed:] = low[-crossed - 1], high[-crossed - 1]
    lo, span = units.lo, units.hi - units.lo
    return ConfidenceSequence(lo + span * low, lo + span * high)


def _lows(values: _Floats, sizes: _Floats, alpha: float) -> _Floats:
    """The least mean that was never ruled out by a bet on higher values, less a cell."""
    means = np.linspace(0, 1, _CELLS + 1)[:, None]
    with np.errstate(divide="ignore"):
        most = _LARGEST_BET / means
    bets, gained = _bets(values, alpha), np.zeros((_CELLS + 1, 1))
    lows = np.empty(len(values))
    for start in range(0, len(values), _AT_ONCE):
        now = slice(start, start + _AT_ONCE)
        gains = np.log1p(np.minimum(bets[now], most) * (values[now] - means * sizes[now]))
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
