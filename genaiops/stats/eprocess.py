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

_PLANNED_MARGINS: dict[Claim, float] = {"pass": 1.0, "fail": 1.5}
"""The true payoff that the planned bet is best for. Drops worth stopping for exceed the margin."""

_PLANNED_VARIANCE = 0.15
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class EProcess:
    """The log wealth of 25 constant bets after `units` cases or clusters; half is on the last one.

    Started from 1, wealth reaches 1 / alpha at any time with a chance of at most `alpha` if the
    claim is false: look after every case, stop when you like, go on later. A claim is proven once
    it was: `peak` is the highest log wealth of all so far. Wealth does not depend on the order of
    cases; its peak does, so an order is drawn before any score is seen, and kept. The fields are
    all there is to persist.

    "pass" claims a drop smaller than the margin: the payoff of a case is y = difference + margin.
    "fail" claims a drop: y = -difference. Bet l has the wealth prod(1 + l * y). The grid are 24
    bets up to .9 of the largest allowed; the last bet is the best for a true payoff of one margin
    ("pass") or one and a half ("fail") at a variance of .15. With a margin of 0 the last bet is
    none, and the grid works alone.

    Source: Waudby-Smith & Ramdas (2024), JRSS B 86, 1-27; Ville (1939) for the bound; mixtures as
    in Robbins & Siegmund (1970).
    """

    claim: Claim
    margin: float
    largest_cluster: int
    log_wealth: tuple[float, ...]
    units: int = 0
    peak: float = 0.0

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
        return float(_mixed(np.array(self.log_wealth)))

    @property
    def p_value(self) -> float:
        """1 / the highest wealth: small if the claim is proven, at whatever time it is read."""
        return exp(-self.peak)

    def proves(self, alpha: float) -> bool:
        """Whether the wealth has ever reached 1 / alpha."""
        return self.peak >= -log(alpha)

    def updated(self, differences: Values) -> "EProcess":
        """The evidence with more cases.

        Args:
            differences: candidate minus baseline per case, in the order drawn beforehand, as
                shares of the scores' range, higher is better; missing scores at their worst for
                "pass" and at their best for "fail".

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
        payoffs = self.payoffs(np.asarray(totals, np.float64), np.asarray(sizes, np.float64))
        gained = np.log1p(np.multiply.outer(payoffs, self._bets()))
        wealth = np.cumsum(np.vstack([self.log_wealth, gained]), axis=0)
        return replace(
            self,
            log_wealth=tuple(float(value) for value in wealth[-1]),
            units=self.units + len(payoffs),
            peak=float(_mixed(wealth[1:]).max(initial=self.peak)),
        )

    def payoffs(
        self, totals: NDArray[np.float64], sizes: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """What a bet of everything would gain per cluster; see `updated_by_clusters`."""
        if (largest := int(sizes.max(initial=0))) > self.largest_cluster:
            raise ValueError(f"a cluster of {largest}, but at most {self.largest_cluster} declared")
        if not bool(np.all(np.abs(totals) <= sizes * (1 + _ROUNDING))):
            raise ValueError("a difference is outside of [-1, 1]")
        gains = totals + self.margin * sizes if self.claim == "pass" else -totals
        return gains / self.largest_cluster

    def _bets(self) -> NDArray[np.float64]:
        """What each of the 25 stakes, as a share of its wealth per unit of payoff."""
        most = 1 / (1 - self.margin) if self.claim == "pass" else 1.0
        effect = _PLANNED_MARGINS[self.claim] * self.margin
        planned = min(effect / (_PLANNED_VARIANCE + effect**2), 0.9 * most)
        return np.append(_SHARES * most, planned)


def _mixed(log_wealth: NDArray[np.float64]) -> NDArray[np.float64]:
    """The log wealth of all bets together, along the last axis."""
    grid = np.logaddexp.reduce(log_wealth[..., :-1], axis=-1) - log(len(_SHARES))
    return np.logaddexp(grid, log_wealth[..., -1]) - log(2)
