"""An endpoint on loopback that judges pairs: it likes what is longer, and knows no tie but equals.

Where the question speaks of the morning it likes whatever it was shown first, and on `Silence?`
it says nothing.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiohttp import web

from tests.serving import served

_ANSWERS = re.compile(r"(FIRST|SECOND) ANSWER:\n((?:\| .*\n?)+)")


@contextmanager
def judging() -> Iterator[str]:
    """Run the server; gives its base URL."""
    app = web.Application()
    app.router.add_post("/v1/chat/completions", _answer)
    with served(lambda: app) as port:
        yield f"http://127.0.0.1:{port}/v1"


async def _answer(request: web.Request) -> web.StreamResponse:
    body = await request.json()
    told: str = body["messages"][-1]["content"]
    message = {"role": "assistant", "content": _judged(told)}
    choice: dict[str, Any] = {"index": 0, "message": message, "finish_reason": "stop"}
    usage = {"prompt_tokens": 90, "completion_tokens": 9, "total_tokens": 99}
    return web.json_response({"object": "chat.completion", "choices": [choice], "usage": usage})


def _judged(told: str) -> str:
    if "Silence?" in told:
        return ""
    if "morning" in told:
        return "SCORE: first"
    lengths = {place: len(text) for place, text in _ANSWERS.findall(told)}
    gap = lengths["FIRST"] - lengths["SECOND"]
    return f"The length.\nSCORE: {'first' if gap > 0 else 'second' if gap < 0 else 'tie'}"
