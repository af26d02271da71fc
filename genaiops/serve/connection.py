"""One connection, and all of a server: how long a head may take, and what ends when.

aiohttp bounds how long a connection may be idle, and not how long a head may take to come.
"""

import asyncio
from typing import Any

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http import RawRequestMessage
from aiohttp.streams import StreamReader

from genaiops.errors import Refused
from genaiops.serve.messages import Reply
from genaiops.serve.replies import refusal
from genaiops.specs.serving import ServingLimits

_HEADERS = 64
"""Of one request at most."""
_UNCLEAR = "the request is no clear HTTP/1.1; the connection ends"
_TOO_LARGE = "the head of the request is too large; the connection ends"
_SIZES = ("Got more than", "Too many")
"""How what aiohttp says of a head that is too large begins."""


class Connection(web.RequestHandler):
    """A connection that ends where a head does not come to its end in time.

    `is_busy` from the end of a head to the end of its reply. One timer looks after all heads of a
    connection: to set one for each would cost as much as to read the head.
    """

    __slots__ = ("_all", "_body", "_head_s", "_look", "_since_s", "is_busy")

    def __init__(self, among: "Connections", head_s: float, **options: Any) -> None:  # noqa: ANN401  those of aiohttp
        super().__init__(among, loop=asyncio.get_running_loop(), **options)
        self.is_busy = False
        self._all = among
        self._body: StreamReader | None = None
        self._head_s = head_s
        self._since_s: float | None = None
        self._look: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._since_s = _now_s()
        self._look_later(self._since_s)

    def connection_lost(self, exc: BaseException | None) -> None:
        if self._look is not None:
            self._look.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._since_s is None and (self._body is None or self._body.is_eof()):
            self._since_s = _now_s()  # of the next head, also while this request is answered
        super().data_received(data)

    def begin(self, body: StreamReader) -> None:
        """Is called when a head is there."""
        self._since_s = None
        self._body = body
        self.is_busy = True
        self._all.began()

    def end(self) -> None:
        """Is called when its reply was sent.

        Half a head that came in one piece with the end of a request may stay `idle_s`, as a
        connection may that says nothing: the parser does not tell that it has begun.
        """
        if self.is_busy:
            self.is_busy = False
            self._body = None
            self._all.ended()

    def handle_error(
        self,
        request: web.BaseRequest,  # noqa: ARG002  aiohttp hands it over
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """The reply to what is no HTTP; what came is not repeated in it."""
        self.end()
        is_large = (message or str(exc)).startswith(_SIZES)
        if status == 500:
            error = Refused(500, "internal_error", "something went wrong in the server")
        elif is_large:
            error = Refused(431, "head_too_large", _TOO_LARGE)
        else:
            error = Refused(400, "unclear_request", _UNCLEAR)
        response = response_of(refusal(error))
        response.force_close()
        return response

    def _look_later(self, since_s: float) -> None:
        loop = asyncio.get_running_loop()
        # a turn of the loop later, so that what had come by then is read first
        self._look = loop.call_at(since_s + self._head_s, loop.call_soon, self._close_late)

    def _close_late(self) -> None:
        now_s = _now_s()
        since_s = now_s if self._since_s is None or self.is_busy else self._since_s
        if now_s - since_s >= self._head_s:
            self.force_close()
        elif self.transport is not None:
            self._look_later(since_s)


class Connections(web.Server):
    """All connections of a server; one more than may be is closed."""

    def __init__(self, handler: Any, limits: ServingLimits) -> None:  # noqa: ANN401  aiohttp's own type is private
        super().__init__(handler, request_factory=_begun, handler_cancellation=True)
        self._limits = limits
        self._busy = 0
        self._is_quiet = asyncio.Event()
        self._is_quiet.set()

    def __call__(self) -> Any:  # noqa: ANN401  a protocol of asyncio
        if len(self.connections) >= self._limits.connections:
            return _Closed()
        longest = self._limits.head_kb * 1024
        return Connection(
            self,
            self._limits.head_s,
            keepalive_timeout=self._limits.idle_s,
            max_line_size=longest,
            max_field_size=longest,
            max_headers=_HEADERS,
            lingering_time=0,
            auto_decompress=False,
            access_log=None,
        )

    def began(self) -> None:
        """A request is under way."""
        self._busy += 1
        self._is_quiet.clear()

    def ended(self) -> None:
        """It is no more."""
        self._busy -= 1
        if not self._busy:
            self._is_quiet.set()

    async def quiet(self) -> None:
        """Wait until no request is under way."""
        await self._is_quiet.wait()


class _Closed(asyncio.Protocol):
    """What takes a connection that is one too many."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()


def _now_s() -> float:
    return asyncio.get_running_loop().time()


def response_of(reply: Reply) -> web.Response:
    """A whole reply as aiohttp sends it."""
    headers = {
        "Content-Type": reply.content_type,
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Server": "genaiops",
        **dict(reply.headers),
    }
    return web.Response(body=reply.body, status=reply.status, headers=headers)


def _begun(
    message: RawRequestMessage,
    payload: StreamReader,
    connection: web.RequestHandler,
    writer: AbstractStreamWriter,
    task: asyncio.Task[None],
) -> web.BaseRequest:
    if isinstance(connection, Connection):
        connection.begin(payload)
    loop = asyncio.get_running_loop()
    return web.BaseRequest(message, payload, connection, writer, task, loop)
