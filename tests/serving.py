"""A server of a test: in a thread with its own loop, so that any test can use it."""

import asyncio
import threading
from collections.abc import Callable, Generator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

from aiohttp import web

Started = Future[tuple[asyncio.AbstractEventLoop, asyncio.Event, int]]


@contextmanager
def served(make_app: Callable[[], web.Application]) -> Generator[int]:
    """Serve an application on loopback while this is open; gives its port."""
    started: Started = Future()
    thread = threading.Thread(target=lambda: asyncio.run(_serve(make_app(), started)))
    thread.start()
    loop, stop, port = started.result(timeout=10)
    try:
        yield port
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(timeout=10)


async def _serve(app: web.Application, started: Started) -> None:
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    stop = asyncio.Event()
    addresses: Any = runner.addresses
    started.set_result((asyncio.get_running_loop(), stop, addresses[0][1]))
    await stop.wait()
    await runner.cleanup()
