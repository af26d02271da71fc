"""Candidate over baseline, case by case, of amounts without an upper end: seconds, tokens, cost."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import ceil, exp, inf, log
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from genaiops.stats.bounded import Values
from genaiops.stats.clusters import LEAST_CLUSTERS
from genaiops.stats.paired import on_side
from genaiops.stats.proportions import binomial_tail
from genaiops.stats.robust_mean import RobustMean

_NORMAL = NormalDist()
_POWER = 0.8
_MOST_UNITS = 10_000_000
_ROUNDING = 1e-9
_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RatioTest:
    """What paired amounts say about the typical ratio, candidate over baseline, lower is better.

    `ratio` is the geometric mean of the ratios; None where it is not defined. `passes` is a proven
    rise smaller than the margin: exactly when `high` < margin, and when `p_pass` <= alpha. `fails`
    is a proven rise: exactly when `low` > 1, and when `p_fail` <= alpha. `low` and `high` are
    one-sided bounds, each at alpha.
    """

    ratio: float | None
    low: float
    high: float
    passes: bool
    fails: bool
    p_pass: float
    p_fail: float
    method: str


_METHOD = "log ratio"
_NOTHING_KNOWN = RatioTest(
    ratio=None,
    low=0.0,
    high=inf,
    passes=False,
    fails=False,
    p_pass=1.0,
    p_fail=1.0,
    method=_METHOD,
)


def paired_ratio(
    candidate: Values,
    baseline: Values,
    ids: Sequence[Hashable],
    *,
    margin_ratio: float,
    alpha: float,
) -> RatioTest:
    """Test whether the candidate takes at most so many times what the baseline takes.

    Each claim needs two proofs: that of the mean log ratio by Student's t, robust to clusters, and
    that of the median ratio by the sign test (of the mean log ratio of a cluster). The first alone
    may be carried by a few cases, the second alone by many that hardly change. P-values are the
    larger of the two, bounds those of the mean log ratio, moved where the sign test disagrees.

    Two zeros are equal. Where a pair has no ratio (one amount is 0, infinite or not a number),
    with fewer than two pairs, and with fewer than 10 clusters of several cases, nothing is proven.

    Args:
        candidate: amounts, 0 or more; where higher is better, hand the arms in swapped.
        baseline: those of the same cases, in the same order.
        ids: the cluster of each case; a case of no cluster has an id of its own.
        margin_ratio: the tolerated ratio, 1 or more; 1 asks for an improvement.
        alpha: one-sided error of each claim, in (0, .5).

    Raises:
        ValueError: an amount is negative, the margin is below 1, or the lengths differ.

    Source: log ratios as in Bland & Altman (1996), BMJ 312, 1153; `RobustMean`; for the sign test
    Conover, Practical Nonparametric Statistics, 3rd edition (1999), section 3.4.
    """
    if margin_ratio < 1:
        raise ValueError(f"margin_ratio {margin_ratio!r} is below 1")
    logs = _LogRatios.of(candidate, baseline, ids)
    return _NOTHING_KNOWN if logs is None else _judged(logs, margin_ratio, alpha)


def ratio_units_needed(
    candidate: Values,
    baseline: Values,
    ids: Sequence[Hashable],
    *,
    margin_ratio: float,
    alpha: float,
    ratio_plan: float = 1.0,
) -> int | None:
    """The clusters, or cases of none, at which a candidate passes four times of five.

    The larger of what the two proofs of `paired_ratio` need by the normal approximation, with the
    spread of the ratios seen, and clusters of the sizes seen. None where up to ten million would
    not do, or where ratios are unknown.

    Args:
        candidate: amounts, as in `paired_ratio`.
        baseline: those of the same cases, in the same order.
        ids: the cluster of each case.
        margin_ratio: the tolerated ratio, 1 or more.
        alpha: one-sided error of a pass, in (0, .5).
        ratio_plan: the true ratio, above 0; 1 is a candidate that takes what the baseline takes.

    Source: for the sign test Noether (1987), JASA 82, 645-647.
    """
    logs, room = _LogRatios.of(candidate, baseline, ids), log(margin_ratio) - log(ratio_plan)
    if logs is None or room <= 0:
        return None
    count, quantiles = len(logs.sizes), _NORMAL.inv_cdf(1 - alpha) + _NORMAL.inv_cdf(_POWER)
    by_t = count * (quantiles * logs.mean.error / room) ** 2
    within = int(np.count_nonzero(logs.typical - logs.mean.mean < room)) / count - 0.5
    if within <= 0:
        return None
    by_sign = max(quantiles**2 / (4 * within**2), log(alpha) / log(0.5))
    needed = ceil(max(by_t, by_sign))
    return needed if needed <= _MOST_UNITS else None


@dataclass(frozen=True, slots=True)
class _LogRatios:
    """The logarithms of the ratios, candidate over baseline, in clusters; shape (clusters,)."""

    sums: _Floats
    sizes: _Floats

    @classmethod
    def of(
        cls, candidate: Values, baseline: Values, ids: Sequence[Hashable]
    ) -> "_LogRatios | None":
        """Add up by cluster; None with fewer than two, or where a case has no ratio."""
        new, old = np.asarray(candidate, np.float64), np.asarray(baseline, np.float64)
        if len(new) != len(old):
            raise ValueError(f"{len(new)} amounts of the candidate, but {len(old)} of the baseline")
        if bool(np.any(new < 0) | np.any(old < 0)):
            raise ValueError("an amount is below 0")
        if len(ids) != len(new):
            raise ValueError(f"{len(new)} amounts, but ids of {len(ids)} cases")
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.where((new == 0) & (old == 0), 0.0, np.log(new) - np.log(old))
        numbers: dict[Hashable, int] = {}
        rows = np.array([numbers.setdefault(each, len(numbers)) for each in ids], np.int_)
        if len(numbers) < 2 or not bool(np.isfinite(logs).all()):
            return None
        sums = np.bincount(rows, logs).astype(np.float64)
        return cls(sums, np.bincount(rows).astype(np.float64))

    @property
    def mean(self) -> RobustMean:
        """The mean over cases."""
        return RobustMean.of(self.sums, self.sizes)

    @property
    def typical(self) -> _Floats:
        """The mean of each cluster."""
        return self.sums / self.sizes

    @property
    def is_too_few(self) -> bool:
        """Whether there are clusters of several cases, and too few for any claim."""
        return len(self.sizes) < min(LEAST_CLUSTERS, self.sizes.sum())


def _judged(logs: _LogRatios, margin_ratio: float, alpha: float) -> RatioTest:
    limit, mean = log(margin_ratio), logs.mean
    p_pass = max(mean.p_under(limit), _sign_p(limit - logs.typical))
    p_fail = max(mean.p_over(0.0), _sign_p(logs.typical))
    if logs.is_too_few:
        p_pass = p_fail = 1.0
    return RatioTest(
        ratio=exp(mean.mean),
        low=on_side(exp(mean.low(alpha)), 1.0, above=p_fail <= alpha),
        high=-on_side(-exp(mean.high(alpha)), -margin_ratio, above=p_pass <= alpha),
        passes=p_pass <= alpha,
        fails=p_fail <= alpha,
        p_pass=p_pass,
        p_fail=p_fail,
        method=_METHOD,
    )


def _sign_p(values: _Floats) -> float:
    """Small if most values are proven to be above 0; those that are 0 tell nothing."""
    above, below = (int(np.count_nonzero(sign * values > _ROUNDING)) for sign in (1, -1))
    return binomial_tail(above, above + below, 0.5)
