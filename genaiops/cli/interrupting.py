"""Ctrl-C and SIGTERM while an evaluation runs: once to stop soon, twice to stop at once."""

import asyncio
import signal
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from genaiops.cli.door import note
from genaiops.errors import Interrupted
from genaiops.evaluations.stopping import GRACE_S, Stop

ResultT = TypeVar("ResultT")
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


async def stoppable(work: Coroutine[Any, Any, ResultT], stop: Stop) -> ResultT:
    """Do the work; the first signal asks it to stop where it listens, the next one cancels it.

    Raises:
        Interrupted: it was cancelled.
    """
    task = asyncio.current_task()
    cancelled = False

    def hear() -> None:
        nonlocal cancelled
        if stop.is_heeded and not stop.is_asked:
            stop.ask()
            note(f"finishing what is in flight, up to {GRACE_S:g} s; Ctrl-C again stops at once")
        elif task is not None:
            cancelled = True
            task.cancel()

    with _handled_by(hear):
        try:
            return await work
        except asyncio.CancelledError:
            if cancelled:
                raise Interrupted("stopped at once") from None
            raise


@contextmanager
def _handled_by(hear: Callable[[], None]) -> Generator[None]:
    """Where signals cannot be taken, outside of the main thread, they do what they did."""
    loop = asyncio.get_running_loop()
    with suppress(ValueError, RuntimeError, NotImplementedError):
        for number in _SIGNALS:
            loop.add_signal_handler(number, hear)
    try:
        yield
    finally:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)
