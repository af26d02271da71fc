"""Blocking functions of somebody else: each call in a thread that nothing has to wait for."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from threading import Thread
from typing import TypeVar

AnswerT = TypeVar("AnswerT")
ToldT = TypeVar("ToldT")


async def call_in_thread(call: Callable[[], AnswerT]) -> AnswerT:
    """Call in a thread of its own, with the context of this task, and hand on what it raises.

    Who is cancelled, by a time limit for instance, goes on at once. The thread cannot be stopped:
    it runs on, what it returns is dropped, and neither the loop nor the process waits for its end.
    An executor would wait, and its other calls would queue behind those that never end.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[AnswerT] = loop.create_future()
    context = copy_context()

    def work() -> None:
        try:
            result = context.run(call)
        except BaseException as error:  # noqa: BLE001  whoever awaits the answer gets it
            _tell(loop, answer.set_exception, answer, error)
        else:
            _tell(loop, answer.set_result, answer, result)

    Thread(target=work, name="genaiops-call", daemon=True).start()
    return await answer


def _tell(
    loop: asyncio.AbstractEventLoop,
    settle: Callable[[ToldT], None],
    answer: asyncio.Future[AnswerT],
    told: ToldT,
) -> None:
    def settle_unless_dropped() -> None:
        if not answer.done():
            settle(told)

    with suppress(RuntimeError):  # the loop is closed: nobody waits any more
        loop.call_soon_threadsafe(settle_unless_dropped)
