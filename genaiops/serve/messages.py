"""Requests and replies as the application sees them, which knows no library of HTTP."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Request:
    """A request whose head is there and is sound; its body is not read before `read` is awaited.

    `path` is decoded and has no query. The names of `headers` are known in any case of letters.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    read: Callable[[], Awaitable[bytes]]


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole reply."""

    body: bytes
    status: int = 200
    content_type: str = JSON
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Events:
    """A stream of server-sent events, as bytes; `pieces` has begun and gave the first of them."""

    first: bytes
    pieces: AsyncGenerator[bytes]
    headers: tuple[tuple[str, str], ...] = ()


Handler = Callable[[Request], Awaitable[Reply | Events]]
