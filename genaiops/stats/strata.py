"""Cases in strata with declared weights: the mean that production would have."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isclose, sqrt

import numpy as np

from genaiops.stats.bounded import MeanDraws
from genaiops.stats.clusters import LEAST_CLUSTERS, ClusterTotals
from genaiops.stats.paired import PairedTest, on_side
from genaiops.stats.robust_mean import RobustMean


@dataclass(frozen=True, slots=True)
class Stratum:
    """The differences of one kind of cases, and the share of production that is of this kind.

    `draws` are `totals.draws(...)` with a seed of the stratum's own: draws of strata are added up
    as independent ones.
    """

    weight: float
    totals: ClusterTotals
    draws: MeanDraws


def paired_strata(strata: Sequence[Stratum], *, margin: float, alpha: float) -> PairedTest:
    """Test a candidate against a baseline by the weighted mean of their strata's differences.

    delta = sum of w * delta_s, with the variance sum of w^2 * V_s. Each claim needs the two proofs
    of `paired_clustered`: by Student's t, and by Gaffke's draws, weighted and added up, with a
    pseudo case in every stratum. A stratum with fewer than two cases (or clusters) says nothing,
    so that nothing is proven; nor is it from fewer than 10 clusters in all.

    Args:
        strata: of the same range; their weights add up to 1.
        margin: the tolerated drop, 0 or more.
        alpha: one-sided error of each claim, in (0, .5).

    Raises:
        ValueError: a weight is negative, or they do not add up to 1.

    Source: Cochran, Sampling Techniques, 3rd edition (1977), chapter 5; Satterthwaite (1946) for
    the degrees of freedom.
    """
    weights = [stratum.weight for stratum in strata]
    if min(weights, default=0) < 0 or not isclose(sum(weights), 1):
        raise ValueError(f"weights of strata are shares that add up to 1, not {weights!r}")
    low_mean = _weighted([stratum.totals.lowest for stratum in strata], weights)
    high_mean = _weighted([stratum.totals.highest for stratum in strata], weights)
    draws = _added_up(strata)
    p_pass = max(low_mean.p_over(-margin), draws.p_above(-margin))
    p_fail = max(high_mean.p_under(0.0), draws.p_below(0.0))
    if _are_too_few(strata):
        p_pass = p_fail = 1.0
    low = max(draws.lo, min(low_mean.low(alpha), draws.low(alpha)))
    high = min(draws.hi, max(high_mean.high(alpha), draws.high(alpha)))
    return PairedTest(
        low=on_side(low, -margin, above=p_pass <= alpha),
        high=0.0 - on_side(0.0 - high, 0.0, above=p_fail <= alpha),
        passes=p_pass <= alpha,
        fails=p_fail <= alpha,
        p_pass=p_pass,
        p_fail=p_fail,
        method="strata",
    )


def _weighted(means: Sequence[RobustMean], weights: Sequence[float]) -> RobustMean:
    """The mean of independent means, with the degrees of freedom of its variance."""
    if not all(mean.freedom for mean in means):
        return RobustMean(0.0, 0.0, 0.0)
    pairs = list(zip(means, weights, strict=True))
    variances = [(weight * mean.error) ** 2 for mean, weight in pairs]
    variance = sum(variances)
    if not variance:
        freedom = sum(mean.freedom for mean in means)
    else:
        parts = zip(variances, means, strict=True)
        freedom = variance**2 / sum(part**2 / mean.freedom for part, mean in parts)
    return RobustMean(sum(weight * mean.mean for mean, weight in pairs), sqrt(variance), freedom)


def _added_up(strata: Sequence[Stratum]) -> MeanDraws:
    first = strata[0].draws
    below = np.sum([stratum.weight * stratum.draws.below for stratum in strata], axis=0)
    above = np.sum([stratum.weight * stratum.draws.above for stratum in strata], axis=0)
    return MeanDraws(below, above, first.lo, first.hi, sum(each.draws.n for each in strata))


def _are_too_few(strata: Sequence[Stratum]) -> bool:
    clusters = sum(stratum.totals.count for stratum in strata)
    cases = sum(stratum.totals.cases for stratum in strata)
    return clusters < min(LEAST_CLUSTERS, cases)
