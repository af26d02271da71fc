"""A quantile with bounds that hold at every look at once."""

from math import ceil, floor, log, sqrt

import numpy as np

from genaiops.stats.bounded import Values
from genaiops.stats.quantiles import QuantileEstimate

_ROUNDING = 1e-9


def follow_quantile(values: Values, *, quantile: float, alpha: float) -> QuantileEstimate:
    """The quantile of values that may be looked at after every one of them.

    Both bounds together are wrong at some look, of all that ever will be, with a chance of at most
    `alpha`; a bound is None where there are too few values for one. Without values all is None.

    Args:
        values: one per request, since the beginning.
        quantile: in (0, 1).
        alpha: in (0, 1).

    Source: Howard & Ramdas (2022), Bernoulli 28, 1704-1728, theorem 1 with its constants.
    """
    ordered = np.sort(np.asarray(values, np.float64))
    n = len(ordered)
    if not n:
        return QuantileEstimate(None, None, None)
    radius = quantile_radius(n, quantile=quantile, alpha=alpha)
    below = floor(n * (quantile - radius))
    above = ceil(n * (quantile + radius)) + 1
    return QuantileEstimate(
        value=float(ordered[ceil(n * quantile - _ROUNDING) - 1]),
        low=float(ordered[below - 1]) if below >= 1 else None,
        high=float(ordered[above - 1]) if above <= n else None,
    )


def quantile_radius(n: int, *, quantile: float, alpha: float) -> float:
    """How far, as a share of `n` ranks, the bounds stand from the quantile."""
    widening = (1.4 * log(max(log(2.1 * n), 1.0)) + log(10 / alpha)) / n
    return 1.5 * sqrt(quantile * (1 - quantile) * widening) + 0.8 * widening
