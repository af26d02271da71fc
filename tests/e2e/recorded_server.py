"""An OpenAI-compatible server on loopback that gives again what a model once answered."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.serving import served


@contextmanager
def replaying(recording: Path) -> Iterator[str]:
    """Serve the answers of a JSONL file, by the messages that were asked; gives the base URL."""
    lines = [json.loads(line) for line in recording.read_text("utf-8").splitlines()]
    answers = {json.dumps(line["messages"]): line for line in lines}
    with served(lambda: _app(answers)) as port:
        yield f"http://127.0.0.1:{port}/v1"


def _app(answers: dict[str, dict[str, Any]]) -> web.Application:
    async def answer(request: web.Request) -> web.Response:
        body = await request.json()
        asked = [{"role": m["role"], "content": m["content"]} for m in body["messages"]]
        line = answers.get(json.dumps(asked))
        if line is None:
            return web.json_response({"error": {"message": "not recorded"}}, status=404)
        message = {"role": "assistant", "content": line["text"]}
        usage = {"prompt_tokens": line["input_tokens"], "completion_tokens": line["output_tokens"]}
        choice = {"index": 0, "message": message, "finish_reason": line["finish_reason"]}
        return web.json_response({"model": body["model"], "choices": [choice], "usage": usage})

    app = web.Application()
    app.router.add_post("/v1/chat/completions", answer)
    return app
