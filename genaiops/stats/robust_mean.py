"""A mean over cases whose standard error is robust to cases of a cluster faring alike."""

from dataclasses import dataclass
from math import inf, sqrt

import numpy as np
from numpy.typing import NDArray

from genaiops.stats.student import student_quantile, student_tail

_LARGE_SHARE = 0.2
_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RobustMean:
    """A mean, its standard error, and the degrees of freedom of the t distribution around it.

    Without degrees of freedom (fewer than two clusters) nothing is known: bounds are infinite and
    p-values 1. Without any error a mean at the limit already counts as proof, so that another
    proof has to decide.
    """

    mean: float
    error: float
    freedom: float

    @classmethod
    def of(cls, sums: _Floats, sizes: _Floats) -> "RobustMean":
        """Read from the sums over the cases of each cluster, and their numbers.

        The standard error is that of Liang and Zeger, sqrt(G / (G - 1) * sum of e^2) / n with a
        cluster's e = sum of (value - mean), on G - 1 degrees of freedom; where one cluster holds
        more than a fifth of the cases, the bias-reduced one of Bell and McCaffrey (CR2), sqrt(sum
        of e^2 / (1 - size / n)) / n, with their degrees of freedom. With one case per cluster both
        are s / sqrt(n) on n - 1.

        Source: Liang & Zeger (1986), Biometrika 73, 13-22; Bell & McCaffrey (2002), Survey
        Methodology 28, 169-181.
        """
        count, cases = len(sizes), float(sizes.sum())
        if count < 2:
            return cls(0.0, 0.0, 0.0)
        mean = float(sums.sum()) / cases
        squares = (sums - sizes * mean) ** 2
        if sizes.max() <= _LARGE_SHARE * cases:
            return cls(mean, sqrt(count / (count - 1) * float(squares.sum())) / cases, count - 1)
        reduced = float((squares / (1 - sizes / cases)).sum())
        return cls(mean, sqrt(reduced) / cases, _satterthwaite(sizes))

    def low(self, alpha: float) -> float:
        """The one-sided lower bound of the mean."""
        return self.mean - self._reach(alpha)

    def high(self, alpha: float) -> float:
        """The one-sided upper bound of the mean."""
        return self.mean + self._reach(alpha)

    def p_over(self, limit: float) -> float:
        """Small if the mean is proven to be over the limit."""
        return self._tail(self.mean - limit)

    def p_under(self, limit: float) -> float:
        """Small if the mean is proven to be under the limit."""
        return self._tail(limit - self.mean)

    def _tail(self, excess: float) -> float:
        if not self.freedom:
            return 1.0
        if not self.error:
            return 0.0 if excess >= 0 else 1.0
        return student_tail(excess / self.error, self.freedom)

    def _reach(self, alpha: float) -> float:
        return student_quantile(1 - alpha, self.freedom) * self.error if self.freedom else inf


def _satterthwaite(sizes: _Floats) -> float:
    """The degrees of freedom of the CR2 variance of a mean, if cases varied independently.

    The variance is a quadratic form in the cases, with the matrix diag(a) - b b' / n up to a
    factor, where a = size / (1 - size / n) and b = size / sqrt(1 - size / n). The degrees of
    freedom are its squared trace over the trace of its square: G - 1 for equal sizes.

    Source: Bell & McCaffrey (2002); Pustejovsky & Tipton (2018), Journal of Business & Economic
    Statistics 36, 672-683.
    """
    cases = float(sizes.sum())
    diagonal = sizes / (1 - sizes / cases)
    squares = sizes * diagonal  # b^2
    trace = float((diagonal - squares / cases).sum())
    of_square = float((diagonal**2 - 2 * diagonal * squares / cases).sum())
    return trace**2 / (of_square + float(squares.sum() / cases) ** 2)
