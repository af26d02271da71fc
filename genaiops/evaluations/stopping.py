"""A wish to stop early, as a run hears it: nothing new is begun, and what is begun may end."""

import asyncio
from collections.abc import Sequence

GRACE_S = 5.0
"""How long what is in flight may take to end, in seconds."""


class Stop:
    """Asks a run to stop. `is_heeded` tells whether one listens, which it does while cases run."""

    def __init__(self, *, grace_s: float = GRACE_S) -> None:
        self._asked = asyncio.Event()
        self._grace_s = grace_s
        self.is_heeded = False

    @property
    def is_asked(self) -> bool:
        """Whether nothing new is to be begun."""
        return self._asked.is_set()

    def ask(self) -> None:
        """Ask; once is enough."""
        self._asked.set()

    async def cut_short(self, workers: Sequence[asyncio.Task[None]]) -> None:
        """Once asked, wait for those that work, and end those that take too long."""
        await self._asked.wait()
        await asyncio.wait(workers, timeout=self._grace_s)
        for worker in workers:
            worker.cancel()
