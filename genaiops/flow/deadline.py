"""A limit of time that stands still while a call waits for its turn.

What a limit or a retry lets a call wait is not the product's time, and must not score as such.
"""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from types import TracebackType
from typing import Self


class Deadline:
    """As `asyncio.timeout`, but time that is waited under `standing_still` does not count."""

    def __init__(self, seconds: float | None) -> None:
        self._timeout = asyncio.timeout(seconds)
        self._waiting = 0
        self._left_s = 0.0
        self._token: Token[tuple[Deadline, ...]] | None = None

    async def __aenter__(self) -> Self:
        await self._timeout.__aenter__()
        if self._timeout.when() is not None:
            self._token = _RUNNING.set((*_RUNNING.get(), self))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool | None:
        if self._token is not None:
            _RUNNING.reset(self._token)
        return await self._timeout.__aexit__(kind, error, trace)

    def expired(self) -> bool:
        """Whether it has cancelled what ran under it."""
        return self._timeout.expired()

    def stop(self) -> None:
        """A call begins to wait; several may wait at once."""
        when = self._timeout.when()
        if when is not None and not self.expired():
            self._left_s = when - asyncio.get_running_loop().time()
            self._timeout.reschedule(None)
        self._waiting += 1

    def go_on(self) -> None:
        """A call waits no more."""
        self._waiting -= 1
        if not self._waiting and not self.expired():
            self._timeout.reschedule(asyncio.get_running_loop().time() + self._left_s)


_RUNNING: ContextVar[tuple[Deadline, ...]] = ContextVar("genaiops_deadlines", default=())


@contextmanager
def standing_still() -> Generator[None]:
    """While this lasts, no deadline around it comes nearer."""
    stopped = _RUNNING.get()
    for running in stopped:
        running.stop()
    try:
        yield
    finally:
        for running in stopped:
            running.go_on()
