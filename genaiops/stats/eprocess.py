"""Evidence that may be looked at after every case: wealth from bets against a claim's opposite."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp, log
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from genaiops.stats.bounded import Values

Claim = Literal["pass", "fail"]

_SHARES = np.geomspace(0.01, 0.9, 24)
"""Bets of the grid, as shares of the largest one that cannot ruin."""

_PLANNED_VARIANCE = 0.15
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class EProcess:
    """The log wealth of 25 constant bets after `units` cases or clusters; half is on the last one.

    Started from 1, wealth reaches 1 / alpha at any time with a chance of at most `alpha` if the
    claim is false: look after every case, stop when you like, go on later. The order of the cases
    does not matter, as long as it is not chosen by their scores. The fields are all there is to
    persist.

    "pass" claims a drop smaller than the margin: the payoff of a case is y = difference + margin.
    "fail" claims a drop: y = -difference. Bet l has the wealth prod(1 + l * y). The grid are 24
    bets up to .9 of the largest allowed; the last bet is the best for a true payoff of one margin
    at a variance of .15. With a margin of 0 the last bet is none, and the grid works alone.

    Source: Waudby-Smith & Ramdas (2024), JRSS B 86, 1-27; Ville (1939) for the bound; mixtures as
    in Robbins & Siegmund (1970).
    """

    claim: Claim
    margin: float
    largest_cluster: int
    log_wealth: tuple[float, ...]
    units: int = 0

    @classmethod
    def start(cls, claim: Claim, *, margin: float, largest_cluster: int = 1) -> "EProcess":
        """No evidence yet.

        Args:
            claim: what is to be proven.
            margin: the tolerated drop as a share of the scores' range, in [0, 1).
            largest_cluster: how many cases a cluster has at most, fixed before the first look.

        Raises:
            ValueError: the margin or the size is outside of its range.
        """
        if not 0 <= margin < 1:
            raise ValueError(f"margin {margin!r} is outside of [0, 1)")
        if largest_cluster < 1:
            raise ValueError(f"largest_cluster {largest_cluster!r} is below 1")
        return cls(claim, margin, largest_cluster, (0.0,) * (len(_SHARES) + 1))

    @property
    def log_e(self) -> float:
        """The natural logarithm of the wealth."""
        grid, planned = np.array(self.log_wealth[:-1]), self.log_wealth[-1]
        mixed = float(np.logaddexp.reduce(grid)) - log(len(grid))
        return float(np.logaddexp(mixed, planned)) - log(2)

    @property
    def p_value(self) -> float:
        """1 / wealth, at most 1: small if the claim is proven, at whatever time it is read."""
        return exp(min(0.0, -self.log_e))

    def proves(self, alpha: float) -> bool:
        """Whether the wealth has reached 1 / alpha."""
        return self.log_e >= -log(alpha)

    def updated(self, differences: Values) -> "EProcess":
        """The evidence with more cases.

        Args:
            differences: candidate minus baseline per case, as shares of the scores' range, higher
                is better; missing scores at their worst for "pass" and at their best for "fail".

        Raises:
            ValueError: a difference is outside of [-1, 1].
        """
        totals = np.asarray(differences, np.float64)
        return self.updated_by_clusters(totals, [1] * len(totals))

    def updated_by_clusters(self, totals: Values, sizes: Sequence[int]) -> "EProcess":
        """The evidence with more whole clusters; the payoff of one is that of its cases, added up.

        It is divided by `largest_cluster`, so that clusters of any size are a fair bet.

        Args:
            totals: per cluster the sum of the differences of its cases.
            sizes: per cluster the number of its cases.

        Raises:
            ValueError: a cluster is larger than declared, or a difference outside of [-1, 1].
        """
        payoffs = self._payoffs(np.asarray(totals, np.float64), np.asarray(sizes, np.float64))
        gained = np.log1p(np.multiply.outer(self._bets(), payoffs)).sum(axis=1)
        wealth = tuple(float(value) for value in np.add(self.log_wealth, gained))
        return replace(self, log_wealth=wealth, units=self.units + len(payoffs))

    def _payoffs(
        self, totals: NDArray[np.float64], sizes: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        if (largest := int(sizes.max(initial=0))) > self.largest_cluster:
            raise ValueError(f"a cluster of {largest}, but at most {self.largest_cluster} declared")
        if not bool(np.all(np.abs(totals) <= sizes * (1 + _ROUNDING))):
            raise ValueError("a difference is outside of [-1, 1]")
        gains = totals + self.margin * sizes if self.claim == "pass" else -totals
        return gains / self.largest_cluster

    def _bets(self) -> NDArray[np.float64]:
        """What each of the 25 stakes, as a share of its wealth per unit of payoff."""
        most = 1 / (1 - self.margin) if self.claim == "pass" else 1.0
        planned = min(self.margin / (_PLANNED_VARIANCE + self.margin**2), 0.9 * most)
        return np.append(_SHARES * most, planned)
