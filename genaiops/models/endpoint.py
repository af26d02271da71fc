"""An address with its key: how it is asked, and what goes wrong there in our words."""

import json
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from typing import Protocol, cast
from urllib.parse import quote

from pydantic import JsonValue

from genaiops import __version__
from genaiops.errors import CallError, InputError
from genaiops.models.address import certificates, checked_address, proxy_for
from genaiops.models.faults import ReplyFault, bounded, not_the_protocol
from genaiops.models.mask import Mask
from genaiops.models.rate_headers import told_allowance
from genaiops.models.sse import EventStream
from genaiops.protocols import Allowance
from genaiops.resolve import load_attribute
from genaiops.specs import catalog

_COMPACT = json.JSONEncoder(separators=(",", ":"))


def place(spec: catalog.Endpoint, model: str) -> dict[str, JsonValue]:
    """What tells one endpoint's model from another; no secret is part of it."""
    return {
        "provider": "openai",
        "base_url": spec.base_url.rstrip("/"),
        "model": model,
        "api_version": spec.api_version,
    }


class Wire(Protocol):
    """Connections to an address; they are made when they are needed."""

    async def ask(self, url: str, data: bytes) -> bytes:
        """The whole body of the reply to a POST.

        Raises:
            CallError: there is none, or its status is not 200.
        """
        ...

    def pieces(self, url: str, data: bytes) -> AsyncGenerator[bytes]:
        """The body of a streamed reply as it comes."""
        ...

    async def aclose(self) -> None:
        """Close all connections."""
        ...


class Endpoint:
    """One address with its key and connections; says what went wrong in our words.

    A redirect is not followed, cookies are not kept, nothing is tried twice. The library that
    connects is loaded at the first call: what is answered from records needs none. `allowance`
    takes in the limits that replies tell.
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
        self._wire: Wire | None = None
        self.allowance = Allowance(is_remote=True)

    async def ask(self, operation: str, body: dict[str, JsonValue]) -> bytes:
        """The whole body of the reply."""
        return await self._connected().ask(self._url(operation), self._payload(body))

    async def events(self, operation: str, body: dict[str, JsonValue]) -> AsyncGenerator[str]:
        """The data of each server-sent event of the reply."""
        stream, head, count = EventStream(), b"", 0
        pieces = self._connected().pieces(self._url(operation), self._payload(body))
        async with aclosing(pieces):
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

    def failure(self, fault: ReplyFault) -> CallError:
        """The error of a reply that is no answer."""
        message = f"{self._label}: {bounded(self._mask(fault.said))}; {fault.remedy}"
        return CallError(fault.kind, message, retry_after_s=fault.retry_after_s)

    async def aclose(self) -> None:
        """Close all connections."""
        if self._wire is not None:
            await self._wire.aclose()

    def prepare(self) -> None:
        """Load what connects, so that the time of the first call is its own."""
        self._connected()

    def _connected(self) -> Wire:
        if self._wire is None:
            wire = cast("Callable[..., Wire]", load_attribute("genaiops.models.wire:HttpWire"))
            self._wire = wire(
                headers=self._headers,
                proxy=self._proxy,
                certificates=self._certificates,
                timeouts=self._spec.timeouts,
                failure=self.failure,
                learn=self._learn,
            )
        return self._wire

    def _learn(self, headers: Mapping[str, str]) -> None:
        self.allowance = told_allowance(self.allowance, headers)

    def _url(self, operation: str) -> str:
        if self._spec.api_version is None:
            return f"{self._base}/{operation}"
        deployment = quote(self._model, safe="")
        version = quote(self._spec.api_version, safe="")
        return f"{self._base}/openai/deployments/{deployment}/{operation}?api-version={version}"

    def _payload(self, body: dict[str, JsonValue]) -> bytes:
        named = body if self._spec.api_version is not None else {"model": self._model} | body
        return _COMPACT.encode(named).encode()
