"""Student's t distribution: how likely a statistic this far from 0 is by chance."""

from math import sqrt

from genaiops.stats.beta import beta_cdf, beta_quantile


def student_p(t: float, df: int) -> float:
    """The two-sided p-value of a t statistic.

    Args:
        t: any finite number.
        df: degrees of freedom, 1 or more.

    Source: Press et al., Numerical Recipes, 3rd edition (2007), equation 6.14.10.
    """
    return beta_cdf(df / (df + t * t), df / 2, 0.5)


def student_quantile(share: float, df: int) -> float:
    """The t below which `share` of the distribution lies; `share` in (.5, 1), `df` 1 or more."""
    x = beta_quantile(2 * (1 - share), df / 2, 0.5)
    return sqrt(df * (1 - x) / x)
