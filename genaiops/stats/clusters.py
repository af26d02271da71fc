"""Cases in clusters that fare alike: claims that need two proofs, one of noise and one of rarity.

The mean meant is always the one over cases: a cluster counts as much as it has cases.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from genaiops.stats.bounded import Interval, MeanDraws, Values, range_shares, unit_draws
from genaiops.stats.limits import Limit, LimitTest, limit_mean
from genaiops.stats.paired import PairedTest, on_side
from genaiops.stats.student import student_quantile, student_tail

LEAST_CLUSTERS = 10
"""With fewer clusters nothing is ever proven."""

GOOD_CLUSTERS = 30
"""With fewer clusters the error of a claim is only nearly what it is said to be."""

_LARGE_SHARE = 0.2
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
    def is_few(self) -> bool:
        """Whether there are so few clusters that a claim needs a warning."""
        return self.count < GOOD_CLUSTERS

    @property
    def has_large_cluster(self) -> bool:
        """Whether one cluster holds more than a fifth of the cases."""
        return bool(self.sizes.max(initial=0) > _LARGE_SHARE * self.cases)

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
    clusters, and by Gaffke's bound with clusters as units. The first alone lets rare breakage
    through (no cluster broken, no variance seen); the second alone has no size for skewed cluster
    sizes. A p-value is the larger of the two, a bound the wider one. With fewer than 10 clusters
    nothing is proven: both p-values are 1, and the interval holds -margin and 0. With one cluster
    or none it is the range.

    The standard error is that of Liang and Zeger, sqrt(G / (G - 1) * sum of e^2) / n with a
    cluster's e = sum of (value - mean), on G - 1 degrees of freedom; where one cluster holds more
    than a fifth of the cases, the bias-reduced one of Bell and McCaffrey (CR2) with their
    degrees of freedom.

    Args:
        totals: of differences, candidate minus baseline, higher is better; missing scores at
            their worst and at their best for the candidate; values lie in [-span, span].
        draws: `totals.draws(...)`, or shared ones of the same totals.
        margin: the tolerated drop, 0 or more.
        alpha: one-sided error of each claim, in (0, .5).

    Source: Liang & Zeger (1986), Biometrika 73, 13-22; Bell & McCaffrey (2002), Survey
    Methodology 28, 169-181; Gaffke as in `mean_draws`.
    """
    worst, best = _Spread.of(totals.worst, totals), _Spread.of(totals.best, totals)
    p_pass = max(worst.p_over(-margin), draws.p_above(-margin))
    p_fail = max(best.p_under(0.0), draws.p_below(0.0))
    if totals.is_too_few:
        p_pass = p_fail = 1.0
    low = max(totals.lo, min(worst.low(alpha), draws.low(alpha)))
    high = min(totals.hi, max(best.high(alpha), draws.high(alpha)))
    return PairedTest(
        low=on_side(low, -margin, above=p_pass <= alpha),
        high=0.0 - on_side(0.0 - high, 0.0, above=p_fail <= alpha),
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
    lowest, highest = _Spread.of(totals.worst, totals), _Spread.of(totals.best, totals)
    gaffke = limit_mean(draws, limit=limit, alpha=alpha)
    if limit.side == "at_least":
        by_t = lowest.p_over(limit.value), highest.p_under(limit.value)
    else:
        by_t = highest.p_under(limit.value), lowest.p_over(limit.value)
    p_pass, p_fail = max(by_t[0], gaffke.p_pass), max(by_t[1], gaffke.p_fail)
    if totals.is_too_few:
        p_pass = p_fail = 1.0
    passes, fails = p_pass <= alpha, p_fail <= alpha
    low = max(totals.lo, min(lowest.low(alpha), gaffke.low))
    high = min(totals.hi, max(highest.high(alpha), gaffke.high))
    if limit.side == "at_least":
        low = -on_side(-low, -limit.value, above=not passes)
        high = -on_side(-high, -limit.value, above=fails)
    else:
        high = on_side(high, limit.value, above=not passes)
        low = on_side(low, limit.value, above=fails)
    return LimitTest(low, high, passes, fails, p_pass, p_fail, "clusters")


def bounds_clustered(totals: ClusterTotals, draws: MeanDraws, *, alpha: float) -> Interval:
    """Both one-sided bounds of a mean over cases in clusters, each at `alpha` by both proofs."""
    lowest, highest = _Spread.of(totals.worst, totals), _Spread.of(totals.best, totals)
    low = max(totals.lo, min(lowest.low(alpha), draws.low(alpha)))
    return Interval(low, min(totals.hi, max(highest.high(alpha), draws.high(alpha))))


@dataclass(frozen=True, slots=True)
class _Spread:
    """A mean over cases with its standard error; without degrees of freedom nothing is known."""

    mean: float
    error: float
    freedom: float

    @classmethod
    def of(cls, sums: _Floats, totals: ClusterTotals) -> "_Spread":
        """The mean of cases from the sums of clusters."""
        count, cases = totals.count, totals.cases
        if count < 2:
            return cls(0.0, 0.0, 0.0)
        mean = float(sums.sum()) / cases
        squares = (sums - totals.sizes * mean) ** 2
        if not totals.has_large_cluster:
            error = sqrt(count / (count - 1) * float(squares.sum())) / cases
            return cls(mean, error, count - 1)
        left = 1 - totals.sizes / cases
        return cls(mean, sqrt(float((squares / left).sum())) / cases, _satterthwaite(totals))

    def low(self, alpha: float) -> float:
        return self.mean - self._reach(alpha)

    def high(self, alpha: float) -> float:
        return self.mean + self._reach(alpha)

    def p_over(self, limit: float) -> float:
        """Small if the mean is proven to be over the limit."""
        return self._tail(self.mean - limit)

    def p_under(self, limit: float) -> float:
        """Small if the mean is proven to be under the limit."""
        return self._tail(limit - self.mean)

    def _tail(self, excess: float) -> float:
        """Without any spread an excess of 0 is enough: the other proof has to decide."""
        if not self.freedom:
            return 1.0
        if not self.error:
            return 0.0 if excess >= 0 else 1.0
        return student_tail(excess / self.error, self.freedom)

    def _reach(self, alpha: float) -> float:
        return student_quantile(1 - alpha, self.freedom) * self.error if self.freedom else np.inf


def _satterthwaite(totals: ClusterTotals) -> float:
    """The degrees of freedom of the CR2 variance of a mean, if cases varied independently.

    The variance is a quadratic form in the cases; with a = size / (1 - size / n) its matrix is
    diag(a) - b b' / n up to a factor, where b = size / sqrt(1 - size / n). The degrees of freedom
    are its squared trace over the trace of its square: G - 1 for equal sizes.

    Source: Bell & McCaffrey (2002), equation 10; Pustejovsky & Tipton (2018), Journal of Business
    & Economic Statistics 36, 672-683.
    """
    sizes, cases = totals.sizes, totals.cases
    diagonal = sizes / (1 - sizes / cases)
    squares = sizes * diagonal  # b^2
    trace = float((diagonal - squares / cases).sum())
    of_square = (diagonal**2 - 2 * diagonal * squares / cases).sum() + squares.sum() ** 2 / cases**2
    return trace**2 / float(of_square)
