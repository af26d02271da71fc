"""A real OpenAI-compatible server on loopback whose first path segment says how it behaves.

`endpoint.url("v1")` answers; `endpoint.url("rate_limit")` and the others fail in their own way.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.serving import served

KEY = "sk-test-0123456789abcdef"
DIMENSIONS = 4
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Asked:
    path: str
    query: str
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass
class FakeEndpoint:
    port: int = 0
    asked: list[Asked] = field(default_factory=list)

    def url(self, behavior: str = "v1") -> str:
        return f"http://127.0.0.1:{self.port}/{behavior}"

    @property
    def last(self) -> Asked:
        return self.asked[-1]


@contextmanager
def serving() -> Iterator[FakeEndpoint]:
    """Run the server."""
    endpoint = FakeEndpoint()
    with served(lambda: _app(endpoint)) as endpoint.port:
        yield endpoint


def _app(endpoint: FakeEndpoint) -> web.Application:
    async def answer(request: web.Request) -> web.StreamResponse:
        body = await request.json()
        endpoint.asked.append(
            Asked(request.path, request.query_string, dict(request.headers), body)
        )
        return await BEHAVIORS[request.match_info["behavior"]](request)

    app = web.Application()
    app.router.add_post("/{behavior}/{operation:.*}", answer)
    return app


async def _answering(request: web.Request) -> web.StreamResponse:
    if request.path.endswith("/embeddings"):
        return _embeddings(await request.json())
    body = await request.json()
    if not body.get("stream"):
        return web.json_response(_whole(body))
    return await _streamed(request, [*_chunks(body), "[DONE]"])


async def _metered(request: web.Request) -> web.StreamResponse:
    """As OpenAI tells its limits a minute."""
    reply = await _answering(request)
    for what, limit in (("requests", "500"), ("tokens", "30000")):
        reply.headers[f"x-ratelimit-limit-{what}"] = limit
        reply.headers[f"x-ratelimit-remaining-{what}"] = str(int(limit) - 1)
        reply.headers[f"x-ratelimit-reset-{what}"] = f"{60_000 / int(limit):g}ms"
    return reply


async def _guarded(request: web.Request) -> web.StreamResponse:
    given = request.headers.get("api-key") or request.headers.get("Authorization", "")
    if given.removeprefix("Bearer ") != KEY:
        return _error(401, f"Incorrect API key provided: {given}", code="invalid_api_key")
    return await _answering(request)


def _error(status: int, message: str, *, code: str | None = None, **headers: str) -> web.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    error = {"message": message, "type": "fake_error", "code": code}
    return web.json_response({"error": error}, status=status, headers=named)


def _refusing(status: int, message: str, *, code: str | None = None, **headers: str) -> Handler:
    async def refuse(_: web.Request) -> web.StreamResponse:
        return _error(status, message, code=code, **headers)

    return refuse


def _raw(body: bytes | str, content_type: str = "application/json") -> Handler:
    async def send(_: web.Request) -> web.StreamResponse:
        data = body.encode() if isinstance(body, str) else body
        return web.Response(body=data, content_type=content_type)

    return send


def _last(body: dict[str, Any]) -> dict[str, Any]:
    return body["messages"][-1]


def _message(body: dict[str, Any]) -> dict[str, Any]:
    last = _last(body)
    if last["role"] == "tool":
        return {"role": "assistant", "content": f"The tool says {last['content']}."}
    if body.get("tools"):
        name = body["tools"][0]["function"]["name"]
        function = {"name": name, "arguments": json.dumps({"query": last["content"]})}
        call = {"id": "call_1", "type": "function", "function": function}
        return {"role": "assistant", "content": None, "tool_calls": [call]}
    if body.get("response_format"):
        return {"role": "assistant", "content": json.dumps({"answer": last["content"]})}
    return {"role": "assistant", "content": f"You said: {last['content']}"}


def _usage(body: dict[str, Any], message: dict[str, Any]) -> dict[str, int]:
    asked = sum(len((m["content"] or "").split()) for m in body["messages"])
    said = len((message["content"] or "").split())
    return {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said}


def _logprobs(text: str) -> dict[str, Any]:
    tokens = [
        {
            "token": word,
            "logprob": -0.5,
            "top_logprobs": [{"token": word, "logprob": -0.5}, {"token": "?", "logprob": -2.0}],
        }
        for word in text.split()
    ]
    return {"content": tokens}


def _finish(message: dict[str, Any]) -> str:
    return "tool_calls" if message.get("tool_calls") else "stop"


def _whole(body: dict[str, Any]) -> dict[str, Any]:
    message = _message(body)
    choice: dict[str, Any] = {"index": 0, "message": message, "finish_reason": _finish(message)}
    if body.get("logprobs"):
        choice["logprobs"] = _logprobs(message["content"])
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 0,
        "model": body.get("model", "azure"),
        "choices": [choice],
        "usage": _usage(body, message),
    }


def _chunk(body: dict[str, Any], **fields: Any) -> str:
    chunk = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 0}
    return json.dumps(chunk | {"model": body.get("model", "azure")} | fields)


def _delta(body: dict[str, Any], delta: dict[str, Any], finish: str | None = None) -> str:
    return _chunk(body, choices=[{"index": 0, "delta": delta, "finish_reason": finish}])


def _chunks(body: dict[str, Any]) -> list[str]:
    message = _message(body)
    chunks = [_delta(body, {"role": "assistant", "content": ""})]
    for call in message.get("tool_calls", ()):
        head = call | {"index": 0, "function": call["function"] | {"arguments": ""}}
        half = len(call["function"]["arguments"]) // 2
        chunks.append(_delta(body, {"tool_calls": [head]}))
        for part in (slice(None, half), slice(half, None)):
            tail = {"index": 0, "function": {"arguments": call["function"]["arguments"][part]}}
            chunks.append(_delta(body, {"tool_calls": [tail]}))
    words = (message["content"] or "").split(" ")
    pieces = [" " * bool(place) + word for place, word in enumerate(words) if word]
    chunks += [_delta(body, {"content": piece}) for piece in pieces]
    chunks.append(_delta(body, {}, _finish(message)))
    if body.get("stream_options", {}).get("include_usage"):
        chunks.append(_chunk(body, choices=[], usage=_usage(body, message)))
    return chunks


async def _streamed(request: web.Request, events: list[str]) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    for event in events:
        await response.write(f"data: {event}\n\n".encode())
    return response


def _streaming(*events: str) -> Handler:
    async def send(request: web.Request) -> web.StreamResponse:
        return await _streamed(request, list(events))

    return send


def _embeddings(body: dict[str, Any]) -> web.Response:
    texts = body["input"]
    vectors = [[float(len(text)), 1.0, float(place), 2.0] for place, text in enumerate(texts)]
    data = [{"index": place, "embedding": vector} for place, vector in enumerate(vectors)]
    return web.json_response({"object": "list", "data": data[::-1], "model": body.get("model")})


async def _cut(request: web.Request) -> web.StreamResponse:
    """Half of the promised body, or half of a stream, and then the connection ends."""
    body = await request.json()
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    if not body.get("stream"):
        response.content_length = 10_000
    await response.prepare(request)
    await response.write(b'data: {"choices": [{"index": 0, "delta": {"content": "Half"}}]}\n\n')
    assert request.transport is not None
    request.transport.close()
    return response


async def _hanging_up(request: web.Request) -> web.StreamResponse:
    """After a stream it ends the connection without having said so, as llama.cpp's server does."""
    response = await _answering(request)
    if isinstance(response, web.Response):
        return response
    await response.write_eof()
    assert request.transport is not None
    request.transport.close()
    return response


async def _reset(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def _not_http(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.write(b"220 mail.example ESMTP\r\n\r\n")
    request.transport.close()
    return web.Response()


async def _silent(_: web.Request) -> web.StreamResponse:
    await asyncio.Event().wait()
    raise AssertionError


async def _dripping(request: web.Request) -> web.StreamResponse:
    """A head and a first piece in time, and then nothing."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    await response.write(b": wait\n\n")
    await asyncio.Event().wait()
    raise AssertionError


async def _huge(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    response.enable_compression()
    await response.prepare(request)
    for _ in range(17):
        await response.write(b" " * 1024 * 1024)
    return response


async def _redirect(_: web.Request) -> web.StreamResponse:
    raise web.HTTPTemporaryRedirect("http://elsewhere.example/v1/chat/completions")


def _finished(reason: str, text: str) -> Handler:
    async def send(request: web.Request) -> web.StreamResponse:
        body = await request.json()
        if body.get("stream"):
            events = [_delta(body, {"content": text}), _delta(body, {}, reason), "[DONE]"]
            return await _streamed(request, events)
        message = {"role": "assistant", "content": text}
        choice = {"index": 0, "message": message, "finish_reason": reason}
        return web.json_response({"choices": [choice]})

    return send


BEHAVIORS: dict[str, Handler] = {
    "v1": _answering,
    "guarded": _guarded,
    "metered": _metered,
    "rate_limit": _refusing(429, "Rate limit reached", Retry_After="7"),
    "no_credit": _refusing(429, "You exceeded your quota", code="insufficient_quota"),
    "forbidden": _refusing(403, "not for you"),
    "no_model": _refusing(404, "The model does not exist", code="model_not_found"),
    "bad_request": _refusing(400, "temperature must be below 2"),
    "too_long": _refusing(400, "too long", code="context_length_exceeded"),
    "filtered": _refusing(400, "The response was filtered", code="content_filter"),
    "broken": _refusing(500, "something broke"),
    "overloaded": _refusing(529, "Overloaded", Retry_After="1000000000"),
    "gateway": _raw("<html><body>502 Bad Gateway</body></html>", "text/html"),
    "half_json": _raw('{"choices": [{"message": {"cont'),
    "no_choices": _raw('{"choices": []}'),
    "wrong_type": _raw('{"choices": 7}'),
    "not_utf8": _raw(b'data: {"choices": "\xff"}\n\n'),
    "error_200": _raw('{"error": {"message": "upstream failed"}}'),
    "error_event": _streaming('{"error": {"message": "Rate limit reached", "code": 429}}'),
    "broken_event": _streaming('{"choices": [{"delta": '),
    "no_reason": _streaming('{"choices": [{"delta": {"content": "Half"}}]}', "[DONE]"),
    "cut": _cut,
    "hanging_up": _hanging_up,
    "reset": _reset,
    "not_http": _not_http,
    "silent": _silent,
    "dripping": _dripping,
    "huge": _huge,
    "redirect": _redirect,
    "length": _finished("length", "An answer that was"),
    "filter_finish": _finished("content_filter", ""),
    "refusing": _finished("stop", "I cannot help with that."),
}
