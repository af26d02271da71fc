"""Gaffke's bound without draws: a mean with a pessimistic pseudo case, as a beta distribution."""

from dataclasses import dataclass

from genaiops.stats.beta import beta_cdf, beta_quantile


@dataclass(frozen=True, slots=True)
class PseudoCase:
    """The weighted mean of `mean_draws` as `top` times Beta(a, b), by its first two moments.

    Exact where the values are 0 and `top` alone (the bound of Clopper and Pearson), else close.

    Source: moments of a Dirichlet-weighted mean, as in Rubin (1981), The Bayesian Bootstrap.
    """

    top: float
    a: float
    b: float

    @classmethod
    def of(cls, n: float, total: float, squares: float, top: float) -> "PseudoCase":
        """Read from `n` values in [0, top], of which the pseudo case is 0.

        Args:
            n: values, above 0; a fraction stands for values thought repeated.
            total: their sum, above 0.
            squares: the sum of their squares.
            top: the largest of them.
        """
        center = total / (n + 1)
        spread = (squares / (n + 1) - center**2) / (n + 2)
        share = center / top
        weight = share * (1 - share) * top**2 / spread - 1
        return cls(top, share * weight, (1 - share) * weight)

    def low(self, alpha: float) -> float:
        """The one-sided lower bound of the mean."""
        return self.top * beta_quantile(alpha, self.a, self.b)

    def p_over(self, target: float) -> float:
        """Small if the mean is proven to be over a target: the least alpha at which it is."""
        return beta_cdf(target / self.top, self.a, self.b)
