"""What a failing endpoint sends: the bytes of each fault that is a whole reply. Pure."""

import gzip
import json
from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType

from pydantic import JsonValue

_REASONS = {200: "OK", 307: "Temporary Redirect", 400: "Bad Request", 429: "Too Many Requests"}
_JSON = "application/json"


def reply(
    status: int, body: bytes, *, kind: str = _JSON, headers: Mapping[str, str] | None = None
) -> bytes:
    """A whole reply of HTTP, after which the connection stays open."""
    lines = [
        f"HTTP/1.1 {status} {_REASONS.get(status, 'Status')}",
        f"Content-Type: {kind}",
        f"Content-Length: {len(body)}",
        *(f"{name}: {value}" for name, value in (headers or {}).items()),
    ]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def answer(text: str, *, finish: str = "stop", asked: str = "") -> bytes:
    """An answer of the chat completions protocol; a token is a word."""
    used = {"prompt_tokens": len(asked.split()), "completion_tokens": len(text.split())}
    message: JsonValue = {"role": "assistant", "content": text}
    return _json(
        200,
        {
            "model": "fault-server",
            "choices": [{"index": 0, "message": message, "finish_reason": finish}],
            "usage": {**used, "total_tokens": sum(used.values())},
        },
    )


def streamed_answer(text: str) -> bytes:
    """The same piece by piece, a word each."""
    return _stream([*_events(text), _finish(), "[DONE]"])


def refusal(status: int, message: str, *, code: str | None = None, **headers: str) -> bytes:
    """An error as OpenAI words it; `retry_after="1"` becomes the header Retry-After."""
    named = {name.replace("_", "-").title(): value for name, value in headers.items()}
    error: JsonValue = {"message": message, "type": "fault", "code": code}
    return _json(status, {"error": error}, named)


def _json(
    status: int, body: dict[str, JsonValue], headers: Mapping[str, str] | None = None
) -> bytes:
    return reply(status, json.dumps(body).encode(), headers=headers)


def _cut() -> bytes:
    whole = answer("This answer is longer than what comes of it.")
    return whole[: len(whole) // 2]


def _events(text: str) -> list[str]:
    words = text.split(" ")
    said = [word if place == 0 else f" {word}" for place, word in enumerate(words)]
    deltas = [{"role": "assistant", "content": ""}, *({"content": piece} for piece in said)]
    return [json.dumps({"choices": [{"index": 0, "delta": delta}]}) for delta in deltas]


def _finish() -> str:
    return json.dumps({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})


def _stream(events: Iterable[str], *, is_cut: bool = False) -> bytes:
    """A reply of server-sent events in chunks; one that is cut lacks the last, which is empty."""
    head = (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    chunks = (f"data: {event}\n\n".encode() for event in events)
    body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    return head + body + (b"" if is_cut else b"0\r\n\r\n")


_STREAMS: Mapping[str, bytes] = MappingProxyType(
    {
        "stream_cut_early": _stream(_events("Never said")[:1], is_cut=True),
        "stream_cut_late": _stream(_events("Said in part")[:2], is_cut=True),
        "stream_without_end": _stream(_events("Said in part")[:3]),
        "stream_without_done": _stream([*_events("All that there is"), _finish()]),
    }
)
STREAMS: frozenset[str] = frozenset(_STREAMS)
"""Faults of replies that come in pieces: cut before or after the first, or not ended properly."""

_WHOLE: Mapping[str, bytes] = MappingProxyType(
    {
        "rate_limit": refusal(429, "Rate limit reached", retry_after="1"),
        "rate_limit_date": refusal(
            429, "Rate limit reached", retry_after="Wed, 01 Jan 2020 00:00:00 GMT"
        ),
        "rate_limit_bare": refusal(429, "Rate limit reached"),
        "rate_limit_forever": refusal(429, "Rate limit reached", retry_after="999999999"),
        "no_credit": refusal(429, "You exceeded your quota", code="insufficient_quota"),
        "status_500": refusal(500, "something broke"),
        "status_502": reply(502, b"<html>502 Bad Gateway</html>", kind="text/html"),
        "status_503": refusal(503, "overloaded"),
        "status_529": refusal(529, "Overloaded"),
        "half_json": reply(200, b'{"choices": [{"message": {"cont'),
        "wrong_type": reply(200, b'{"choices": 7}'),
        "no_choices": reply(200, b'{"choices": []}'),
        "html": reply(200, b"<html><body>Log in</body></html>", kind="text/html"),
        "not_http": b"220 mail.example ESMTP\r\n\r\n",
        "error_200": reply(200, b'{"error": {"message": "upstream failed"}}'),
        "content_filter": refusal(400, "The prompt was filtered", code="content_filter"),
        "filter_finish": answer("", finish="content_filter"),
        "refusal": answer("I cannot help with that."),
        "empty": answer(""),
        "length": answer("An answer that was", finish="length"),
        "auth": refusal(401, "Incorrect API key provided", code="invalid_api_key"),
        "forbidden": refusal(403, "not for you"),
        "no_model": refusal(404, "The model does not exist", code="model_not_found"),
        "bad_request": refusal(400, "temperature must be below 2"),
        "too_long": refusal(400, "too long", code="context_length_exceeded"),
        "redirect": reply(307, b"", headers={"Location": "http://elsewhere.example/v1"}),
        "cut": _cut(),
    }
)

BOMB = "gzip_bomb"
WHOLE: frozenset[str] = frozenset({*_WHOLE, BOMB})
"""Faults that are a whole reply, or would be one."""
LAST: frozenset[str] = frozenset({"cut", "not_http", *STREAMS})
"""Faults after which the connection is at its end."""


def faulty(fault: str) -> bytes:
    """What is sent for one of `WHOLE` or `STREAMS`."""
    return _bomb() if fault == BOMB else {**_WHOLE, **_STREAMS}[fault]


@cache
def _bomb() -> bytes:
    """Small on the wire and 32 MB unpacked."""
    packed = gzip.compress(b" " * (32 << 20), mtime=0)
    return reply(200, packed, headers={"Content-Encoding": "gzip"})
