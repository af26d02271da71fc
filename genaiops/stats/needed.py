"""How many cases a proof takes: to be decided at all, or with what was observed so far."""

from bisect import bisect_left
from math import ceil, log, log1p
from statistics import NormalDist

import numpy as np

from genaiops.stats.bounded import Values
from genaiops.stats.limits import Limit
from genaiops.stats.pseudo_case import PseudoCase

_NORMAL = NormalDist()
_ROUNDING = 1e-9
_MOST_CASES = 10_000_000


def pairs_needed(
    variance: float, margin: float, alpha: float, *, power: float = 0.8, delta_plan: float = 0.0
) -> int | None:
    """The pairs at which a candidate that truly differs by `delta_plan` passes with `power`.

    None where no number would do, because the planned drop reaches the margin. Never less than an
    unchanged candidate needs (`least_n_to_pass_margin`).

    Args:
        variance: of the paired differences; for 0/1 scores about the share of discordant pairs.
        margin: the tolerated drop, 0 or more.
        alpha: one-sided error of a pass, in (0, .5).
        power: wanted chance of a pass, in (.5, 1).
        delta_plan: true difference, candidate minus baseline; 0 is an unchanged candidate.

    Source: normal approximation, for instance Julious (2004), Statistics in Medicine 23, 1921-1986.
    """
    room = margin + delta_plan
    if room <= 0:
        return None
    quantiles = _NORMAL.inv_cdf(1 - alpha) + _NORMAL.inv_cdf(power)
    return max(ceil(quantiles**2 * variance / room**2), least_n_to_pass_margin(margin, alpha) or 1)


def least_n_to_pass_margin(margin: float, alpha: float) -> int | None:
    """The pairs at which a candidate without any discordant pair passes; None if the margin is 0.

    With fewer pairs only a candidate that is seen to improve can pass. The margin is one of
    scores in [0, 1]; divide it by the width of another range.
    """
    return clean_cases_needed(margin, alpha) if margin > 0 else None


def clean_cases_needed(rate: float, alpha: float) -> int:
    """The cases without a single violation that prove a rate of violations of at most `rate`.

    For a quantile, `rate` is the share that may break the limit: .05 for the quantile .95.

    Args:
        rate: above 0; from 1 on a single case does.
        alpha: one-sided error, in (0, 1).
    """
    return 1 if rate >= 1 else max(1, ceil(log(alpha) / log1p(-rate) - _ROUNDING))


def clean_evidence(rate: float, alpha: float, cases: int, clusters: int, largest: int) -> float:
    """What clusters of cases without a single violation are of a proof, at the most; 1 is one.

    The p-value of Gaffke's bound, with a pseudo cluster as large as the largest one, is a product
    over clusters: of 1 / (1 + size / largest * rate / (1 - rate)). It is the least where all but
    the largest are of equal size, which is assumed. With clusters of one case this is
    `clean_cases_needed`.

    Args:
        rate: of violations, that it is not more than this; in (0, 1).
        alpha: one-sided error, in (0, 1).
        cases: in all clusters.
        clusters: of them, 2 or more; a case of no cluster is one.
        largest: cases of the largest cluster.
    """
    odds = rate / (1 - rate)
    others = clusters - 1
    size = (cases - largest) / others
    return (log1p(odds) + others * log1p(size / largest * odds)) / -log(alpha)


def cases_needed_for_limit(
    values: Values, *, limit: Limit, alpha: float, lo: float, hi: float
) -> int | None:
    """The least number of cases at which what was observed would pass a limit of the mean.

    The values are thought repeated in their shares. The bound of `mean_draws` is then that of a
    beta distribution with the same mean and variance, which is exact for 0/1 values (Clopper and
    Pearson, with fractional counts) and where all values are equal. None where no number of up
    to ten million would: the observed mean is on the wrong side, or too close; or without values.

    Args:
        values: one per case, in [lo, hi].
        limit: of the mean.
        alpha: one-sided error of a pass, in (0, .5).
        lo: the least possible value.
        hi: the largest possible value.
    """
    shares = (np.asarray(values, np.float64) - lo) / (hi - lo)
    target = (limit.value - lo) / (hi - lo)
    if limit.side == "at_most":
        shares, target = 1 - shares, 1 - target
    if not len(shares):
        return None
    if target <= 0:
        return 1
    mean, variance, top = float(shares.mean()), float(shares.var()), float(shares.max())
    if mean <= target:
        return None
    sizes = range(1, _MOST_CASES + 1)
    index = bisect_left(
        sizes, x=True, key=lambda n: _bound(n, mean, variance, top, alpha) >= target
    )
    return sizes[index] if index < len(sizes) else None


def _bound(n: int, mean: float, variance: float, top: float, alpha: float) -> float:
    """The lower bound of the mean of `n` values in [0, top], with a pseudo case at 0."""
    return PseudoCase.of(n, n * mean, n * (variance + mean**2), top).low(alpha)
