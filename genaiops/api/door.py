"""From a call in a script or a notebook to the asynchronous inside."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import Future, wait
from contextlib import suppress
from contextvars import copy_context
from threading import Thread
from typing import Any, TypeVar

LOOK_S = 0.2
"""How often a caller that waits looks up, since an interruption does not end every wait."""

ResultT = TypeVar("ResultT")


def run_to_end(work: Coroutine[Any, Any, ResultT]) -> ResultT:
    """Run to the end, also where a loop is running already, as in a notebook: beside it then.

    Ctrl-C ends the work, which stores what it has, and goes on to the caller.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    return _run_beside(work)


def _run_beside(work: Coroutine[Any, Any, ResultT]) -> ResultT:
    """Run in a loop of another thread, with the context of this one, which waits."""
    begun: Future[asyncio.Task[ResultT]] = Future()
    ended: Future[ResultT] = Future()

    async def main() -> ResultT:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101  a coroutine that runs is in a task
        begun.set_result(task)
        return await work

    def run() -> None:
        try:
            ended.set_result(asyncio.run(main()))
        except BaseException as error:  # noqa: BLE001  the caller gets it
            ended.set_exception(error)

    context = copy_context()
    Thread(target=lambda: context.run(run), name="genaiops", daemon=True).start()
    try:
        while wait([ended], timeout=LOOK_S).not_done:
            pass
    except KeyboardInterrupt:
        task = begun.result()
        with suppress(RuntimeError):  # it ended just now
            task.get_loop().call_soon_threadsafe(task.cancel)
        wait([ended])
        raise
    return ended.result()
