"""Copies of requests for a candidate whose answers nobody sees."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack

from genaiops.serve.answering import Asked
from genaiops.serve.capacity import Capacity
from genaiops.serve.served import Serving

AT_ONCE = 4
"""Copies that run at once; as many may wait, one more is dropped."""
_BUSY = 0.5
"""The share of the server's places above which users come first."""
Mirror = Callable[[Asked], Awaitable[None]]
_Copy = tuple[Asked, ExitStack]


class Shadow:
    """Asks candidates after stable has answered, unless that would take from users."""

    def __init__(self, serving: Serving, capacity: Capacity, mirror: Mirror) -> None:
        self._serving = serving
        self._capacity = capacity
        self._mirror = mirror
        self._copies: asyncio.Queue[_Copy] = asyncio.Queue(AT_ONCE)

    def offer(self, asked: Asked) -> bool:
        """Ask the candidate the same, soon; False where it is dropped.

        What a reload has just replaced is not asked any more.
        """
        served = self._serving.now
        is_served = served.flows.get(asked.flow.name) is asked.flow
        if not is_served or self._copies.full() or self._capacity.used > _BUSY:
            return False
        held = ExitStack()
        held.enter_context(served.in_use())
        self._copies.put_nowait((asked, held))
        return True

    async def run(self) -> None:
        """Work until it is cancelled."""
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(self._work())

    async def _work(self) -> None:
        while True:
            asked, held = await self._copies.get()
            with held:
                await self._mirror(asked)
