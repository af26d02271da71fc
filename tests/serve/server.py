"""A real server on loopback in the loop of a test, and a client that writes what it likes."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pydantic import JsonValue

from genaiops.errors import InputError, StoreError
from genaiops.protocols import OnText
from genaiops.records import Failure, FlowRun, Usage
from genaiops.records.live_runs import LiveRun, Told
from genaiops.serve.access import Access, TokenEntry
from genaiops.serve.answering import answer_by_flow
from genaiops.serve.capacity import Capacity
from genaiops.serve.exchange import Desk
from genaiops.serve.figures import Figures
from genaiops.serve.recording import Recorder
from genaiops.serve.served import ChatInputs, Served, ServedFlow, Serving
from genaiops.serve.server import Fresh, Server
from genaiops.serve.tracing import Tracing
from genaiops.specs.serving import ServingLimits

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
QUICK = ServingLimits(head_s=0.2, body_s=0.2, write_s=0.2, drain_s=5)


def clock() -> datetime:
    return NOW


@dataclass
class FakeFlow:
    """Says its pieces, one after another as `gate` lets it, and then ends as it is told."""

    name: str = "echo"
    pieces: Sequence[str] = ("You ", "said: ", "{question}")
    failure: Failure | None = None
    says_else: str | None = None
    error: Exception | None = None
    gate: asyncio.Semaphore | None = None
    digest: str = "d" * 64
    parts: Mapping[str, str] = field(default_factory=dict)
    asked: list[dict[str, JsonValue]] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)

    def bind(self, given: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
        if given.keys() - {"history"} != {"question"}:
            raise InputError(f"flow {self.name!r}: needs 'question', has {sorted(given)}")
        return dict(given)

    async def run(
        self,
        inputs: dict[str, JsonValue],
        *,
        case_id: str | None = None,  # noqa: ARG002  the protocol has it
        repeat: int = 0,  # noqa: ARG002  the protocol has it
        on_text: OnText | None = None,
    ) -> FlowRun:
        self.asked.append(inputs)
        said: list[str] = []
        try:
            for piece in self.pieces:
                if self.gate is not None:
                    await self.gate.acquire()
                said.append(piece.format(**inputs))
                if on_text is not None:
                    on_text(said[-1])
        except asyncio.CancelledError:
            self.ended.append("cancelled")
            raise
        if self.error is not None:
            raise self.error
        answer = "".join(said) if self.says_else is None else self.says_else
        outputs: dict[str, JsonValue] | None = None if self.failure else {"answer": answer}
        used = Usage(input_tokens=3, output_tokens=len(said), cost_usd=0.5)
        return FlowRun(
            flow=self.name, inputs=inputs, outputs=outputs, failure=self.failure, usage=used
        )


def offer(flow: FakeFlow, *, streams: bool = True) -> ServedFlow:
    question: JsonValue = {"type": "object", "properties": {"question": {"type": "string"}}}
    answer: JsonValue = {"type": "object", "properties": {"answer": {"type": "string"}}}
    assert isinstance(question, dict)
    assert isinstance(answer, dict)
    chat = ChatInputs("question", "history")
    return ServedFlow(flow, flow.digest, question, answer, chat, streams)


class MemoryWriter:
    """Keeps the runs, unless the disk is full."""

    lost = 0

    def __init__(self) -> None:
        self.runs: list[LiveRun] = []
        self.told: list[Told] = []
        self.forgot: list[datetime] = []
        self.is_full = False
        self.is_broken = False
        self._came: asyncio.Queue[LiveRun] = asyncio.Queue()

    async def next(self) -> LiveRun:
        """The next run that is written."""
        return await self._came.get()

    @property
    def written(self) -> int:
        return len(self.runs)

    def add(self, run: LiveRun) -> None:
        self._need_space()
        self.runs.append(run)
        self._came.put_nowait(run)

    def tell(self, told: Told) -> None:
        self._need_space()
        self.told.append(told)

    def _need_space(self) -> None:
        """What was not written once is not written later, as in the writer of the store."""
        self.is_broken = self.is_broken or self.is_full
        if self.is_broken:
            raise StoreError("the disk is full; free space on it")

    def find(self, run_id: str) -> LiveRun | None:
        if self.is_broken:
            raise StoreError("the disk is full; free space on it")
        return next((run for run in self.runs if run.id == run_id), None)

    def forget(self, before: datetime) -> None:
        self.forgot.append(before)

    def close(self) -> None: ...


@dataclass
class Place:
    """A server while it runs, and what it left behind."""

    port: int
    desk: Desk
    server: Server
    writer: MemoryWriter
    notes: list[str]
    stop: asyncio.Event
    reload: asyncio.Event
    closed: list[str]
    is_whole: bool | None = None

    async def send(self, data: bytes, *, within_s: float = 3.0) -> "Heard":
        """What comes back until the server ends the connection, or says nothing more for long."""
        loop = asyncio.get_running_loop()
        transport, client = await loop.create_connection(_Client, "127.0.0.1", self.port)
        transport.write(data)
        is_closed = True
        try:
            async with asyncio.timeout(within_s):
                await client.ended.wait()
        except TimeoutError:
            is_closed = False
        transport.abort()
        return Heard(b"".join(client.pieces), is_closed)

    async def asked_first(self, data: bytes) -> "Heard":
        """The first reply, while the rest of the request is still to come."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(data)
        async with asyncio.timeout(3):
            head = await reader.readuntil(b"\r\n\r\n")
            size = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            is_head = data.startswith(b"HEAD ")
            body = b"" if is_head else await reader.readexactly(size)
        writer.transport.abort()
        return Heard(head + body, b"connection: close" in head.lower())

    async def ask(self, method: str, path: str, body: object = None, **headers: str) -> "Heard":
        """One request on a connection of its own."""
        return await self.send(request(method, path, body, **headers))


class _Client(asyncio.Protocol):
    """Keeps what comes, also where the connection is reset behind it."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.ended = asyncio.Event()

    def data_received(self, data: bytes) -> None:
        self.pieces.append(data)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  the protocol has it
        self.ended.set()


@dataclass(frozen=True)
class Heard:
    """What a client heard, and whether the server ended the connection."""

    data: bytes
    is_closed: bool

    @property
    def status(self) -> int:
        return int(self.data.split(b" ", 2)[1])

    @property
    def headers(self) -> dict[str, str]:
        lines = self.data.partition(b"\r\n\r\n")[0].decode().split("\r\n")[1:]
        return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}

    @property
    def body(self) -> bytes:
        return self.data.partition(b"\r\n\r\n")[2]

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        code: str = self.json["error"]["code"]
        return code

    @property
    def events(self) -> list[str]:
        """The data of each event of a stream in chunks."""
        whole, rest = b"", self.body
        while rest:
            size, _, rest = rest.partition(b"\r\n")
            whole, rest = whole + rest[: int(size, 16)], rest[int(size, 16) + 2 :]
        return [event.removeprefix("data: ") for event in whole.decode().split("\n\n") if event]

    @property
    def text(self) -> str:
        """The text of a streamed chat so far."""
        chunks = [json.loads(event) for event in self.events if event.startswith('{"id"')]
        deltas = [choice["delta"] for chunk in chunks for choice in chunk["choices"]]
        return "".join(delta.get("content", "") for delta in deltas)


def request(method: str, path: str, body: object = None, **headers: str) -> bytes:
    """A request that ends its connection; `Content_Type` is written with a hyphen."""
    data = b"" if body is None else json.dumps(body).encode()
    named = {"Host": "127.0.0.1", "Connection": "close"}
    if body is not None:
        named |= {"Content-Length": str(len(data)), "Content-Type": "application/json"}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + data


def chat(text: str = "Hello", *, stream: bool = True, **more: object) -> bytes:
    """A chat request to the flow `echo`."""
    messages = [{"role": "user", "content": text}]
    body = {"model": "echo", "messages": messages, "stream": stream, **more}
    return request("POST", "/v1/chat/completions", body)


async def until(is_so: Callable[[], object]) -> None:
    """Let the others go on until something is so."""
    async with asyncio.timeout(5):
        while not is_so():  # noqa: ASYNC110  what a server does tells no event
            await asyncio.sleep(0)


@asynccontextmanager
async def served(
    *flows: ServedFlow,
    limits: ServingLimits = QUICK,
    tokens: Sequence[TokenEntry] = (),
    keep_content: bool = False,
    answer_s: float = 5.0,
    rebuild: Callable[[], Served] | None = None,
    tracing: Tracing | None = None,
) -> AsyncGenerator[Place]:
    """Serve flows while this is open."""
    writer, notes, closed = MemoryWriter(), list[str](), list[str]()

    async def close() -> None:
        closed.append("first")

    offered = flows or (offer(FakeFlow()),)
    desk = Desk(
        serving=Serving(Served({flow.name: flow for flow in offered}, close)),
        capacity=Capacity(limits.concurrency, limits.per_token),
        recorder=Recorder(
            lambda: writer, clock, notes.append, keep_content=keep_content, keep_days=30
        ),
        figures=Figures(),
        answering=answer_by_flow,
        clock=clock,
        note=notes.append,
        user_key=b"k" * 32,
        answer_s=answer_s,
        tracing=tracing,
    )
    access = Access(tokens, clock)
    server = Server(desk, access, limits)
    stop, reload = asyncio.Event(), asyncio.Event()

    async def read_anew() -> Fresh:
        assert rebuild is not None
        return Fresh(rebuild(), access)

    port = await server.listen("127.0.0.1", 0)
    place = Place(port, desk, server, writer, notes, stop, reload, closed)

    async def run() -> None:
        place.is_whole = await server.run(stop, reload, read_anew)

    async with asyncio.TaskGroup() as group:
        group.create_task(run())
        try:
            yield place
        finally:
            stop.set()
