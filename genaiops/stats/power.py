"""How likely a gate passes, fails or stays open, before any case is asked.

What is true is assumed here: a true change, and the noise around it. A drop comes from cases that
break, which makes the differences noisier than a drop that is spread over all of them.
"""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import ceil, exp, floor, lgamma, log, log1p, sqrt
from statistics import NormalDist

from genaiops.stats.clusters import LEAST_CLUSTERS
from genaiops.stats.limits import Limit
from genaiops.stats.needed import clean_cases_needed, least_n_to_pass_margin
from genaiops.stats.paired import mcnemar_p
from genaiops.stats.proportions import binomial_tail, clopper_pearson_high, clopper_pearson_low
from genaiops.stats.student import student_quantile
from genaiops.stats.tango import exceeds, tango_critical, tango_z

POWER = 0.8
"""A gate can be relied on for what it finds in four of five evaluations."""

_NORMAL = NormalDist()
_LIKELY = 8
"""Counts further from what is expected, in standard deviations, do not happen."""
_STEPS = 30
_ROUNDING = 1e-9
_CHANGE_STEPS = 12
"""Halvings of a change: it is told in points."""
_MOST_CASES = 1_000_000


@dataclass(frozen=True, slots=True)
class Shares:
    """The chances of a pass and of a fail, in [0, 1]; the rest is inconclusive.

    `reaches` is the part of that rest, told of drops only, in which the drop that is seen reaches
    the margin, so that a policy may block it.
    """

    passes: float
    fails: float
    reaches: float = 0.0

    @property
    def inconclusive(self) -> float:
        return max(0.0, 1 - self.passes - self.fails)


@dataclass(frozen=True, slots=True)
class Spread:
    """How scores in [0, 1], or their paired differences, vary between `units` that vary freely.

    `variance` is `units` times that of the mean. Where each case varies freely, units are cases.
    Where they come in so many `clusters`, units are the cases over those of the largest cluster,
    since bounds reckon with one more cluster that is as large and fares the worst.
    """

    units: int
    variance: float
    clusters: int | None = None

    @property
    def is_too_few(self) -> bool:
        """Whether there are too few clusters for any claim."""
        return self.clusters is not None and self.clusters < LEAST_CLUSTERS


def binary_drop_shares(
    n: int, *, discordance: float, drop: float, margin: float, alpha: float
) -> Shares:
    """The chances of a gate on 0/1 scores against a baseline, by enumeration.

    Args:
        n: pairs; without any nothing is decided.
        discordance: share of the pairs that differ where nothing changed, in [0, 1].
        drop: of the true mean; so many cases more break.
        margin: the tolerated drop, 0 or more.
        alpha: one-sided error of each claim.
    """
    if not n:
        return Shares(0.0, 0.0)
    loss = min(discordance / 2 + drop, 1.0)
    gain = min(discordance / 2, 1 - loss)
    critical = tango_critical(n, margin, alpha)
    passes = fails = stopped = 0.0
    for harms in _likely(loss, n):
        rest = n - harms
        chance = _binomial(harms, n, loss)
        share = gain / (1 - loss) if loss < 1 else 0.0
        least = bisect_left(
            range(rest + 1),
            x=True,
            key=lambda g, h=harms: exceeds(tango_z(g, h, n, margin), critical),
        )
        most = bisect_left(range(rest + 1), x=True, key=lambda g, h=harms: mcnemar_p(g, h) > alpha)
        passes += chance * binomial_tail(least, rest, share)
        reached = max(0, harms - ceil(n * margin - _ROUNDING) + 1)
        fails += chance * (1 - binomial_tail(min(most, least), rest, share))
        stopped += chance * (1 - binomial_tail(min(max(most, reached), least), rest, share))
    return Shares(min(passes, 1.0), min(fails, 1.0), max(0.0, stopped - fails))


def drop_shares(spread: Spread, *, drop: float, margin: float, alpha: float) -> Shares:
    """The chances of a gate on bounded scores against a baseline; scores lie in [0, 1].

    By the normal distribution, of the mean and of Gaffke's draws around it; without noise exactly.

    Args:
        spread: of the differences where nothing changed, in [-1, 1].
        drop: of the true mean.
        margin: the tolerated drop, 0 or more.
        alpha: one-sided error of each claim.
    """
    broken = Spread(spread.units, (spread.variance + drop * (1 - drop)) / 4, spread.clusters)
    least = least_n_to_pass_margin(margin, alpha)
    if not broken.variance:
        can_pass = least is not None and spread.units >= least and not spread.is_too_few
        return Shares(float(can_pass), 0.0)
    passes = _proof_over(broken, (1 - drop) / 2, (1 - margin) / 2, alpha)
    fails = min(_proof_over(broken, (1 + drop) / 2, 0.5, alpha), 1 - passes)
    if not spread.units:
        return Shares(passes, fails)
    error = sqrt(broken.variance / broken.units)
    reached = min(_NORMAL.cdf((drop - margin) / 2 / error), 1 - passes)
    return Shares(passes, fails, max(0.0, reached - fails))


def binary_limit_shares(n: int, *, share: float, limit: Limit, alpha: float) -> Shares:
    """The chances of a gate on the share of 0/1 scores, exactly.

    Args:
        n: cases; without any nothing is decided.
        share: the true one.
        limit: of the share.
        alpha: one-sided error of each claim.
    """
    if not n:
        return Shares(0.0, 0.0)
    if limit.side == "at_most":
        share, limit = 1 - share, Limit("at_least", 1 - limit.value)
    counts = range(n + 1)
    keeps = bisect_left(
        counts, x=True, key=lambda k: clopper_pearson_low(k, n, alpha) >= limit.value
    )
    breaks = bisect_left(
        counts, x=True, key=lambda k: clopper_pearson_high(k, n, alpha) >= limit.value
    )
    return Shares(binomial_tail(keeps, n, share), 1 - binomial_tail(breaks, n, share))


def limit_shares(spread: Spread, *, mean: float, limit: Limit, alpha: float) -> Shares:
    """The chances of a gate on the mean of scores in [0, 1], by the normal distribution.

    Args:
        spread: of the scores.
        mean: the true one.
        limit: of the mean.
        alpha: one-sided error of each claim.
    """
    target = limit.value
    if limit.side == "at_most":
        mean, target = 1 - mean, 1 - target
    # no scores in [0, 1] with this mean vary more
    spread = replace(spread, variance=min(spread.variance, mean * (1 - mean)))
    passes = _proof_over(spread, mean, target, alpha)
    return Shares(passes, min(_proof_over(spread, 1 - mean, 1 - target, alpha), 1 - passes))


def found_change(
    fails: Callable[[float], float], most: float, *, power: float = POWER
) -> float | None:
    """The least change, up to `most`, that fails with a chance of `power`; None if none does."""
    low, high = 0.0, most
    if fails(high) < power:
        return None
    for _ in range(_CHANGE_STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if fails(middle) >= power else (middle, high)
    return high


def least_units(passes: Callable[[int], float], *, power: float = POWER) -> int | None:
    """The least number of cases or clusters that passes with a chance of `power`.

    None where a million do not.
    """
    top = 1
    while passes(top) < power:
        top *= 2
        if top > _MOST_CASES:
            return None
    return bisect_left(range(1, top + 1), x=True, key=lambda n: passes(n) >= power) + 1


def _proof_over(spread: Spread, mean: float, target: float, alpha: float) -> float:
    """The chance that a mean in [0, 1] is proven to be over a target."""
    if not spread.units or spread.is_too_few:
        return 0.0
    if not spread.variance:
        least = clean_cases_needed(1 - target / mean, alpha) if mean > target else None
        return float(least is not None and spread.units >= least)
    error = sqrt(spread.variance / spread.units)
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        is_proof = _gaffke_low(spread, middle, alpha) > target
        low, high = (low, middle) if is_proof else (middle, high)
    needed = high
    if spread.clusters is not None:
        by_t = student_quantile(1 - alpha, spread.clusters - 1) * error
        needed = max(needed, target + by_t)
    return _NORMAL.cdf((mean - needed) / error)


def _gaffke_low(spread: Spread, mean: float, alpha: float) -> float:
    """The bound of `mean_draws`, by the mean and variance of Dirichlet weights."""
    n = spread.units
    center = n * mean / (n + 1)
    variance = (n * spread.variance + n / (n + 1) * mean**2) / ((n + 1) * (n + 2))
    return center - _NORMAL.inv_cdf(1 - alpha) * sqrt(variance)


def _likely(share: float, n: int) -> range:
    reach = _LIKELY * sqrt(n * share * (1 - share)) + _LIKELY
    return range(max(0, floor(n * share - reach)), min(n, floor(n * share + reach)) + 1)


def _binomial(count: int, n: int, share: float) -> float:
    """P(X = count)."""
    if share in (0, 1):
        return float(count == n * share)
    ways = lgamma(n + 1) - lgamma(count + 1) - lgamma(n - count + 1)
    return exp(ways + count * log(share) + (n - count) * log1p(-share))
