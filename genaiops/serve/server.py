"""A server from its first connection to its last: it takes new flows while it runs, and drains."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from genaiops.errors import GenaiopsError
from genaiops.serve.access import Access
from genaiops.serve.app import App
from genaiops.serve.exchange import Desk
from genaiops.serve.served import Served
from genaiops.serve.wire import Wire
from genaiops.specs.serving import ServingLimits


@dataclass(frozen=True, slots=True)
class Fresh:
    """What is served, and who may ask for it, as it was read just now."""

    served: Served
    access: Access


Rebuild = Callable[[], Awaitable[Fresh]]


class Server:
    """Serves flows at one address."""

    def __init__(self, desk: Desk, access: Access, limits: ServingLimits) -> None:
        self._desk = desk
        self._limits = limits
        self._app = App(desk, access)
        self._wire = Wire(self._app, limits)

    async def listen(self, host: str, port: int) -> int:
        """Take requests from now on; gives the port, where 0 lets the system choose one.

        Raises:
            ExecutionError: the address cannot be used.
        """
        return await self._wire.listen(host, port)

    async def run(self, stop: asyncio.Event, reload: asyncio.Event, rebuild: Rebuild) -> bool:
        """Serve until `stop`, then end what is under way; whether all of it came to its end.

        At each `reload` what `rebuild` gives is served from then on. What it refuses is kept out,
        and told.
        """
        try:
            async with asyncio.TaskGroup() as group:
                reloading = group.create_task(self._reload_at(reload, rebuild, group))
                await stop.wait()
                self._desk.note(f"ending: up to {self._limits.drain_s:g} s for what is under way")
                self._app.is_draining = True
                is_whole = await self._wire.drain(self._limits.drain_s)
                reloading.cancel()
        finally:
            await self._wire.close()
            self._desk.recorder.close()
            await self._desk.serving.now.close()
        return is_whole

    async def _reload_at(
        self, reload: asyncio.Event, rebuild: Rebuild, group: asyncio.TaskGroup
    ) -> None:
        while True:
            await reload.wait()
            reload.clear()
            try:
                fresh = await rebuild()
            except GenaiopsError as error:
                self._desk.figures.reloads["refused"] += 1
                self._desk.note(f"not reloaded, what was served is served on: {error}")
                continue
            self._app.access = fresh.access
            group.create_task(self._desk.serving.swap(fresh.served).retire())
            self._desk.figures.reloads["done"] += 1
            self._desk.note(f"reloaded: {', '.join(sorted(fresh.served.flows))}")
