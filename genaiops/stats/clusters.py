"""Cases in clusters that fare alike: claims that need two proofs, one of noise and one of rarity.

The mean meant is always the one over cases: a cluster counts as much as it has cases.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from genaiops.stats.bounded import Interval, MeanDraws, Values, range_shares, unit_draws
from genaiops.stats.limits import Limit, LimitTest, agreeing, limit_mean
from genaiops.stats.paired import PairedTest, on_side
from genaiops.stats.robust_mean import RobustMean

LEAST_CLUSTERS = 10
"""With fewer clusters nothing is ever proven."""

GOOD_CLUSTERS = 30
"""With fewer clusters the error of a claim is only nearly what it is said to be."""

_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ClusterTotals:
    """Sums over the cases of each cluster; all arrays have the shape (clusters,).

    `worst` and `best` are sums of what each case's value may be at the least and at the most;
    equal where nothing is missing. `sizes` are numbers of cases. Values lie in [lo, hi].
    """

    worst: _Floats
    best: _Floats
    sizes: _Floats
    lo: float
    hi: float

    @classmethod
    def of(
        cls,
        pessimistic: Values,
        optimistic: Values,
        ids: Sequence[Hashable],
        *,
        lo: float,
        hi: float,
    ) -> "ClusterTotals":
        """Add up cases by the id of their cluster; a case of no cluster has an id of its own.

        Raises:
            ValueError: a value is outside of the range, or the lengths differ.
        """
        shares = range_shares(pessimistic, optimistic, lo=lo, hi=hi)
        numbers: dict[Hashable, int] = {}
        rows = np.array([numbers.setdefault(each, len(numbers)) for each in ids], np.int_)
        if len(rows) != shares.shape[1]:
            raise ValueError(f"{shares.shape[1]} values, but ids of {len(rows)} cases")
        sizes = np.bincount(rows, minlength=len(numbers)).astype(np.float64)
        low, high = (np.bincount(rows, each, minlength=len(numbers)) for each in shares)
        span = hi - lo
        return cls(lo * sizes + span * low, lo * sizes + span * high, sizes, lo, hi)

    @property
    def count(self) -> int:
        return len(self.sizes)

    @property
    def cases(self) -> int:
        return int(self.sizes.sum())

    @property
    def is_too_few(self) -> bool:
        """Whether there are too few clusters for any claim."""
        return self.count < LEAST_CLUSTERS

    @property
    def lowest(self) -> RobustMean:
        """The mean over cases with missing values at their least."""
        return RobustMean.of(self.worst, self.sizes)

    @property
    def highest(self) -> RobustMean:
        """The mean over cases with missing values at their most."""
        return RobustMean.of(self.best, self.sizes)

    def draws(self, *, seed: int) -> MeanDraws:
        """Gaffke's draws of the mean over cases, with clusters as units; see `unit_draws`."""
        ends = np.stack([self.worst, self.best])
        shares = (ends - self.lo * self.sizes) / (self.hi - self.lo)
        return unit_draws(shares, self.sizes, lo=self.lo, hi=self.hi, seed=seed)


def paired_clustered(
    totals: ClusterTotals, draws: MeanDraws, *, margin: float, alpha: float
) -> PairedTest:
    """Test a candidate against a baseline on cases in clusters.

    Each claim needs two proofs: by the t distribution with a standard error that is robust to
    clusters (`RobustMean`), and by Gaffke's bound with clusters as units. The first alone lets rare
    breakage through (no cluster broken, no variance seen); the second alone is proven in special
    cases only. A p-value is the larger of the two, a bound the wider one. With fewer than 10
    clusters nothing is proven: both p-values are 1, and the interval holds -margin and 0. With one
    cluster or none it is the range.

    Sizes of clusters are taken as given: the pseudo cluster is as large as the largest one, and
    a kind of still larger clusters that was never seen is not reckoned with.

    Args:
        totals: of differences, candidate minus baseline, higher is better; missing scores at
            their worst and at their best for the candidate; values lie in [-span, span].
        draws: `totals.draws(...)`, or shared ones of the same totals.
        margin: the tolerated drop, 0 or more.
        alpha: one-sided error of each claim, in (0, .5).

    Source: see `RobustMean` and `mean_draws`.
    """
    p_pass = max(totals.lowest.p_over(-margin), draws.p_above(-margin))
    p_fail = max(totals.highest.p_under(0.0), draws.p_below(0.0))
    if totals.is_too_few:
        p_pass = p_fail = 1.0
    bounds = bounds_clustered(totals, draws, alpha=alpha)
    return PairedTest(
        low=on_side(bounds.low, -margin, above=p_pass <= alpha),
        high=0.0 - on_side(0.0 - bounds.high, 0.0, above=p_fail <= alpha),
        passes=p_pass <= alpha,
        fails=p_fail <= alpha,
        p_pass=p_pass,
        p_fail=p_fail,
        method="clusters",
    )


def limit_clustered(
    totals: ClusterTotals, draws: MeanDraws, *, limit: Limit, alpha: float
) -> LimitTest:
    """Test a mean over cases in clusters against a limit, by the two proofs of `paired_clustered`.

    With fewer than 10 clusters nothing is proven.

    Args:
        totals: of scores in [lo, hi]; missing ones at the least and at the most.
        draws: `totals.draws(...)`, or shared ones of the same totals.
        limit: of the mean.
        alpha: one-sided error of each claim, in (0, .5).
    """
    gaffke = limit_mean(draws, limit=limit, alpha=alpha)
    over, under = totals.lowest.p_over(limit.value), totals.highest.p_under(limit.value)
    by_t = (over, under) if limit.side == "at_least" else (under, over)
    p_pass, p_fail = max(by_t[0], gaffke.p_pass), max(by_t[1], gaffke.p_fail)
    if totals.is_too_few:
        p_pass = p_fail = 1.0
    passes, fails = p_pass <= alpha, p_fail <= alpha
    bounds = bounds_clustered(totals, draws, alpha=alpha)
    shown = agreeing(bounds, limit, passes=passes, fails=fails)
    return LimitTest(shown.low, shown.high, passes, fails, p_pass, p_fail, "clusters")


def bounds_clustered(totals: ClusterTotals, draws: MeanDraws, *, alpha: float) -> Interval:
    """Both one-sided bounds of a mean over cases in clusters, each at `alpha` by both proofs."""
    low = min(totals.lowest.low(alpha), draws.low(alpha))
    high = max(totals.highest.high(alpha), draws.high(alpha))
    return Interval(max(totals.lo, low), min(totals.hi, high))
