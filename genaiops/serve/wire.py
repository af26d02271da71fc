"""HTTP as it goes over the wire: the door of aiohttp for what serves, with `connection.py`.

It parses strictly, bounds heads, bodies and readers in size and time, and ends a connection whose
request is unclear. What a request means, the application knows.
"""

import asyncio
from collections.abc import Awaitable
from contextlib import aclosing, suppress

from aiohttp import HttpVersion10, HttpVersion11, web

from genaiops.errors import ExecutionError, Refused
from genaiops.serve.connection import Connection, Connections, response_of
from genaiops.serve.messages import Events, Handler, Reply, Request
from genaiops.serve.replies import refusal
from genaiops.specs.serving import ServingLimits

_BACKLOG = 512
_STREAM = {
    "Content-Type": "text/event-stream",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",
    "X-Content-Type-Options": "nosniff",
    "Server": "genaiops",
}
_TOO_SLOW = 408
_SMALL = 32_768
_CUT_OFF_S = 0.01
"""For what did not end in time; 0 would be forever."""
_LINGER_S = 2.0
"""What a client still sends is read and dropped so long after its reply, so that it gets that."""
_LEFT = (web.RequestPayloadError, ConnectionError, RuntimeError)
"""What reading raises where the client left, or sent no body."""
_ONCE = ("Host", "Authorization", "Origin", "Content-Type", "Content-Length", "Expect")
"""Headers of which a second one would say something else."""


class Wire:
    """Listens at one address and hands each sound request to a handler.

    `is_draining`: connections end with their reply, and no new ones are taken.
    """

    def __init__(self, handler: Handler, limits: ServingLimits) -> None:
        self.is_draining = False
        self._handler = handler
        self._limits = limits
        self._connections: Connections | None = None
        self._listener: asyncio.Server | None = None

    async def listen(self, host: str, port: int) -> int:
        """Take connections from now on; gives the port, where 0 lets the system choose one.

        Raises:
            ExecutionError: the address cannot be used.
        """
        self._connections = Connections(self._take, self._limits)
        loop = asyncio.get_running_loop()
        try:
            self._listener = await loop.create_server(
                self._connections, host, port, backlog=_BACKLOG
            )
        except OSError as error:
            told = error.strerror or str(error)
            raise ExecutionError(f"cannot listen at {host}:{port}: {told}") from error
        chosen: int = self._listener.sockets[0].getsockname()[1]
        return chosen

    async def drain(self, within_s: float) -> bool:
        """Take no more, and wait for what is under way; whether all came to its end."""
        self.is_draining = True
        if self._listener is None or self._connections is None:
            return True
        self._listener.close()
        try:
            async with asyncio.timeout(within_s):
                await self._connections.quiet()
        except TimeoutError:
            return False
        return True

    async def close(self) -> None:
        """End all connections at once."""
        if self._listener is not None:
            self._listener.close()
        if self._connections is not None:
            await self._connections.shutdown(_CUT_OFF_S)

    async def _take(self, request: web.BaseRequest) -> web.StreamResponse:
        try:
            reply = await self._reply(request)
            if isinstance(reply, Events):
                return await self._stream(request, reply)
            return await self._send(request, reply)
        finally:
            if isinstance(request.protocol, Connection):
                request.protocol.end()

    async def _reply(self, request: web.BaseRequest) -> Reply | Events:
        try:
            _refuse_unclear(request)
        except Refused as error:
            request.protocol.close()
            return refusal(error)

        async def read() -> bytes:
            return await _read(request, self._limits)

        return await self._handler(Request(request.method, request.path, request.headers, read))

    async def _send(self, request: web.BaseRequest, reply: Reply) -> web.StreamResponse:
        response = response_of(reply)
        is_read = request.content.is_eof()
        if self.is_draining or not is_read or "Upgrade" in request.headers:
            response.force_close()
        try:
            if _is_taken_at_once(request, reply):
                await response.prepare(request)
                await response.write_eof()
            else:
                async with asyncio.timeout(self._limits.write_s):
                    await response.prepare(request)
                    await response.write_eof()
            if not is_read and reply.status != _TOO_SLOW:
                await _drop(request)
        except TimeoutError:
            _abort(request)
        return response

    async def _stream(self, request: web.BaseRequest, events: Events) -> web.StreamResponse:
        response = web.StreamResponse(headers={**_STREAM, **dict(events.headers)})
        if self.is_draining:
            response.force_close()
        async with aclosing(events.pieces) as pieces:
            try:
                await self._in_time(response.prepare(request))
                await self._in_time(response.write(events.first))
                async for piece in pieces:
                    await self._in_time(response.write(piece))
                await self._in_time(response.write_eof())
            except TimeoutError:
                _abort(request)
        return response

    async def _in_time(self, sending: Awaitable[object]) -> None:
        """Wait until a client took what is sent to it, as long as it may take.

        Raises:
            TimeoutError: it did not.
        """
        async with asyncio.timeout(self._limits.write_s):
            await sending


def _is_taken_at_once(request: web.BaseRequest, reply: Reply) -> bool:
    """Whether a reply goes into the buffers of the connection, so that nothing waits for a client.

    asyncio lets who writes wait above 64 kB.
    """
    transport = request.transport
    is_empty = transport is not None and transport.get_write_buffer_size() == 0
    return is_empty and len(reply.body) < _SMALL


def _refuse_unclear(request: web.BaseRequest) -> None:
    """Refuse what aiohttp takes and another server may read in another way.

    Raises:
        Refused: it is such a request.
    """
    headers = request.headers
    is_sound = (
        request.raw_path.startswith("/")
        and request.version in {HttpVersion10, HttpVersion11}
        and (request.version == HttpVersion11 or "Transfer-Encoding" not in headers)
        and (
            len({name.lower() for name in headers}) == len(headers)  # as nearly always
            or all(len(headers.getall(name, ())) <= 1 for name in _ONCE)
        )
        and headers.get("Expect", "100-continue").lower() == "100-continue"
    )
    if not is_sound:
        raise Refused(400, "unclear_request", "the request is no clear HTTP/1.1")
    if "Content-Encoding" in headers:
        raise Refused(415, "unsupported_encoding", "send the body as it is, not compressed")


async def _read(request: web.BaseRequest, limits: ServingLimits) -> bytes:
    """The body of a request.

    Raises:
        Refused: it is too large, comes too slowly, or is none.
    """
    most = limits.body_kb * 1024
    too_large = Refused(413, "body_too_large", f"a body may have {limits.body_kb} kB")
    if (request.content_length or 0) > most:
        raise too_large
    if request.content.is_eof() and request.content.total_bytes <= most:
        return request.content.read_nowait()
    pieces: list[bytes] = []
    try:
        async with asyncio.timeout(limits.body_s):
            if "Expect" in request.headers:
                await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                request.writer.output_size = 0
            size = 0
            while piece := await request.content.readany():
                pieces.append(piece)
                size += len(piece)
                if size > most:
                    raise too_large
    except TimeoutError:
        raise Refused(
            _TOO_SLOW, "body_too_slow", f"the body took over {limits.body_s:g} s"
        ) from None
    except _LEFT as error:
        raise Refused(400, "unclear_request", "the body is no clear HTTP/1.1") from error
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


async def _drop(request: web.BaseRequest) -> None:
    """Read what a client still sends, for a while, and keep nothing of it.

    Raises:
        TimeoutError: it sends for longer.
    """
    with suppress(*_LEFT):
        async with asyncio.timeout(_LINGER_S):
            while await request.content.readany():
                pass


def _abort(request: web.BaseRequest) -> None:
    """End the connection of a client that does not read; what waits for it is dropped."""
    if request.transport is not None:
        request.transport.abort()
