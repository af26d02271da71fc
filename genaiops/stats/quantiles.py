"""A quantile of scores: its estimate and its interval."""

from bisect import bisect_left
from dataclasses import dataclass
from math import ceil

import numpy as np

from genaiops.stats.bounded import Values
from genaiops.stats.proportions import binomial_tail

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class QuantileEstimate:
    """An observed quantile with one-sided bounds; a bound is None where n is too small for one."""

    value: float | None
    low: float | None
    high: float | None


def estimate_quantile(values: Values, *, quantile: float, alpha: float) -> QuantileEstimate:
    """The quantile of `values` with distribution-free bounds that are values themselves.

    The estimate is the smallest value that at least a share `quantile` of the cases does not
    exceed, so it keeps a limit exactly when that share of the cases does. Without values all is
    None. A value may be infinite (a call that never ended).

    Args:
        values: one per case.
        quantile: in (0, 1).
        alpha: one-sided error of each bound, in (0, .5).

    Source: Hyndman & Fan (1996), definition 1; for the bounds David & Nagaraja, Order Statistics,
    3rd edition (2003), section 7.1.
    """
    ordered = np.sort(np.asarray(values, np.float64))
    n = len(ordered)
    if not n:
        return QuantileEstimate(None, None, None)
    # The r-th smallest value exceeds the quantile with a probability of at most P(X < r), and is
    # below it with at most P(X >= r), X binomial(n, quantile).
    ranks = range(1, n + 1)
    too_few = bisect_left(ranks, x=True, key=lambda r: 1 - binomial_tail(r, n, quantile) > alpha)
    enough = 1 + bisect_left(ranks, x=True, key=lambda r: binomial_tail(r, n, quantile) <= alpha)
    return QuantileEstimate(
        value=float(ordered[ceil(n * quantile - _ROUNDING) - 1]),
        low=float(ordered[too_few - 1]) if too_few >= 1 else None,
        high=float(ordered[enough - 1]) if enough <= n else None,
    )
