"""Bounds of a mean and tests of limits, by what the scores are: 0 or 1, graded, or in clusters."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from genaiops.gates.arms import Ends
from genaiops.gates.questions import Question, settled
from genaiops.gates.ranges import Range, range_of
from genaiops.stats import (
    ClusterTotals,
    Interval,
    Limit,
    LimitTest,
    Units,
    bounds_clustered,
    clopper_pearson_high,
    clopper_pearson_low,
    limit_clustered,
    limit_mean,
    limit_share,
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """The interval of a mean and the method that gave it."""

    interval: Interval
    method: str


@dataclass(frozen=True, slots=True)
class Ranged:
    """Values of cases in a known range, what is missing at both ends.

    Arrays have the shape (cases,). `is_share` says that each value is one score of 0 or 1.
    `clusters` are the numbers of the cases' clusters; None where they are independent.
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    values: Range
    is_share: bool
    clusters: list[int] | None

    @classmethod
    def of(cls, ends: Ends) -> "Ranged":
        """The scores of a metric with a bounded range."""
        return cls(ends.low, ends.high, range_of(ends.info), ends.is_single_binary, _clusters(ends))

    @classmethod
    def of_share(cls, low: NDArray[np.float64], high: NDArray[np.float64], ends: Ends) -> "Ranged":
        """What is 1 for some of the cases of `ends`, and 0 for the others."""
        return cls(low, high, Range(0.0, 1.0), is_share=True, clusters=_clusters(ends))

    @property
    def totals(self) -> ClusterTotals:
        """The sums of clusters; a case is one by itself where cases are independent."""
        ids = range(len(self.low)) if self.clusters is None else self.clusters
        lo, hi = self.values.low, self.values.high
        return ClusterTotals.of(self.low, self.high, ids, lo=lo, hi=hi)

    @property
    def units(self) -> Units:
        """What the mean is drawn from where cases are independent."""
        return Units.of_cases(self.low, self.high, lo=self.values.low, hi=self.values.high)


def _clusters(ends: Ends) -> list[int] | None:
    return None if ends.cluster_count is None else ends.cluster_ids


def ask_bounds(ranged: Ranged, *, alpha: float) -> Question[Bounds]:
    """Ask for the bounds of the mean, each at `alpha`."""
    if ranged.clusters is not None:
        totals = ranged.totals
        return Question(
            (Units.of_clusters(totals),),
            lambda draws: Bounds(bounds_clustered(totals, draws[0], alpha=alpha), "clusters"),
        )
    if ranged.is_share:
        return settled(Bounds(_share_interval(ranged, alpha), "clopper-pearson"))
    return Question(
        (ranged.units,),
        lambda draws: Bounds(Interval(draws[0].low(alpha), draws[0].high(alpha)), "gaffke"),
    )


def ask_limit(ranged: Ranged, limit: Limit, *, alpha: float) -> Question[LimitTest]:
    """Ask whether the mean keeps a limit."""
    if ranged.clusters is not None:
        totals = ranged.totals
        return Question(
            (Units.of_clusters(totals),),
            lambda draws: limit_clustered(totals, draws[0], limit=limit, alpha=alpha),
        )
    if ranged.is_share:
        fewest, most, n = int(ranged.low.sum()), int(ranged.high.sum()), len(ranged.low)
        return settled(limit_share(fewest, most, n, limit=limit, alpha=alpha))
    return Question((ranged.units,), lambda draws: limit_mean(draws[0], limit=limit, alpha=alpha))


def _share_interval(ranged: Ranged, alpha: float) -> Interval:
    n = len(ranged.low)
    if not n:
        return Interval(ranged.values.low, ranged.values.high)
    fewest, most = int(ranged.low.sum()), int(ranged.high.sum())
    return Interval(clopper_pearson_low(fewest, n, alpha), clopper_pearson_high(most, n, alpha))
