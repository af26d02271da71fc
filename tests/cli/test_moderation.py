import json

import pytest
from aiohttp import web

from tests.cli.library import CATALOG, EVAL
from tests.cli.terminal import Terminal
from tests.serving import served


def endpoint_that_counts(asked: list[str]) -> web.Application:
    """Judges an answer by its length."""

    async def judge(request: web.Request) -> web.StreamResponse:
        text = (await request.json())["input"]
        asked.append(text)
        result = {"flagged": False, "categories": {}, "category_scores": {"hate": len(text) / 1000}}
        return web.json_response({"id": "m", "model": "omni", "results": [result]})

    app = web.Application()
    app.router.add_post("/v1/moderations", judge)
    return app


@pytest.mark.slow
def test_moderation_is_a_model_of_the_catalog_whose_calls_are_recorded(library: Terminal) -> None:
    asked: list[str] = []
    with served(lambda: endpoint_that_counts(asked)) as port:
        entry = (
            f'  guard: {{provider: openai_moderation, base_url: "http://127.0.0.1:{port}/v1"}}\n'
        )
        catalog = "\n".join(line.removeprefix("    ") for line in CATALOG.split("\n"))
        text = catalog.replace("models:\n", f"models:\n{entry}", 1)
        (library.root / "catalog.yaml").write_text(text, "utf-8")
        written = "\n".join(line.removeprefix("    ") for line in EVAL.split("\n"))
        written = written.replace("groundedness, latency]", "{moderation: {model: guard}}]")
        (library.root / "evals/assistant.yaml").write_text(written, "utf-8")
        library.ok("check")
        assert library("eval", "assistant").code == 5
        library.ok("trust", "--yes")
        told = json.loads(library.ok("eval", "assistant", "--json"))
        count = len(asked)
        again = library.ok("eval", "assistant")
    assert told["scored"] == 12
    assert len(asked) == count == len(set(asked))
    assert "  moderation  " in again
    assert "0 calls made" in again
