"""Connections of HTTP: the one door of aiohttp."""

import ssl
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, suppress
from pathlib import Path

import aiohttp
from yarl import URL

from genaiops.errors import CallError
from genaiops.models.breaks import broken
from genaiops.models.faults import ReplyFault, not_the_protocol, refused
from genaiops.specs.catalog import Timeouts

LARGEST_REPLY = 16 * 1024 * 1024
"""Bytes, unpacked; a larger reply is given up."""
_LARGEST_REFUSAL = 64 * 1024
_BROKEN = (aiohttp.ClientError, TimeoutError, OSError)


class HttpWire:
    """Connections to one address; meets `endpoint.Wire`.

    A pool of them is made inside the running loop at the first call, and another one at the first
    streamed call, whose connections are not used again: llama.cpp's server ends one after a stream
    without saying so, and the next call would break on it.
    """

    def __init__(
        self,
        *,
        headers: Mapping[str, str],
        proxy: str | None,
        certificates: Path | None,
        timeouts: Timeouts,
        failure: Callable[[ReplyFault], CallError],
        learn: Callable[[Mapping[str, str]], None],
    ) -> None:
        self._headers = headers
        self._proxy = proxy
        self._certificates = certificates
        self._timeouts = timeouts
        self._failure = failure
        self._learn = learn
        self._sessions: dict[bool, aiohttp.ClientSession] = {}
        self._urls: dict[str, URL] = {}

    async def ask(self, url: str, data: bytes) -> bytes:
        is_answered, size, pieces = False, 0, list[bytes]()
        try:
            async with self._post(url, data, is_streamed=False) as response:
                is_answered = True
                self._learn(response.headers)
                if response.status != 200:
                    raise self._failure(await _refusal(response))
                while piece := await response.content.readany():
                    pieces.append(piece)
                    size = self._bounded(size + len(piece))
        except _BROKEN as error:
            raise self._failure(broken(error, self._timeouts, is_answered=is_answered)) from error
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    async def pieces(self, url: str, data: bytes) -> AsyncGenerator[bytes]:
        is_answered, size = False, 0
        try:
            async with self._post(url, data, is_streamed=True) as response:
                is_answered = True
                self._learn(response.headers)
                if response.status != 200:
                    raise self._failure(await _refusal(response))
                async for piece in response.content.iter_any():
                    size = self._bounded(size + len(piece))
                    yield piece
        except _BROKEN as error:
            raise self._failure(broken(error, self._timeouts, is_answered=is_answered)) from error

    async def aclose(self) -> None:
        for session in self._sessions.values():
            await session.close()

    def _post(
        self, url: str, data: bytes, *, is_streamed: bool
    ) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        parsed = self._urls.get(url)
        if parsed is None:
            parsed = self._urls[url] = URL(url, encoded=True)
        session = self._connections(is_streamed=is_streamed)
        return session.post(parsed, data=data, allow_redirects=False)

    def _bounded(self, size: int) -> int:
        """The size of a reply so far, given up where it is too large."""
        if size > LARGEST_REPLY:
            raise self._failure(not_the_protocol("more than 16 MB", b""))
        return size

    def _connections(self, *, is_streamed: bool) -> aiohttp.ClientSession:
        session = self._sessions.get(is_streamed)
        if session is None:
            session = self._sessions[is_streamed] = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=0, ssl=self._trusted(), force_close=is_streamed
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers=self._headers,
                proxy=self._proxy,
                timeout=aiohttp.ClientTimeout(
                    total=self._timeouts.total_s,
                    connect=self._timeouts.connect_s,
                    sock_read=self._timeouts.first_byte_s,
                ),
            )
        return session

    def _trusted(self) -> ssl.SSLContext | bool:
        """The authorities that the environment names, or those of the system."""
        found = self._certificates
        if found is None:
            return True
        folder = str(found) if found.is_dir() else None
        return ssl.create_default_context(cafile=None if folder else str(found), capath=folder)


async def _refusal(response: aiohttp.ClientResponse) -> ReplyFault:
    """The meaning of a refusal, from its beginning or what came of it."""
    head = b""
    with suppress(aiohttp.ClientError, TimeoutError):
        async for piece in response.content.iter_any():
            head += piece
            if len(head) > _LARGEST_REFUSAL:
                break
    url = str(response.url)
    return refused(response.status, response.headers, head, now_s=time.time(), url=url)
