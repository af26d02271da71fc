"""A fault server in a thread with its own loop, for what runs a loop itself."""

import asyncio
import threading
from collections.abc import Generator
from concurrent.futures import Future
from contextlib import contextmanager

from genaiops.drills.fault_server import FaultServer, Plan, by_first_word


@contextmanager
def fault_server(plan: Plan = by_first_word, *, delay_s: float = 0.0) -> Generator[FaultServer]:
    started: Future[tuple[FaultServer, asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def serve() -> None:
        async with FaultServer(plan, delay_s) as server:
            stop = asyncio.Event()
            started.set_result((server, asyncio.get_running_loop(), stop))
            await stop.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    server, loop, stop = started.result(timeout=10)
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(timeout=10)
