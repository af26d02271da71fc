"""The beta distribution: its share below a point, and the point below which a share lies."""

from math import exp, lgamma, log, log1p, sqrt

_TINY = 1e-300
_PRECISION = 1e-15


def beta_cdf(x: float, a: float, b: float) -> float:
    """The share of Beta(a, b) at or below `x`, the regularized incomplete beta function I_x(a, b).

    Args:
        x: any number; below 0 the share is 0, above 1 it is 1.
        a: above 0.
        b: above 0.

    Source: Press et al., Numerical Recipes, 3rd edition (2007), section 6.4: continued fraction
    by the modified method of Lentz, on the side of the mean where it converges fast.
    """
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    front = exp(a * log(x) + b * log1p(-x) - _log_beta(a, b))
    if x < (a + 1) / (a + b + 2):
        return front * _continued_fraction(x, a, b) / a
    return 1.0 - front * _continued_fraction(1 - x, b, a) / b


def beta_quantile(share: float, a: float, b: float) -> float:
    """The point below which `share` of Beta(a, b) lies, to about 1e-14; `share` in (0, 1).

    Newton's method, kept inside a bracket by bisection.
    """
    low, high = 0.0, 1.0
    x = a / (a + b)
    while high - low > _PRECISION:
        excess = beta_cdf(x, a, b) - share
        low, high = (low, x) if excess > 0 else (x, high)
        density = _density(x, a, b)
        guess = x - excess / density if density > 0 else -1.0
        if not low < guess < high:
            guess = (low + high) / 2
        if abs(guess - x) <= _PRECISION * x:
            return guess
        x = guess
    return x


def _density(x: float, a: float, b: float) -> float:
    return exp((a - 1) * log(x) + (b - 1) * log1p(-x) - _log_beta(a, b))


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def _continued_fraction(x: float, a: float, b: float) -> float:
    c = 1.0
    d = 1 / _away_from_zero(1 - (a + b) * x / (a + 1))
    result = d
    for m in range(1, 200 + int(10 * sqrt(a + b))):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1 / _away_from_zero(1 + term * d)
            c = _away_from_zero(1 + term / c)
            result *= c * d
        if abs(c * d - 1) < _PRECISION:
            break
    return result


def _away_from_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
