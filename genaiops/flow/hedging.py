"""A slow call is raced by a second, equal one: the first answer counts, the other is cancelled."""

import asyncio
from collections.abc import Awaitable, Callable

from genaiops.errors import CallError
from genaiops.flow.attempts import Tries
from genaiops.flow.functions import first_error
from genaiops.flow.slowness import Slowness
from genaiops.flow.turnstile import Turnstile
from genaiops.records import Completion

Ask = Callable[[], Awaitable[Completion]]
"""Makes a call, another one each time."""
Outcome = Completion | CallError
_SLOWER_S = 0.001
"""What takes as long as others is not slower than they are."""
_LOOK_S = 0.1
"""Between looks at a call, while it is not known what is slow, or a slow one may not be raced."""


class Hedging:
    """Asks one model, and asks it the same again where it takes longer than 95 % of its calls.

    No second call is made while others wait for their turn.
    """

    def __init__(self, turnstile: Turnstile) -> None:
        self._turnstile = turnstile
        self._slowness = Slowness()

    async def complete(self, ask: Ask, tokens: float, tries: Tries) -> Completion:
        """An answer; where there were two calls, with the time and the usage of both.

        What a cancelled call used is not told: it counts for as much as the answer.

        Args:
            ask: Makes the call.
            tokens: About how many a call takes.
            tries: Is told of a second call.

        Raises:
            CallError: no call gave an answer.
        """
        began_s = _now_s()
        try:
            completion = await self._raced(ask, tokens, tries)
        except ExceptionGroup as errors:
            raise first_error(errors) from errors
        self._slowness.took(_now_s() - began_s)
        return completion

    async def _raced(self, ask: Ask, tokens: float, tries: Tries) -> Completion:
        """Ask, and once more as soon as that was too slow and may be done."""
        began_s = _now_s()
        async with asyncio.TaskGroup() as group:
            first = group.create_task(_outcome(ask))
            while not await _is_done(first, self._left_s(began_s) or _LOOK_S):
                if self._left_s(began_s) == 0 and self._may_race(tokens):
                    break
            else:
                return _answer(first.result())
            self._slowness.raced += 1
            tries.made_again.append("hedged")
            second = group.create_task(self._second(ask, tokens))
            outcome, is_alone = await _won(first, second)
        completion = _answer(outcome)
        used = completion.usage if is_alone else completion.usage + completion.usage
        return completion.model_copy(update={"usage": used, "latency_s": _now_s() - began_s})

    async def _second(self, ask: Ask, tokens: float) -> Outcome:
        try:
            return await _outcome(ask)
        finally:
            self._turnstile.leave(-tokens)  # the first settles what both used

    def _left_s(self, began_s: float) -> float | None:
        """In how many seconds a call is slow, 0 where it is; None: nobody knows what is."""
        limit_s = self._slowness.limit_s
        if limit_s is None:
            return None
        left_s = limit_s - (_now_s() - began_s)
        return left_s + _SLOWER_S if left_s >= 0 else 0.0

    def _may_race(self, tokens: float) -> bool:
        return self._slowness.may_race and self._turnstile.enter_at_once(tokens)


async def _won(first: asyncio.Task[Outcome], second: asyncio.Task[Outcome]) -> tuple[Outcome, bool]:
    """The first answer, and whether the other call failed; the first failure where both did."""
    await asyncio.wait({first, second}, return_when=asyncio.FIRST_COMPLETED)
    ahead, behind = (first, second) if first.done() else (second, first)
    outcome = ahead.result()
    if isinstance(outcome, CallError):
        later = await behind
        return (outcome if isinstance(later, CallError) else later), True
    behind.cancel()
    return outcome, False


async def _is_done(call: asyncio.Task[Outcome], within_s: float) -> bool:
    await asyncio.wait({call}, timeout=within_s)
    return call.done()


async def _outcome(ask: Ask) -> Outcome:
    """An answer, or why there is none: a call that fails must not end the other one."""
    try:
        return await ask()
    except CallError as error:
        return error


def _answer(outcome: Outcome) -> Completion:
    if isinstance(outcome, CallError):
        raise outcome
    return outcome


def _now_s() -> float:
    return asyncio.get_running_loop().time()
