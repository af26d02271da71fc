"""The attempts at an answer: the one layer that makes a call again when it failed."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from genaiops.digests import digest
from genaiops.errors import Again, CallError
from genaiops.flow.deadline import standing_still
from genaiops.flow.hold import Hold, OnHold, trouble
from genaiops.flow.retrying import LONGEST_WAIT_S, RetryBudget, attempts_at, backoff_s
from genaiops.flow.turnstile import Turnstile
from genaiops.protocols import Allowance

AnswerT = TypeVar("AnswerT")


@dataclass(slots=True)
class Tries:
    """What was done for one answer so far.

    `draw_by` tells it from all others, so that each waits at random in its own way. Once
    something was `heard` of an answer, another one would be a second.
    """

    draw_by: tuple[str | int | None, ...]
    heard: bool = False
    made_again: list[Again] = field(default_factory=list[Again])


class Attempts:
    """Asks one endpoint until it answers, or nothing speaks for another attempt.

    Each attempt passes the `turnstile` by itself.
    """

    def __init__(self, name: str, allowance: Allowance, *, seed: int, on_hold: OnHold) -> None:
        """Begin with a full budget.

        Args:
            name: Of the model or embedder, for who is told of waits.
            allowance: As it is known at first.
            seed: Of all that is drawn at random.
            on_hold: Is told of each wait when it begins.
        """
        self.turnstile = Turnstile(name, allowance, on_hold)
        self._name = name
        self._is_remote = allowance.is_remote
        self._attempts = allowance.attempts
        self._seed = seed
        self._on_hold = on_hold
        self._budget = RetryBudget()

    async def make(self, once: Callable[[], Awaitable[AnswerT]], tries: Tries) -> AnswerT:
        """The answer of the first attempt that has one.

        Raises:
            CallError: there is no answer, and a further attempt would be no use.
        """
        self._budget.first += 1
        draw: random.Random | None = None
        attempt = 1
        while True:
            try:
                return await once()
            except CallError as error:
                draw = draw or self._generator(tries)
                self.turnstile.failed(error, draw)
                end = self._end(error, attempt, tries)
                if end is not None:
                    raise _final(error, attempt, end, tries) from error
                wait_s = backoff_s(attempt, error.retry_after_s, draw)
                attempt += 1
                told = f"{trouble(error.kind)}, try {attempt} of {self._most_at(error)}"
                tries.made_again.append(error.kind)
            self._on_hold(Hold(self._name, wait_s, told))
            with standing_still():
                await asyncio.sleep(wait_s)

    def _end(self, error: CallError, attempt: int, tries: Tries) -> str | None:
        """Why no further attempt is made, empty where that goes without saying; None: one is."""
        if not self._is_remote or tries.heard or attempt >= self._most_at(error):
            return ""
        asked_s = error.retry_after_s
        if asked_s is not None and asked_s > LONGEST_WAIT_S:
            return f"it asks for {asked_s:.0f} s, and {LONGEST_WAIT_S:.0f} s are waited at most"
        # Who comes back when told to makes no storm, as long as something is answered in between.
        if error.kind == "rate_limit" and asked_s and not self.turnstile.outage.is_given_up:
            return None
        self._budget.most_at_once = self.turnstile.most_at_once
        return None if self._budget.take() else "no more: a tenth of all calls was made again"

    def _most_at(self, error: CallError) -> int:
        most = attempts_at(error.kind, has_answered=self.turnstile.outage.has_answered)
        return min(most, self._attempts or most)

    def _generator(self, tries: Tries) -> random.Random:
        return random.Random(digest(["retry", self._seed, *tries.draw_by]))  # noqa: S311  no secret


def _final(error: CallError, attempts: int, end: str, tries: Tries) -> CallError:
    tried = f"tried {attempts} times" if attempts > 1 else ""
    told = "; ".join(filter(None, (tried, end)))
    return CallError(
        error.kind,
        f"{error} ({told})" if told else str(error),
        retry_after_s=error.retry_after_s,
        is_final=True,
        made_again=tuple(tries.made_again),
    )
