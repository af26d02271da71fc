"""Bounds of a share that was observed as so many of so many."""

from math import sqrt
from statistics import NormalDist

from genaiops.stats.beta import beta_cdf, beta_quantile


def binomial_tail(k: int, n: int, p: float) -> float:
    """P(X >= k) for X binomial with `n` trials of probability `p`."""
    if k <= 0:
        return 1.0
    if k > n:
        return 0.0
    return beta_cdf(p, k, n - k + 1)


def clopper_pearson_low(successes: int, n: int, alpha: float) -> float:
    """The one-sided lower bound of a share, wrong with a probability of at most `alpha`.

    It is the p at which P(X >= successes) = alpha; 0 where nothing was seen (n = 0).

    Args:
        successes: 0 to `n`.
        n: trials, independent of each other.
        alpha: in (0, 1); for a two-sided interval take half of it on each side.

    Source: Clopper & Pearson (1934), in the form with beta quantiles.
    """
    if successes == 0:
        return 0.0
    if successes == n:
        return alpha ** (1 / n)
    return beta_quantile(alpha, successes, n - successes + 1)


def clopper_pearson_high(successes: int, n: int, alpha: float) -> float:
    """The one-sided upper bound of a share: the p at which P(X <= successes) = alpha; 1 at n = 0.

    Arguments and source as `clopper_pearson_low`.
    """
    return 1.0 - clopper_pearson_low(n - successes, n, alpha)


def wilson_low(successes: int, n: int, alpha: float) -> float:
    """The one-sided lower score bound of a share: right on average over shares, not for each.

    Shorter than the exact one, and for pictures and tables only: nothing is decided by it. 0 at
    n = 0. Arguments as `clopper_pearson_low`, with `alpha` in (0, .5).

    Source: Wilson (1927), JASA 22, 209-212.
    """
    if not successes:
        return 0.0
    squared = NormalDist().inv_cdf(1 - alpha) ** 2
    share = successes / n
    reach = sqrt(squared * (share * (1 - share) / n + squared / (4 * n * n)))
    return (share + squared / (2 * n) - reach) / (1 + squared / n)


def wilson_high(successes: int, n: int, alpha: float) -> float:
    """The one-sided upper score bound of a share, 1 at n = 0; see `wilson_low`."""
    return 1.0 - wilson_low(n - successes, n, alpha)
