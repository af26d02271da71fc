"""Any OpenAI-compatible endpoint, Azure too: the one door of aiohttp."""

import json
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import AbstractAsyncContextManager, aclosing, suppress
from urllib.parse import quote

import aiohttp
from pydantic import JsonValue
from yarl import URL

from genaiops import __version__
from genaiops.digests import digest
from genaiops.errors import CallError, InputError
from genaiops.models.address import (
    certificates,
    checked_address,
    proxy_for,
    trusted_authorities,
)
from genaiops.models.breaks import broken
from genaiops.models.chat import chat_body
from genaiops.models.faults import ReplyFault, bounded, not_the_protocol, refused, sent_error
from genaiops.models.mask import Mask
from genaiops.models.parameters import with_defaults
from genaiops.models.replies import StreamedReply, read_completion
from genaiops.models.sse import EventStream
from genaiops.protocols import OnText
from genaiops.records import Completion, CompletionRequest
from genaiops.specs import catalog

LARGEST_REPLY = 16 * 1024 * 1024
"""Bytes, unpacked; a larger reply is given up."""
_LARGEST_REFUSAL = 64 * 1024
_BROKEN = (aiohttp.ClientError, TimeoutError, OSError)
_DECIDED_BY = frozenset(
    {"messages", "parameters", "tools", "response_schema", "top_logprobs", "repeat"}
)


class OpenAIModel:
    """A chat model behind an endpoint; nothing connects before the first call."""

    def __init__(
        self,
        name: str,
        spec: catalog.OpenAIModel,
        *,
        api_key: str | None,
        environment: Mapping[str, str],
    ) -> None:
        """Take what the catalog says, with its references resolved.

        Args:
            name: The name in the catalog.
            spec: The entry; its `api_key` is not looked at.
            api_key: The key itself.
            environment: Where proxy and certificate variables are looked up.

        Raises:
            InputError: the address or the key cannot be used.
        """
        self._name = name
        self._spec = spec
        self._endpoint = Endpoint(f"model {name!r}", spec, spec.model, api_key, environment)
        said = spec.parameters.model_dump(mode="json", exclude_defaults=True)
        self._identity = digest(place(spec, spec.model) | {"parameters": said})

    @property
    def name(self) -> str:
        return self._name

    @property
    def identity(self) -> str:
        return self._identity

    @property
    def decided_by(self) -> frozenset[str]:
        return _DECIDED_BY

    @property
    def concurrency(self) -> int | None:
        return self._spec.limits.concurrency

    async def complete(
        self, request: CompletionRequest, on_text: OnText | None = None
    ) -> Completion:
        body = chat_body(request, with_defaults(request.parameters, self._spec.parameters))
        if self._endpoint.is_openai and "max_tokens" in body:
            body["max_completion_tokens"] = body.pop("max_tokens")
        if on_text is None:
            return await self._whole(request, body)
        started = time.perf_counter()
        completion = await self._streamed(request, body, on_text)
        return completion.model_copy(update={"latency_s": time.perf_counter() - started})

    async def aclose(self) -> None:
        await self._endpoint.aclose()

    async def _whole(self, request: CompletionRequest, body: dict[str, JsonValue]) -> Completion:
        started = time.perf_counter()
        reply = await self._endpoint.ask("chat/completions", body)
        latency_s = time.perf_counter() - started
        try:
            return read_completion(reply, request, self._spec.price, latency_s)
        except ValueError as error:
            raise self._endpoint.failure(not_the_protocol(str(error), reply)) from error

    async def _streamed(
        self, request: CompletionRequest, body: dict[str, JsonValue], on_text: OnText
    ) -> Completion:
        streaming: dict[str, JsonValue] = {
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        reply = StreamedReply()
        async with aclosing(self._endpoint.events("chat/completions", body | streaming)) as events:
            async for event in events:
                if text := self._added(reply, event):
                    on_text(text)
        if not reply.is_complete:
            raise self._endpoint.failure(
                ReplyFault("truncated", "the stream ended without a reason to finish", "try again")
            )
        return reply.completion(request, self._spec.price)

    def _added(self, reply: StreamedReply, event: str) -> str:
        try:
            text = reply.add(event)
        except ValueError as error:
            fault = not_the_protocol(str(error), event.encode())
            raise self._endpoint.failure(fault) from error
        if reply.error:
            raise self._endpoint.failure(sent_error(reply.error))
        return text


def place(spec: catalog.Endpoint, model: str) -> dict[str, JsonValue]:
    """What tells one endpoint's model from another; no secret is part of it."""
    return {
        "provider": "openai",
        "base_url": spec.base_url.rstrip("/"),
        "model": model,
        "api_version": spec.api_version,
    }


class Endpoint:
    """One address with its key and connections; says what went wrong in our words.

    A pool of connections is made inside the running loop at the first call, and another one at the
    first streamed call. A redirect is not followed, cookies are not kept, nothing is tried twice.
    """

    def __init__(
        self,
        label: str,
        spec: catalog.Endpoint,
        model: str,
        api_key: str | None,
        environment: Mapping[str, str],
    ) -> None:
        self._spec = spec
        self._model = model
        self._base = spec.base_url.rstrip("/")
        address = checked_address(self._base, label)
        key = (api_key or "").strip()
        if not all(text.isascii() and text.isprintable() for text in (key, *spec.headers.values())):
            raise InputError(f"{label}: api_key or headers hold a line break or more than ASCII")
        self.is_openai = address.hostname == "api.openai.com"
        self._label = f"{label} at {address.netloc}"
        self._mask = Mask([key, *spec.headers.values()])
        self._headers = {
            "User-Agent": f"genaiops/{__version__}",
            "Content-Type": "application/json",
            **spec.headers,
        }
        if key and spec.api_version is not None:
            self._headers["api-key"] = key
        elif key:
            self._headers["Authorization"] = f"Bearer {key}"
        self._proxy = proxy_for(self._base, environment)
        self._certificates = certificates(environment, label)
        self._sessions: dict[bool, aiohttp.ClientSession] = {}
        self._urls: dict[str, URL] = {}

    async def ask(self, operation: str, body: dict[str, JsonValue]) -> bytes:
        """The whole body of the reply."""
        is_answered, size, pieces = False, 0, list[bytes]()
        try:
            async with self._post(operation, body, is_streamed=False) as response:
                is_answered = True
                if response.status != 200:
                    raise self.failure(await _refusal(response))
                while piece := await response.content.readany():
                    pieces.append(piece)
                    size = self._bounded(size + len(piece))
        except _BROKEN as error:
            fault = broken(error, self._spec.timeouts, is_answered=is_answered)
            raise self.failure(fault) from error
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    async def events(self, operation: str, body: dict[str, JsonValue]) -> AsyncGenerator[str]:
        """The data of each server-sent event of the reply.

        Its connection is not used again: llama.cpp's server ends it after a stream without saying
        so, and the next call would break on it.
        """
        stream, head, count = EventStream(), b"", 0
        async with aclosing(self._pieces(operation, body)) as pieces:
            async for piece in pieces:
                head = head or piece
                try:
                    events = stream.feed(piece)
                except UnicodeDecodeError as error:
                    raise self.failure(not_the_protocol(str(error), head)) from error
                for event in events:
                    count += 1
                    yield event
        if not count:
            raise self.failure(not_the_protocol("no event in what should be a stream", head))

    async def _pieces(self, operation: str, body: dict[str, JsonValue]) -> AsyncGenerator[bytes]:
        """The body of a streamed reply as it comes."""
        is_answered, size = False, 0
        try:
            async with self._post(operation, body, is_streamed=True) as response:
                is_answered = True
                if response.status != 200:
                    raise self.failure(await _refusal(response))
                async for piece in response.content.iter_any():
                    size = self._bounded(size + len(piece))
                    yield piece
        except _BROKEN as error:
            fault = broken(error, self._spec.timeouts, is_answered=is_answered)
            raise self.failure(fault) from error

    def _post(
        self, operation: str, body: dict[str, JsonValue], *, is_streamed: bool
    ) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        url = self._urls.get(operation)
        if url is None:
            url = self._urls[operation] = URL(self._url(operation), encoded=True)
        session = self._connections(is_streamed=is_streamed)
        return session.post(url, data=self._payload(body), allow_redirects=False)

    def _bounded(self, size: int) -> int:
        """The size of a reply so far, given up where it is too large."""
        if size > LARGEST_REPLY:
            raise self.failure(not_the_protocol("more than 16 MB", b""))
        return size

    def failure(self, fault: ReplyFault) -> CallError:
        """The error of a reply that is no answer."""
        message = f"{self._label}: {bounded(self._mask(fault.said))}; {fault.remedy}"
        return CallError(fault.kind, message, retry_after_s=fault.retry_after_s)

    async def aclose(self) -> None:
        """Close all connections."""
        for session in self._sessions.values():
            await session.close()

    def _connections(self, *, is_streamed: bool) -> aiohttp.ClientSession:
        session = self._sessions.get(is_streamed)
        if session is None:
            timeouts = self._spec.timeouts
            session = self._sessions[is_streamed] = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=0, ssl=trusted_authorities(self._certificates), force_close=is_streamed
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers=self._headers,
                proxy=self._proxy,
                timeout=aiohttp.ClientTimeout(
                    total=timeouts.total_s,
                    connect=timeouts.connect_s,
                    sock_read=timeouts.first_byte_s,
                ),
            )
        return session

    def _url(self, operation: str) -> str:
        if self._spec.api_version is None:
            return f"{self._base}/{operation}"
        deployment = quote(self._model, safe="")
        version = quote(self._spec.api_version, safe="")
        return f"{self._base}/openai/deployments/{deployment}/{operation}?api-version={version}"

    def _payload(self, body: dict[str, JsonValue]) -> bytes:
        named = body if self._spec.api_version is not None else {"model": self._model} | body
        return json.dumps(named, separators=(",", ":")).encode()


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
