"""A share or a mean against an absolute limit."""

from dataclasses import dataclass
from typing import Literal

from genaiops.stats.bounded import Interval, MeanDraws
from genaiops.stats.paired import on_side
from genaiops.stats.proportions import (
    binomial_tail,
    clopper_pearson_high,
    clopper_pearson_low,
)


@dataclass(frozen=True, slots=True)
class Limit:
    """What a share or a mean has to be: at least, or at most, a value."""

    side: Literal["at_least", "at_most"]
    value: float


@dataclass(frozen=True, slots=True)
class LimitTest:
    """What scores say about a limit.

    `passes` is a proof that the limit is kept: `low` >= limit, or `high` <= limit for at_most.
    `fails` is a proof that it is broken: `high` < limit, or `low` > limit. `p_pass` and `p_fail`
    are their p-values, for corrections; `low` and `high` are one-sided bounds, each at alpha.
    """

    low: float
    high: float
    passes: bool
    fails: bool
    p_pass: float
    p_fail: float
    method: str


def limit_share(fewest: int, most: int, n: int, *, limit: Limit, alpha: float) -> LimitTest:
    """Test a share of `n` cases against a limit, by exact binomial bounds.

    Args:
        fewest: successes if no case with a missing score is one.
        most: successes if all of them are.
        n: all cases, missing ones too; without any, nothing is proven.
        limit: of the share.
        alpha: one-sided error of each claim, in (0, .5).

    Source: Clopper & Pearson (1934).
    """
    low, high = clopper_pearson_low(fewest, n, alpha), clopper_pearson_high(most, n, alpha)
    share = limit.value
    p_over, p_under = binomial_tail(fewest, n, share), binomial_tail(n - most, n, 1 - share)
    if limit.side == "at_least":
        passes, fails = low >= share, high < share
        p_pass, p_fail = (p_over if share > 0 else 0.0), p_under
    else:
        passes, fails = high <= share, low > share
        p_pass, p_fail = (p_under if share < 1 else 0.0), p_over
    if not n:
        passes = fails = False
        p_pass = p_fail = 1.0
    return LimitTest(low, high, passes, fails, p_pass, p_fail, "clopper-pearson")


def limit_mean(draws: MeanDraws, *, limit: Limit, alpha: float) -> LimitTest:
    """Test a mean against a limit by Gaffke's bounds; without cases nothing is proven.

    Args:
        draws: of `mean_draws`; several limits of one metric share them.
        limit: of the mean.
        alpha: one-sided error of each claim, in (0, .5).
    """
    if not draws.n:
        p_pass = p_fail = 1.0
    elif limit.side == "at_least":
        p_pass, p_fail = draws.p_at_least(limit.value), draws.p_below(limit.value)
    else:
        p_pass, p_fail = draws.p_at_most(limit.value), draws.p_above(limit.value)
    return LimitTest(
        low=draws.low(alpha),
        high=draws.high(alpha),
        passes=p_pass <= alpha,
        fails=p_fail <= alpha,
        p_pass=p_pass,
        p_fail=p_fail,
        method="gaffke",
    )


def agreeing(bounds: Interval, limit: Limit, *, passes: bool, fails: bool) -> Interval:
    """The bounds, moved as little as possible to the sides of the limit that the claims say."""
    low, high = bounds.low, bounds.high
    if limit.side == "at_least":
        low = -on_side(-low, -limit.value, above=not passes)
        high = -on_side(-high, -limit.value, above=fails)
    else:
        high = on_side(high, limit.value, above=not passes)
        low = on_side(low, limit.value, above=fails)
    return Interval(low, high)
