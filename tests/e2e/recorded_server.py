"""An OpenAI-compatible server on loopback that gives again what a model once answered."""

import asyncio
import json
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aiohttp import web


@contextmanager
def replaying(recording: Path) -> Iterator[str]:
    """Serve the answers of a JSONL file, by the messages that were asked; gives the base URL."""
    lines = [json.loads(line) for line in recording.read_text("utf-8").splitlines()]
    answers = {json.dumps(line["messages"]): line for line in lines}
    started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event, int]] = Future()
    thread = threading.Thread(target=lambda: asyncio.run(_serve(answers, started)))
    thread.start()
    loop, stop, port = started.result(timeout=10)
    try:
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(timeout=10)


async def _serve(answers: dict[str, dict[str, Any]], started: Future[Any]) -> None:
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
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    stop = asyncio.Event()
    addresses: Any = runner.addresses
    started.set_result((asyncio.get_running_loop(), stop, addresses[0][1]))
    await stop.wait()
    await runner.cleanup()
