"""What a refused call means: status, headers and body of a reply → the kind of failure.

| reply | kind |
|---|---|
| 401, 403 | auth |
| 402, and 429 that says the account has no credit | budget |
| 408, 504 | timeout |
| 409, 425, 5xx | server |
| 429 | rate_limit |
| 400, 413, 422 about the length of the prompt | context_window |
| 400 about content | content_filter |
| a redirect, 404 and every other 4xx: the endpoint is not what the catalog says | malformed |
"""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from pydantic import JsonValue

from genaiops.errors import FailureKind

_LONGEST_QUOTE = 400
_CONTEXT = re.compile(
    r"context.?(length|size|window)|maximum context|(prompt|input|request) is too long"
    r"|too many (input )?tokens|reduce the length",
    re.IGNORECASE,
)
_CONTENT = re.compile(r"content.?(filter|policy|management)|responsible.?ai", re.IGNORECASE)
_CREDIT = re.compile(
    r"insufficient.?(quota|balance|credit)|billing|exceeded your .*quota", re.IGNORECASE
)
_RATE = re.compile(r"rate.?limit|too many requests", re.IGNORECASE)
_HTML = re.compile(rb"\s*<(!doctype|html|head|\?xml)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ReplyFault:
    """Why a reply is no answer: what the provider said and what to do about it."""

    kind: FailureKind
    said: str
    remedy: str
    retry_after_s: float | None = None


def refused(
    status: int, headers: Mapping[str, str], body: bytes, *, now_s: float, url: str
) -> ReplyFault:
    """The meaning of a reply whose status is not 200.

    Args:
        status: The status code of HTTP.
        headers: The reply's, whose names compare in any case.
        body: As far as it was read.
        now_s: Seconds since the epoch, to measure a Retry-After date by.
        url: What was asked, to name the hosts of a redirect.
    """
    if 300 <= status < 400:
        return _redirected(status, headers.get("Location", ""), url)
    said = quoted(body)
    kind = _kind(status, said)
    wait_s = retry_after_s(headers, now_s) if kind in {"rate_limit", "server"} else None
    return ReplyFault(
        kind, f"status {status}: {said or 'no explanation'}", _remedy(kind, status), wait_s
    )


def sent_error(error: JsonValue) -> ReplyFault:
    """The meaning of an error that came in the place of an answer, under status 200."""
    said = quoted(json.dumps({"error": error}).encode())
    match error:
        case {"code": int() as status} if 400 <= status < 600:
            kind = _kind(status, said)
        case _ if _CONTEXT.search(said) or _CONTENT.search(said):
            kind = _kind(400, said)
        case _:
            kind = _kind(429 if _RATE.search(said) else 500, said)
    return ReplyFault(kind, f"an error in its reply: {said}", _remedy(kind, 200))


def not_the_protocol(reason: str, body: bytes) -> ReplyFault:
    """The meaning of a reply under status 200 that cannot be read."""
    if _HTML.match(body):
        reason = "HTML where JSON was expected"
    with suppress(ValueError, RecursionError):
        reply: JsonValue = json.loads(body)
        if isinstance(reply, dict) and (error := reply.get("error")):
            return sent_error(error)
    remedy = "check base_url: it usually ends in /v1"
    return ReplyFault("malformed", f"no reply of the protocol: {reason}", remedy)


def quoted(body: bytes) -> str:
    """The provider's own words in one printable line."""
    if _HTML.match(body):
        return "an HTML page"
    text = body.decode("utf-8", "replace")
    with suppress(ValueError, RecursionError):
        text = _message(json.loads(text)) or text
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def bounded(line: str) -> str:
    """At most 400 characters of a line; secrets are masked before, lest half of one stays."""
    return line if len(line) <= _LONGEST_QUOTE else f"{line[: _LONGEST_QUOTE - 1]}…"


def retry_after_s(headers: Mapping[str, str], now_s: float) -> float | None:
    """Seconds to wait, from seconds or a date, at least 0; None where nothing is said."""
    said = headers.get("Retry-After", "").strip()
    if milliseconds := headers.get("Retry-After-Ms", "").strip():
        wait = _seconds(milliseconds)
        wait = None if wait is None else wait / 1000
    else:
        wait = _seconds(said)
    if wait is None and said:
        wait = _until(said, now_s)
    return None if wait is None else max(wait, 0.0)


def _seconds(said: str) -> float | None:
    return float(said) if re.fullmatch(r"\d{1,18}(\.\d+)?", said) else None


def _until(said: str, now_s: float) -> float | None:
    try:
        date = parsedate_to_datetime(said)
    except ValueError:
        return None
    return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - now_s


def _message(reply: JsonValue) -> str:
    """The message and code of an error in any of the forms that servers use."""
    if not isinstance(reply, dict):
        return ""
    error = reply.get("error") or reply.get("message") or reply.get("detail")
    if isinstance(error, dict):
        words = [error.get(key) for key in ("code", "type", "message")]
        return ": ".join(dict.fromkeys(word for word in words if word and isinstance(word, str)))
    return error if isinstance(error, str) else ""


def _kind(status: int, said: str) -> FailureKind:
    if status in {400, 413, 422} and _CONTEXT.search(said):
        return "context_window"
    if status in {400, 422} and _CONTENT.search(said):
        return "content_filter"
    if status == 429 and _CREDIT.search(said):
        return "budget"
    if status >= 500 and status != 504:
        return "server"
    return _KINDS.get(status, "malformed")


_KINDS: dict[int, FailureKind] = {
    401: "auth",
    402: "budget",
    403: "auth",
    408: "timeout",
    409: "server",
    425: "server",
    429: "rate_limit",
    504: "timeout",
}
_REMEDIES: dict[FailureKind, str] = {
    "auth": "check the key that api_key names, and that it may use this model",
    "budget": "the account with the provider has no credit",
    "rate_limit": "set limits.requests_per_minute of the catalog entry, or try again later",
    "server": "try again later",
    "timeout": "try again later",
    "context_window": "shorten the prompt, retrieve fewer passages, or lower max_tokens",
    "content_filter": "the provider refuses this prompt",
}


def _remedy(kind: FailureKind, status: int) -> str:
    if status == 404:
        return "check model and base_url of the catalog entry: the endpoint does not know them"
    return _REMEDIES.get(kind, "check the entry in the catalog against what the provider says")


def _redirected(status: int, target: str, url: str) -> ReplyFault:
    here = urlsplit(url).netloc
    there = urlsplit(target).netloc.rpartition("@")[2] or here
    return ReplyFault(
        "malformed",
        f"status {status}: {here} redirects to {there}, which is not followed with a key",
        "write the address that answers as base_url",
    )
