"""An endpoint on loopback with the routes of files and batches; a batch moves on when it is polled.

What is asked decides what becomes of a request: `refuse …` is refused, `lose …` gets no line in any
file, `expire …` is not answered in time, anything else is answered with `You said: …`.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.endpoint import _whole
from tests.serving import served

STEPS = ("validating", "in_progress", "finalizing", "completed")


@dataclass
class BatchEndpoint:
    """What was uploaded and begun, and how it is to go on.

    `held` stops every batch before its end; `refusal` fails it as a whole; `breaks` has the route
    that answers 500 so many times.
    """

    port: int = 0
    files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    batches: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    asked_at_once: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    uploads: int = 0
    polls: int = 0
    keys: list[str | None] = field(default_factory=list[str | None])
    held: bool = False
    refusal: str | None = None
    breaks: dict[str, int] = field(default_factory=dict[str, int])
    polled: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def asked(self) -> list[str]:
        """The last message of each request that was ever uploaded, in order."""
        return [
            json.loads(line)["body"]["messages"][-1]["content"]
            for batch in self.batches.values()
            for line in self.files[batch["input_file_id"]].splitlines()
        ]


@contextmanager
def serving_batches() -> Iterator[BatchEndpoint]:
    """Run the server."""
    endpoint = BatchEndpoint()
    with served(lambda: _app(endpoint)) as endpoint.port:
        yield endpoint


def _app(endpoint: BatchEndpoint) -> web.Application:
    app = web.Application(client_max_size=2**28)
    routes = _Routes(endpoint)
    app.router.add_post("/v1/files", routes.upload)
    app.router.add_get("/v1/files/{id}/content", routes.content)
    app.router.add_post("/v1/batches", routes.begin)
    app.router.add_get("/v1/batches", routes.list)
    app.router.add_get("/v1/batches/{id}", routes.poll)
    app.router.add_post("/v1/chat/completions", routes.answer)
    return app


class _Routes:
    def __init__(self, endpoint: BatchEndpoint) -> None:
        self._endpoint = endpoint

    async def upload(self, request: web.Request) -> web.Response:
        form = await request.post()
        self._endpoint.keys.append(request.headers.get("Authorization"))
        self._endpoint.uploads += 1
        name = f"file-{len(self._endpoint.files) + 1}"
        content: Any = form["file"]
        self._endpoint.files[name] = content.file.read()
        if self._breaks("upload"):
            return _broken()
        told = {"object": "file", "bytes": len(self._endpoint.files[name]), "created_at": 0}
        purpose = {"filename": "requests.jsonl", "purpose": form["purpose"], "status": "processed"}
        return web.json_response({"id": name, **told, **purpose})

    async def content(self, request: web.Request) -> web.Response:
        if self._breaks("content"):
            return _broken()
        return web.Response(body=self._endpoint.files[request.match_info["id"]])

    async def begin(self, request: web.Request) -> web.Response:
        body = await request.json()
        name = f"batch_{len(self._endpoint.batches) + 1}"
        count = len(self._endpoint.files[body["input_file_id"]].splitlines())
        self._endpoint.batches[name] = {
            "id": name,
            "object": "batch",
            "created_at": 0,
            "status": "validating",
            "request_counts": {"total": count, "completed": 0, "failed": 0},
            **body,
        }
        return _broken() if self._breaks("begin") else self._shown(name)

    async def list(self, _: web.Request) -> web.Response:
        found = list(reversed(self._endpoint.batches.values()))
        return web.json_response({"object": "list", "data": found, "has_more": False})

    async def poll(self, request: web.Request) -> web.Response:
        if self._breaks("poll"):
            return _broken()
        self._endpoint.polls += 1
        if request.match_info["id"] not in self._endpoint.batches:
            return web.json_response({"error": {"message": "No such batch"}}, status=404)
        batch = self._endpoint.batches[request.match_info["id"]]
        if self._endpoint.refusal is not None:
            error = {"code": "token_limit_exceeded", "message": self._endpoint.refusal}
            batch.update(status="failed", errors={"object": "list", "data": [error]})
        elif not (self._endpoint.held and batch["status"] == "in_progress"):
            place = STEPS.index(batch["status"])
            batch["status"] = STEPS[min(place + 1, len(STEPS) - 1)]
            if batch["status"] == "completed" and "output_file_id" not in batch:
                self._finish(batch)
        self._endpoint.polled.set()
        return self._shown(batch["id"])

    async def answer(self, request: web.Request) -> web.Response:
        body = await request.json()
        self._endpoint.asked_at_once.append(body)
        return web.json_response(_whole(body))

    def _finish(self, batch: dict[str, Any]) -> None:
        lines = self._endpoint.files[batch["input_file_id"]].splitlines()
        results = [result for line in reversed(lines) if (result := _result(json.loads(line)))]
        for place, is_good in (("output_file_id", True), ("error_file_id", False)):
            chosen = [r for r in results if (r["response"] or {}).get("status_code") == 200]
            others = [r for r in results if r not in chosen]
            written = chosen if is_good else others
            if written:
                name = f"file-{len(self._endpoint.files) + 1}"
                text = "\n".join(json.dumps(result, ensure_ascii=False) for result in written)
                self._endpoint.files[name] = text.encode()
                batch[place] = name
                batch["request_counts"]["completed" if is_good else "failed"] = len(written)

    def _shown(self, name: str) -> web.Response:
        return web.json_response(self._endpoint.batches[name])

    def _breaks(self, route: str) -> bool:
        left = self._endpoint.breaks.get(route, 0)
        self._endpoint.breaks[route] = left - 1
        return left > 0


def _result(line: dict[str, Any]) -> dict[str, Any] | None:
    said = line["body"]["messages"][-1]["content"]
    told: dict[str, Any] = {"id": "r", "custom_id": line["custom_id"], "error": None}
    match said.split()[0]:
        case "lose":
            return None
        case "expire":
            error = {"code": "batch_expired", "message": "Not executed in time."}
            return {**told, "response": None, "error": error}
        case "refuse":
            body: dict[str, Any] = {
                "error": {"message": "content policy", "code": "content_filter"}
            }
            return {**told, "response": {"status_code": 400, "request_id": "q", "body": body}}
        case _:
            body = _whole(line["body"])
            return {**told, "response": {"status_code": 200, "request_id": "q", "body": body}}


def _broken() -> web.Response:
    told = {"error": {"message": "broken"}}
    return web.json_response(told, status=500, headers={"x-should-retry": "false"})
