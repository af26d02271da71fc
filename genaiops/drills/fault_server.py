"""An OpenAI-compatible endpoint on loopback that fails as it is told, and keeps what it served."""

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import MappingProxyType, TracebackType
from typing import Any, Self, cast

from genaiops.digests import digest
from genaiops.drills.fault_replies import LAST, STREAMS, WHOLE, answer, faulty, streamed_answer

ANSWERED = "answer"
FAULTS: tuple[str, ...] = (ANSWERED, *sorted(WHOLE), "slow", "reset", "silent", "drip")
"""What the server can do: an answer, a whole reply, a late answer, or one of three without a reply.

Where an answer is asked for in pieces, it can also do `STREAMS`.
"""
STANDARD: Mapping[str, float] = MappingProxyType(
    {"rate_limit": 0.05, "status_500": 0.02, "reset": 0.01, "cut": 0.01, "half_json": 0.01}
)
"""Faults of an ordinary bad day, with their shares of all calls."""
_DRIP_S = 1.0
_SLOW_S = 1.0


@dataclass(frozen=True, slots=True)
class Asked:
    """A call that came: the text of its last message, and how often that came before."""

    text: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Served:
    """One line of the server's own ledger; `at_s` is monotonic."""

    text: str
    attempt: int
    fault: str
    at_s: float


Plan = Callable[[Asked], str]
"""Which of FAULTS a call meets."""


def by_first_word(asked: Asked) -> str:
    """The fault that the message itself names by its first word, at every attempt."""
    word = asked.text.partition(" ")[0]
    return word if word in FAULTS or word in STREAMS else ANSWERED


def always_well(_: Asked) -> str:
    """No fault at all."""
    return ANSWERED


def mixed(seed: int, shares: Mapping[str, float] = STANDARD) -> Plan:
    """Faults at random by their shares; the same seed, text and attempt give the same fault."""

    def plan(asked: Asked) -> str:
        drawn = random.Random(digest([seed, asked.text, asked.attempt])).random()  # noqa: S311  no secret
        for fault, share in shares.items():
            drawn -= share
            if drawn < 0:
                return fault
        return ANSWERED

    return plan


@dataclass(slots=True)
class FaultServer:
    """Serves while it is entered, in the running loop.

    Every answer is `You said: ` with the text of the last message. `delay_s` is waited before every
    reply. `served` grows by a line as a call comes, so that a client that is killed is seen too.
    """

    plan: Plan = by_first_word
    delay_s: float = 0.0
    served: list[Served] = field(default_factory=list[Served], init=False)
    url: str = field(default="", init=False)
    most_at_once: int = field(default=0, init=False)
    _came: Counter[str] = field(default_factory=Counter[str], init=False)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]], init=False)
    _at_once: int = field(default=0, init=False)
    _server: asyncio.Server | None = field(default=None, init=False)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connection, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}/v1"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def calls_of(self, texts: Iterable[str]) -> dict[str, int]:
        """How often each of the texts was asked."""
        return {text: self._came[text] for text in texts}

    def faults(self) -> dict[str, int]:
        """How often each fault was served, by name."""
        return dict(sorted(Counter(line.fault for line in self.served).items()))

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = cast("asyncio.Task[None]", asyncio.current_task())
        self._tasks.add(task)
        try:
            # Cancelled on leaving; asyncio's streams would report that as an error of theirs.
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while await self._exchange(reader, writer):
                    pass
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Take one call and serve it; whether the connection goes on."""
        text, is_streamed = await _asked(reader)
        asked = Asked(text, self._came[text])
        fault = self.plan(asked)
        self._came[text] += 1
        self.served.append(Served(text, asked.attempt, fault, time.monotonic()))
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            if self.delay_s:
                await asyncio.sleep(self.delay_s)
            said = f"You said: {text}"
            well = streamed_answer(said) if is_streamed else answer(said, asked=text)
            return await _serve(fault, well, reader, writer)
        finally:
            self._at_once -= 1


async def _asked(reader: asyncio.StreamReader) -> tuple[str, bool]:
    """The text of the last message of the next call, and whether its answer is to be streamed."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
    body = cast("dict[str, Any]", json.loads(await reader.readexactly(length)))
    return body["messages"][-1]["content"], body.get("stream", False)


async def _serve(
    fault: str, well: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> bool:
    match fault:
        case "reset":
            writer.transport.abort()
            return False
        case "silent":
            await reader.read()  # until the client has had enough
            return False
        case "drip":
            await _drip(well, writer)
            return False
        case _:
            if fault == "slow":
                await asyncio.sleep(_SLOW_S)
            writer.write(well if fault in {ANSWERED, "slow"} else faulty(fault))
            await writer.drain()
            return fault not in LAST


async def _drip(whole: bytes, writer: asyncio.StreamWriter) -> None:
    """Its head at once, and then one byte a second."""
    head, gap, body = whole.partition(b"\r\n\r\n")
    writer.write(head + gap)
    for byte in body:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(_DRIP_S)
