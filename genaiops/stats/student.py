"""Student's t distribution: how likely a statistic this far from 0 is by chance."""

from math import sqrt

from genaiops.stats.beta import beta_cdf, beta_quantile


def student_p(t: float, df: float) -> float:
    """The two-sided p-value of a t statistic.

    Args:
        t: any finite number.
        df: degrees of freedom, above 0.

    Source: Press et al., Numerical Recipes, 3rd edition (2007), equation 6.14.10.
    """
    return beta_cdf(df / (df + t * t), df / 2, 0.5)


def student_tail(t: float, df: float) -> float:
    """The chance of a t statistic of at least `t`; arguments and source as `student_p`."""
    half = student_p(t, df) / 2
    return half if t >= 0 else 1 - half


def student_quantile(share: float, df: float) -> float:
    """The t below which `share` of the distribution lies; `share` in (.5, 1), `df` above 0."""
    x = beta_quantile(2 * (1 - share), df / 2, 0.5)
    return sqrt(df * (1 - x) / x)
