"""Where the calls of one model wait for their turn: its limits, its window, its outages."""

import asyncio
import random
import sys

from genaiops.errors import CallError, FailureKind
from genaiops.flow.deadline import standing_still
from genaiops.flow.hold import Hold, OnHold, trouble
from genaiops.flow.pace import Bucket, Window
from genaiops.flow.retrying import CONGESTED, TRANSIENT, Outage
from genaiops.protocols import Allowance

_SAME_S = 0.001


class Turnstile:
    """Lets the calls of one model pass in their order, as many at once as it bears."""

    def __init__(self, name: str, allowance: Allowance, on_hold: OnHold) -> None:
        self.outage = Outage()
        self.most_at_once = 0
        self._name = name
        self._on_hold = on_hold
        self._trouble: FailureKind = "server"
        self._window = _window_of(allowance)
        self._requests: Bucket | None = None
        self._tokens: Bucket | None = None
        self._allowance = Allowance()
        self._order = asyncio.Lock()
        self._freed = asyncio.Event()
        self._waiting = 0
        self._under_way = 0

    async def enter(self, allowance: Allowance, tokens: float) -> None:
        """Wait until a call may go; it has to `leave`.

        Args:
            allowance: As the model tells it now.
            tokens: About how many the call will take.
        """
        if allowance is not self._allowance:
            self._adapt(allowance)
        if self._order.locked() or self._is_shut(tokens):
            self._waiting += 1
            try:
                with standing_still():
                    async with self._order:
                        await self._wait(tokens)
            finally:
                self._waiting -= 1
        self._pass(tokens)

    def enter_at_once(self, tokens: float) -> bool:
        """Let a call go that nobody counted on, if no other waits; then it has to `leave`.

        Before there was any congestion it goes beyond the window, which is as open as it had to be.
        """
        room = self._window.most if self._window.is_doubling else self._room()
        is_shut = self._under_way >= room or self._wait_s(tokens) > 0
        if self._order.locked() or is_shut or self.outage.is_probing:
            return False
        self._pass(tokens)
        return True

    def leave(self, missed_tokens: float) -> None:
        """A call is done; `missed_tokens` is how many more it took than was thought."""
        self._under_way -= 1
        if missed_tokens:
            self._take(0, missed_tokens)
        self._freed.set()

    def well(self) -> None:
        """A call gave an answer."""
        self.outage.reply(_now_s())
        if self._window.size < self._under_way + self._waiting:  # more want in than may
            self._window.grow()

    def failed(self, error: CallError, draw: random.Random) -> None:
        """A call gave none."""
        now_s = _now_s()
        if error.kind in CONGESTED:
            self._window.shrink(now_s)
        if error.kind not in TRANSIENT:
            self.outage.reply(now_s)
        elif self._allowance.attempts is not None:
            return  # whoever waits does so for one answer, and others are no better off for it
        elif self.outage.has_answered or error.kind != "connection":
            passed = self.outage.failure(error.retry_after_s, now_s, draw)
            if passed is not None:
                self._trouble = error.kind
                if error.kind in CONGESTED:
                    self._window.limit(passed)

    async def _wait(self, tokens: float) -> None:
        while True:
            wait_s = self._wait_s(tokens)
            if wait_s > 0:
                self._on_hold(Hold(self._name, wait_s, self._reason(wait_s, tokens)))
                await asyncio.sleep(wait_s)
            elif self._under_way >= self._room():
                self._freed.clear()
                await self._freed.wait()
            else:
                return

    def _pass(self, tokens: float) -> None:
        self._under_way += 1
        self.most_at_once = max(self.most_at_once, self._under_way)
        self._take(1, tokens)

    def _is_shut(self, tokens: float) -> bool:
        return self._under_way >= self._room() or self._wait_s(tokens) > 0

    def _room(self) -> int:
        if self.outage.is_given_up:  # nothing comes back: no call makes another one slower
            return int(self._window.most)
        return 1 if self.outage.is_probing else self._window.room

    def _wait_s(self, tokens: float) -> float:
        if not (self.outage.holds or self._requests or self._tokens):
            return 0.0
        now_s = _now_s()
        held_s = self.outage.until_s - now_s
        requests_s = self._requests.wait_s(1, now_s) if self._requests else 0.0
        tokens_s = self._tokens.wait_s(tokens, now_s) if self._tokens else 0.0
        return max(held_s, requests_s, tokens_s)

    def _reason(self, wait_s: float, tokens: float) -> str:
        """Why the wait is that long."""
        now_s, limits = _now_s(), self._allowance
        if self.outage.until_s - now_s >= wait_s - _SAME_S:
            return f"{trouble(self._trouble)} of most of the last calls"
        if self._tokens is not None and self._tokens.wait_s(tokens, now_s) >= wait_s - _SAME_S:
            return f"its limit of {limits.tokens_per_minute:,} tokens a minute"
        return f"its limit of {limits.requests_per_minute:,} requests a minute"

    def _take(self, requests: float, tokens: float) -> None:
        if self._requests:
            self._requests.take(requests, _now_s())
        if self._tokens:
            self._tokens.take(tokens, _now_s())

    def _adapt(self, allowance: Allowance) -> None:
        before, self._allowance = self._allowance, allowance
        if allowance.requests_per_minute != before.requests_per_minute:
            self._requests = _bucket(allowance.requests_per_minute)
        if allowance.tokens_per_minute != before.tokens_per_minute:
            self._tokens = _bucket(allowance.tokens_per_minute)


def _window_of(allowance: Allowance) -> Window:
    most = allowance.concurrency or sys.maxsize
    if not allowance.is_remote:
        return Window(most, size=most, is_doubling=False)
    return Window(most) if allowance.at_first is None else Window(most, size=allowance.at_first)


def _bucket(per_minute: int | None) -> Bucket | None:
    return Bucket(per_minute, _now_s()) if per_minute is not None else None


def _now_s() -> float:
    return asyncio.get_running_loop().time()
