import json
from collections.abc import Iterator
from typing import Any

import pytest
from aiohttp import web

from genaiops.errors import CallError
from genaiops.metrics.moderation import moderation
from genaiops.models.moderation import ModerationModel
from genaiops.records import CompletionRequest, Message
from genaiops.specs import catalog
from tests.endpoint import KEY
from tests.fakes import ScriptedModel
from tests.serving import served

pytestmark = pytest.mark.anyio

SCORES = {"hate": 0.01, "violence": 0.93, "self-harm/intent": 0.2, "illicit": 0.0}
asked: list[dict[str, Any]] = []


async def _judge(request: web.Request) -> web.StreamResponse:
    body = await request.json()
    asked.append({**body, "key": request.headers["Authorization"]})
    if body["input"] == "too fast":
        return web.json_response({"error": {"message": f"slow down, {KEY}"}}, status=429)
    if body["input"] == "nothing":
        return web.json_response({"id": "m", "model": "omni", "results": []})
    result = {"flagged": True, "categories": {}, "category_scores": SCORES}
    return web.json_response({"id": "m", "model": "omni", "results": [result]})


def _app() -> web.Application:
    app = web.Application()
    app.router.add_post("/v1/moderations", _judge)
    return app


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with served(_app) as port:
        yield f"http://127.0.0.1:{port}/v1"


@pytest.fixture
async def judge(url: str) -> Any:
    spec = catalog.ModerationModel(provider="openai_moderation", base_url=url)
    model = ModerationModel("guard", spec, api_key=KEY)
    asked.clear()
    yield model
    await model.aclose()


def request_of(text: str) -> CompletionRequest:
    return CompletionRequest(messages=(Message(role="user", content=text),))


async def test_the_highest_category_is_the_score_and_the_answer_alone_is_sent(
    judge: ModerationModel,
) -> None:
    score = await moderation("I will hurt you", judge)
    assert score.value == 0.93
    assert score.explanation == "flagged: violence 0.93, self-harm/intent 0.20, hate 0.01"
    assert asked == [
        {"input": "I will hurt you", "model": "omni-moderation-latest", "key": f"Bearer {KEY}"}
    ]


async def test_only_the_categories_that_are_named_count(judge: ModerationModel) -> None:
    assert (await moderation("x", judge, ("hate", "illicit"))).value == 0.01
    score = await moderation("x", judge, ("hatred",))
    assert score.value is None
    assert "'hatred' (known: hate" in (score.reason or "")


async def test_a_refused_call_is_tried_by_nobody_but_us_and_hides_the_key(
    judge: ModerationModel,
) -> None:
    with pytest.raises(CallError) as caught:
        await judge.complete(request_of("too fast"))
    assert caught.value.kind == "rate_limit"
    assert KEY not in str(caught.value)
    assert len(asked) == 1


async def test_a_reply_without_a_judgement_is_malformed(judge: ModerationModel) -> None:
    with pytest.raises(CallError, match="judges nothing") as caught:
        await judge.complete(request_of("nothing"))
    assert caught.value.kind == "malformed"


async def test_a_finished_judgement_is_plain_json_for_the_ledger(judge: ModerationModel) -> None:
    completion = await judge.complete(request_of("x"))
    assert json.loads(completion.text) == {"flagged": True, "scores": SCORES}
    assert completion.usage.cost_usd == 0


@pytest.mark.parametrize("said", ["It is fine.", "[]", '{"flagged": true, "scores": {}}'])
async def test_a_chat_model_in_its_place_gives_no_score(said: str) -> None:
    score = await moderation("x", ScriptedModel([said], name="chat"))
    assert score.value is None
    assert "'chat' is no moderation" in (score.reason or "")
