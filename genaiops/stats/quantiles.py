"""A quantile of scores: its estimate, its interval, and whether enough cases keep a limit."""

from bisect import bisect_left
from dataclasses import dataclass
from math import ceil

import numpy as np

from genaiops.stats.bounded import Values
from genaiops.stats.limits import Limit, LimitTest, limit_share
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


def limit_quantile(
    pessimistic: Values, optimistic: Values, *, quantile: float, limit: Limit, alpha: float
) -> LimitTest:
    """Test whether at least a share `quantile` of all cases keeps a limit.

    The bounds are those of the share of cases that keep it, not of a value. A pass takes 59 cases
    without exception for the quantile .95 at alpha = .05.

    Args:
        pessimistic: one end of what each value may be; infinity breaks every upper limit.
        optimistic: the other end, same cases in the same order; equal where nothing is missing.
        quantile: the share that must keep the limit, in (0, 1).
        limit: of a single case.
        alpha: one-sided error of each claim, in (0, .5).
    """
    ends = np.stack([np.asarray(pessimistic, np.float64), np.asarray(optimistic, np.float64)])
    kept = ends >= limit.value if limit.side == "at_least" else ends <= limit.value
    return limit_share(
        int(np.count_nonzero(kept.all(axis=0))),
        int(np.count_nonzero(kept.any(axis=0))),
        ends.shape[1],
        limit=Limit("at_least", quantile),
        alpha=alpha,
    )
