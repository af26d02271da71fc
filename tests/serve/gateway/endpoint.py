"""An endpoint like OpenAI's on loopback that fails as it is told, and keeps what it is sent."""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal, get_args

Mode = Literal["fine", "dead", "hang", "500", "garbage", "drip", "cut", "empty", "redirect"]
FAILURES: tuple[Mode, ...] = tuple(mode for mode in get_args(Mode) if mode != "fine")
_STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"


@dataclass
class Endpoint:
    """Answers with its own name, or fails; `stops` after a first word instead where it streams."""

    name: str
    mode: Mode = "fine"
    stops: bool = False
    port: int = 0
    heads: list[dict[str, str]] = field(default_factory=list)
    bodies: list[dict[str, object]] = field(default_factory=list)
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[1:-2]
            headers = {name.lower(): value for name, _, value in (h.partition(": ") for h in head)}
            body = json.loads(await reader.readexactly(int(headers["content-length"])))
            self.heads.append(headers)
            self.bodies.append(body)
            await self._reply(writer, is_streamed=bool(body.get("stream")))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()

    def close(self) -> None:
        for writer in self._open:
            writer.transport.abort()

    async def _reply(self, writer: asyncio.StreamWriter, *, is_streamed: bool) -> None:
        if self.mode == "dead":
            writer.transport.abort()
        elif self.mode == "hang":
            await asyncio.Event().wait()
        elif self.mode == "drip":
            writer.write(_STREAM)
            while True:
                writer.write(b": still here\n\n")
                await writer.drain()
                await asyncio.sleep(0.01)
        elif self.mode in _REPLIES:
            writer.write(_REPLIES[self.mode])
        else:
            text = "" if self.mode == "empty" else f"I am {self.name}."
            writer.write(self._stream(text) if is_streamed else _whole(_completion(text)))
        await writer.drain()

    def _stream(self, text: str) -> bytes:
        words = text.partition(" ")
        deltas = [{"content": piece} for piece in words if piece]
        events = [{"choices": [{"index": 0, "delta": delta}]} for delta in deltas]
        if self.stops:
            return _STREAM + _event(events[0])
        end = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
        return _STREAM + b"".join(map(_event, [*events, end])) + b"data: [DONE]\n\n"


def _event(value: object) -> bytes:
    return f"data: {json.dumps(value)}\n\n".encode()


def _completion(text: str) -> bytes:
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    usage = {"prompt_tokens": 3, "completion_tokens": 3, "total_tokens": 6}
    return json.dumps({"choices": [choice], "usage": usage}).encode()


def _whole(body: bytes, status: str = "200 OK", *, lacks: int = 0) -> bytes:
    length = len(body) + lacks
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}"
    return f"{head}\r\nConnection: close\r\n\r\n".encode() + body


_REPLIES: Mapping[Mode, bytes] = {
    "500": _whole(b'{"error": {"message": "no"}}', "500 Oh"),
    "redirect": _whole(b"{}", "307 Go\r\nLocation: http://127.0.0.1:9/v1"),
    "garbage": _whole(b"<html>Welcome</html>"),
    "cut": _whole(b'{"choices": [{"mess', lacks=100),
}


@asynccontextmanager
async def endpoint(name: str, mode: Mode = "fine") -> AsyncGenerator[Endpoint]:
    """Run an endpoint in the loop of a test."""
    made = Endpoint(name, mode)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        made.close()
