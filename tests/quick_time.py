"""A loop whose clock jumps to the next timer whenever nothing else is to be done."""

import asyncio
import selectors
import warnings
from collections.abc import Generator
from contextlib import contextmanager

from typing_extensions import override


class _Selector(selectors.DefaultSelector):
    def __init__(self, patience_s: float) -> None:
        super().__init__()
        self.patience_s = patience_s
        self.jumped_s = 0.0

    @override
    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout <= 0:
            return super().select(timeout)
        events = super().select(min(timeout, self.patience_s))
        if not events:
            self.jumped_s += max(timeout, 1e-6)  # less could be lost in rounding
        return events


@contextmanager
def quick_loops(patience_s: float) -> Generator[None]:
    """Whatever starts a loop in this process gets a quick one."""

    class Policy(asyncio.DefaultEventLoopPolicy):
        @override
        def new_event_loop(self) -> asyncio.AbstractEventLoop:
            return QuickLoop(patience_s)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of policies, from Python 3.14 on
        own = asyncio.get_event_loop_policy()
        asyncio.set_event_loop_policy(Policy())
        try:
            yield
        finally:
            asyncio.set_event_loop_policy(own)


class QuickLoop(asyncio.SelectorEventLoop):
    """Sleeping takes no time; `patience_s` is how long sockets and threads are waited for first."""

    def __init__(self, patience_s: float = 0.0) -> None:
        self._jumping = _Selector(patience_s)
        super().__init__(self._jumping)

    @override
    def time(self) -> float:
        return self._jumping.jumped_s
