"""Which failures of a call are tried again, after how long, and when that is enough. Pure.

This is the one layer that tries calls again: models do not, and a node tries only its own work.
"""

import random
from dataclasses import dataclass

from genaiops.errors import FailureKind

TRANSIENT: frozenset[FailureKind] = frozenset(
    {"rate_limit", "server", "timeout", "connection", "truncated"}
)
"""Failures of a call that may pass by themselves."""
CONGESTED: frozenset[FailureKind] = frozenset({"rate_limit", "timeout"})
"""Failures that say: too much at once."""
ATTEMPTS = 6
"""Calls at most for one answer, the first included."""
FEW_ATTEMPTS = 2
"""The same where another attempt takes long or helps little."""
LONGEST_WAIT_S = 300.0
"""An endpoint that asks for a longer wait is not waited for."""
_BACKOFF_S = 1.0
_SPREAD_S = 0.5
_SHARE = 0.1
_FLOOR = 10
_PATIENCE_S, _EARNED_S = 30.0, 0.1
_TROUBLE = 0.3
_WEIGHT = 0.1
_LONGEST_HOLD_S = 8.0


def backoff_s(attempt: int, asked_s: float | None, draw: random.Random) -> float:
    """Seconds before the next attempt: what the endpoint asked for and a little, else full jitter.

    Args:
        attempt: How many have failed, from 1.
        asked_s: Its Retry-After; 0 is as good as none.
        draw: Seeded for the call, so that calls spread and a test can repeat them.

    Source: Brooker 2015, Exponential Backoff And Jitter ("full jitter").
    """
    if asked_s:
        return asked_s + draw.uniform(0, _SPREAD_S)
    return draw.uniform(0, _BACKOFF_S * 2.0 ** (attempt - 1))


def attempts_at(kind: FailureKind, *, has_answered: bool) -> int:
    """How many calls a kind of failure allows for one answer.

    Args:
        kind: Of the last failure.
        has_answered: Whether this endpoint ever replied; a wrong address should be told soon.
    """
    if kind not in TRANSIENT:
        return 1
    is_hopeless = kind == "connection" and not has_answered
    return FEW_ATTEMPTS if kind == "timeout" or is_hopeless else ATTEMPTS


@dataclass(slots=True)
class RetryBudget:
    """Further attempts in all: 10 % of the calls, and one for each that was under way at once.

    The second part, at least 10, lets a tiny run try again, and what an outage met in flight.

    Source: Beyer et al. 2016, Site Reliability Engineering, chapter 21 (10 % per client).
    """

    first: int = 0
    most_at_once: int = 0
    spent: int = 0

    def take(self) -> bool:
        """Spend one, if one is left."""
        if self.spent + 1 > max(_FLOOR, self.most_at_once) + _SHARE * self.first:
            return False
        self.spent += 1
        return True


@dataclass(slots=True)
class Outage:
    """Holds all calls while an endpoint mostly fails, and lets a single one try after each hold.

    `until_s` is the end of the hold. There is patience for 30 s without a reply, and each reply
    earns a tenth of a second of it, so that an endpoint that stays down ends the run soon.
    """

    until_s: float = float("-inf")
    holds: int = 0
    patience_s: float = _PATIENCE_S
    has_answered: bool = False
    _answered: int = 0
    _share: float = 0.0
    _held_s: float = 0.0

    @property
    def is_probing(self) -> bool:
        """Whether nothing good has come since the last hold, and there is patience left."""
        return self.holds > 0 and not self.is_given_up

    @property
    def is_given_up(self) -> bool:
        """Whether there is no patience left."""
        return self.patience_s <= 0

    def reply(self, now_s: float) -> None:
        """The endpoint answered, be it with a refusal that is final.

        What was under way when a hold began does not end it.
        """
        self.has_answered = True
        self._answered += 1
        self._share *= 1 - _WEIGHT
        if now_s >= self.until_s:
            self.holds = 0
        self.patience_s = min(_PATIENCE_S, self.patience_s + _EARNED_S)

    def failure(self, asked_s: float | None, now_s: float, draw: random.Random) -> int | None:
        """A call failed in a way that may pass; hold where many of the last did.

        Returns:
            How many replies came since the last hold, if another one begins.
        """
        self._share += _WEIGHT * (1 - self._share)
        if self._share < _TROUBLE or now_s < self.until_s or self.is_given_up:
            return None
        if self.holds:
            self.patience_s = max(0.0, self.patience_s - (now_s - self._held_s))
            if self.is_given_up:
                return None
        hold_s = min(_LONGEST_HOLD_S, 2.0**self.holds) * draw.uniform(0.5, 1)
        if asked_s is not None and asked_s <= LONGEST_WAIT_S:
            hold_s = max(hold_s, asked_s)
        self.holds += 1
        self._held_s = now_s
        self.until_s = now_s + hold_s
        answered, self._answered = self._answered, 0
        return answered
