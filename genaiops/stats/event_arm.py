"""Evidence from the arm of each bad event: only the ratio of both rates counts."""

from dataclasses import dataclass, replace
from functools import lru_cache
from math import exp, log, log1p
from typing import Literal

ArmClaim = Literal["worse", "tolerable"]
"""What is to be proven of a candidate: a larger rate than is tolerated, or a smaller one."""

_WORSE = (1.25, 1.5, 2.0, 3.0, 5.0, 10.0)
"""Times the tolerated ratio."""
_TOLERABLE = (0.25, 0.5, 0.75, 0.9, 1.0, 1.15)
"""Ratios themselves."""


@dataclass(frozen=True, slots=True)
class EventArm:
    """The log wealth of up to six bets on the ratio of two rates of bad events.

    A bad event is the candidate's with the chance q0 = w ratio / (w ratio + 1 - w), where `w` is
    the candidate's share of users and the rates are `ratio` apart. Rates may change over the day,
    and `w` by any schedule that does not look at events that are still to come. Started from 1,
    wealth reaches 1 / alpha at any time with a chance of at most `alpha` if the claim is false.
    `peak` is the highest log wealth of all looks: a claim is proven once it was.

    One event is counted per user: those of one user are not independent of each other.

    Source: Lindon & Malek (2022), NeurIPS 35, 20147-20160; Ville (1939) for the bound.
    """

    claim: ArmClaim
    ratio: float
    log_wealth: tuple[float, ...]
    peak: float = 0.0

    @classmethod
    def start(cls, claim: ArmClaim, *, ratio: float) -> "EventArm":
        """No evidence yet.

        Args:
            claim: "worse": the candidate has more than `ratio` times the bad events of stable;
                "tolerable": fewer than that.
            ratio: what is tolerated; at least 1 to claim "worse", above 1 to claim "tolerable".

        Raises:
            ValueError: the ratio is outside of its range.
        """
        if not (ratio > 1 or (ratio == 1 and claim == "worse")):
            raise ValueError(f"a ratio of {ratio!r} cannot be proven {claim}")
        return cls(claim, ratio, (0.0,) * len(_alternatives(claim, ratio)))

    @property
    def log_e(self) -> float:
        """The natural logarithm of the wealth."""
        return log_mean_exp(self.log_wealth)

    def updated(self, candidate: float, stable: float, *, weight: float) -> "EventArm":
        """The evidence with more bad events, all of users that were split at one weight.

        Args:
            candidate: how many of them are the candidate's.
            stable: how many are stable's.
            weight: the candidate's share of users, in (0, 1). Of requests that both arms answered
                (shadow) it is .5.
        """
        if not candidate and not stable:
            return self
        gains = event_gains(self.claim, self.ratio, weight)
        wealth = tuple(
            known + candidate * of_candidate + stable * of_stable
            for known, (of_candidate, of_stable) in zip(self.log_wealth, gains, strict=True)
        )
        return replace(self, log_wealth=wealth, peak=max(self.peak, log_mean_exp(wealth)))


@lru_cache(maxsize=256)
def event_gains(claim: ArmClaim, ratio: float, weight: float) -> tuple[tuple[float, float], ...]:
    """What one bad event of the candidate, and one of stable, adds to the log wealth of each bet.

    Raises:
        ValueError: the weight is outside of (0, 1).
    """
    if not 0 < weight < 1:
        raise ValueError(f"weight {weight!r} is outside of (0, 1)")
    return tuple(
        (
            log(each / ratio) - _log_share(each, weight) + _log_share(ratio, weight),
            _log_share(ratio, weight) - _log_share(each, weight),
        )
        for each in _alternatives(claim, ratio)
    )


def log_mean_exp(values: tuple[float, ...]) -> float:
    """The logarithm of the mean of exponentials."""
    highest = max(values)
    return highest + log(sum(exp(value - highest) for value in values) / len(values))


def _log_share(ratio: float, weight: float) -> float:
    """log(w ratio + 1 - w), by which both chances of an event are divided."""
    return log1p(weight * (ratio - 1))


def _alternatives(claim: ArmClaim, ratio: float) -> tuple[float, ...]:
    if claim == "worse":
        return tuple(ratio * each for each in _WORSE)
    return tuple(each for each in _TOLERABLE if each < ratio)
