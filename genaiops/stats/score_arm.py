"""Evidence from the arm of each graded score: how far the means of two arms are apart."""

from dataclasses import dataclass, replace
from math import log

import numpy as np
from numpy.typing import NDArray

from genaiops.stats.bounded import Values
from genaiops.stats.event_arm import ArmClaim

_SHARES = np.geomspace(0.01, 0.9, 24)
"""Bets of the grid, as shares of the largest one that cannot ruin."""
_PLANNED_MARGINS: dict[ArmClaim, float] = {"tolerable": 1.0, "worse": 1.5}
"""The true payoff that the planned bet is best for."""
_PAIRED_VARIANCE = 0.15
_LEAST_VARIANCE = 0.02


@dataclass(frozen=True, slots=True)
class ScoreArm:
    """The log wealth of 25 bets on the difference of two means; half is on the last one.

    Scores are `badness`: from 0, the best of the metric's range, to 1, the worst. With A = 1 for
    the candidate, its share of users w, and a center c that is known before the look, the mean of
    z = A (y - c) / w - (1 - A) (y - c) / (1 - w) is that of the candidate less that of stable,
    however users differ. "worse" bets on z, "tolerable" on margin - z. The center is the mean of
    all scores of earlier looks: it costs nothing, and takes out what scores have in common.

    Wealth as in `EventArm`. Where both arms answered a request (shadow), pairs are bet on.

    Source: Waudby-Smith & Ramdas (2024), JRSS B 86, 1-27; the payoff is that of Horvitz & Thompson
    (1952), JASA 47, 663-685.
    """

    claim: ArmClaim
    margin: float
    log_wealth: tuple[float, ...]
    peak: float = 0.0
    total: float = 0.0
    count: int = 0

    @classmethod
    def start(cls, claim: ArmClaim, *, margin: float) -> "ScoreArm":
        """No evidence yet.

        Args:
            claim: "worse": the candidate's mean is worse; "tolerable": by less than the margin.
            margin: the tolerated drop as a share of the range of scores, in (0, 1).

        Raises:
            ValueError: the margin is outside of its range.
        """
        if not 0 < margin < 1:
            raise ValueError(f"margin {margin!r} is outside of (0, 1)")
        return cls(claim, margin, (0.0,) * (len(_SHARES) + 1))

    @property
    def log_e(self) -> float:
        """The natural logarithm of the wealth."""
        return _mixed(np.array(self.log_wealth))

    @property
    def center(self) -> float:
        """The mean badness of both arms so far; .5 before the first."""
        return (0.5 + self.total) / (1 + self.count)

    def updated(self, candidate: Values, stable: Values, *, weight: float) -> "ScoreArm":
        """The evidence with more users, all split at one weight.

        Args:
            candidate: badness of each of the candidate's users, in [0, 1].
            stable: the same of stable's.
            weight: the candidate's share of users, in (0, 1).

        Raises:
            ValueError: badness is outside of [0, 1], or the weight outside of (0, 1).
        """
        if not 0 < weight < 1:
            raise ValueError(f"weight {weight!r} is outside of (0, 1)")
        of_candidate, of_stable = _checked(candidate), _checked(stable)
        gains = self.gains(of_candidate, of_stable, weight=weight)
        total = float(of_candidate.sum() + of_stable.sum())
        return self._with(gains, total, len(of_candidate) + len(of_stable))

    def updated_by_pairs(self, candidate: Values, stable: Values) -> "ScoreArm":
        """The evidence with more requests that both arms answered, in the same order.

        Raises:
            ValueError: badness is outside of [0, 1], or the arms differ in length.
        """
        of_candidate, of_stable = _checked(candidate), _checked(stable)
        if len(of_candidate) != len(of_stable):
            raise ValueError(f"{len(of_candidate)} scores cannot pair with {len(of_stable)}")
        gains = self.pair_gains(of_candidate - of_stable)
        total = float(of_candidate.sum() + of_stable.sum())
        return self._with(gains, total, 2 * len(of_candidate))

    def gains(
        self, candidate: NDArray[np.float64], stable: NDArray[np.float64], *, weight: float
    ) -> NDArray[np.float64]:
        """What each user of a look adds to the log wealth of each bet, (users, bets)."""
        center = self.center
        z = np.append((candidate - center) / weight, (center - stable) / (1 - weight))
        if self.claim == "worse":
            payoffs, ruin = z, max(center / weight, (1 - center) / (1 - weight))
        else:
            payoffs = self.margin - z
            ruin = max((1 - center) / weight, center / (1 - weight)) - self.margin
        spread = max(center * (1 - center), _LEAST_VARIANCE) / (weight * (1 - weight))
        return np.log1p(np.multiply.outer(payoffs, self._bets(ruin, spread)))

    def pair_gains(self, differences: NDArray[np.float64]) -> NDArray[np.float64]:
        """What each pair adds to the log wealth of each bet; of candidate's less stable's badness.

        Returns:
            Of the shape (pairs, bets).
        """
        payoffs = differences if self.claim == "worse" else self.margin - differences
        ruin = 1.0 if self.claim == "worse" else 1 - self.margin
        return np.log1p(np.multiply.outer(payoffs, self._bets(ruin, _PAIRED_VARIANCE)))

    def _bets(self, ruin: float, variance: float) -> NDArray[np.float64]:
        """What each bet stakes, where a loss of `ruin` is the largest there can be."""
        effect = _PLANNED_MARGINS[self.claim] * self.margin
        planned = min(effect / (variance + effect**2), 0.9 / ruin)
        return np.append(_SHARES / ruin, planned)

    def _with(self, gains: NDArray[np.float64], total: float, count: int) -> "ScoreArm":
        if not count:
            return self
        wealth = np.asarray(self.log_wealth) + gains.sum(axis=0)
        return replace(
            self,
            log_wealth=tuple(float(value) for value in wealth),
            peak=max(self.peak, _mixed(wealth)),
            total=self.total + total,
            count=self.count + count,
        )


def _checked(badness: Values) -> NDArray[np.float64]:
    values = np.asarray(badness, np.float64)
    if not bool(np.all((values >= 0) & (values <= 1))):
        raise ValueError("badness is outside of [0, 1]")
    return values


def _mixed(log_wealth: NDArray[np.float64]) -> float:
    """The log wealth of all bets together."""
    grid = np.logaddexp.reduce(log_wealth[:-1]) - log(len(_SHARES))
    return float(np.logaddexp(grid, log_wealth[-1]) - log(2))
