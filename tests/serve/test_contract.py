"""Whatever is sent, what comes back is as the OpenAPI document says, and never a fault."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genaiops.project.session import open_session
from genaiops.project.wiring import Wiring
from genaiops.serve.access import Access
from genaiops.serve.answering import answer_by_flow
from genaiops.serve.app import App
from genaiops.serve.capacity import Capacity
from genaiops.serve.exchange import Desk
from genaiops.serve.figures import Figures
from genaiops.serve.gateway.weights import Share, Weights
from genaiops.serve.messages import Events, Request
from genaiops.serve.offering import offered
from genaiops.serve.openapi import document
from genaiops.serve.recording import Recorder
from genaiops.serve.served import ChatInputs, Served, Serving
from tests.project.build import build_project
from tests.serve.server import MemoryWriter, clock
from tests.serve.test_openapi import checker

FLOW = """\
    inputs:
      question: string
      history: {type: messages, default: []}
      given: {type: passages, default: []}
      count: {type: integer, default: 1}
      share: {type: number, default: 0.5}
      is_new: {type: boolean, default: true}
      order: {type: object, default: {}}
      items: {type: list, default: []}
    nodes:
      answer:
        prompt: answer.md
        model: extractive
        history: ${inputs.history}
        with: {question: "${inputs.question}", passages: "${inputs.given}"}
    outputs:
      answer: ${answer.text}
      history: ${inputs.history}
      given: ${inputs.given}
      count: ${inputs.count}
      share: ${inputs.share}
      is_new: ${inputs.is_new}
      order: ${inputs.order}
      items: ${inputs.items}
    """
PASSAGE = {"document": "a", "start": 0, "end": 1, "text": "b", "score": 0.5}
TURNS = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Yes?"}]
INPUTS = {
    "question": "How long?", "history": TURNS, "given": [PASSAGE], "count": 2, "share": 0.1,
    "is_new": False, "order": {"n": 1}, "items": [1],
}  # fmt: skip
CHAT = {
    "model": "assistant",
    "messages": [*TURNS, {"role": "user", "content": [{"type": "text", "text": "?"}]}],
    "stream": False, "stream_options": {"include_usage": True}, "user": "ann", "n": 1, "tools": [],
}  # fmt: skip
OUTCOME = {
    "user": "ann",
    "arm": "stable",
    "metric": "bad",
    "bad": True,
    "at": "2026-11-21T11:00:00Z",
}
BODIES: dict[str, dict[str, Any]] = {
    "/v1/flows/assistant": {"inputs": INPUTS, "user": "ann"},
    "/v1/chat/completions": CHAT,
    "/v1/feedback": {"run": "run-1", "score": 0.5},
    "/v1/rollouts/shop/outcomes": OUTCOME,
}
HUGE = "1e400"
"""Stands for the number, which is JSON and is more than a number can be here."""
OF_THE_STATE = {"run_not_found", "metric_not_watched"}
"""Refusals of a body that the document describes, because of what it names."""

LONG_AGO = "0001-01-01T00:00:00+14:00"
ENDS = "the last message must be the user's"
"""What no JSON schema can say."""

leaves = (
    st.none() | st.booleans() | st.integers() | st.floats(-1e6, 1e6)
    | st.sampled_from([HUGE, "", "user", "tool", "system", "stable", "bad", LONG_AGO])
)  # fmt: skip
keys = st.sampled_from(["question", "role", "content", "user", "bad", "score", "n", "other"])
values = leaves | st.lists(leaves, max_size=2) | st.dictionaries(keys, leaves, max_size=2)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a body, as what holds it and the key there."""
    held = value.items() if isinstance(value, dict) else enumerate(value)
    for key, below in list(held):
        yield value, key
        if isinstance(below, dict | list):
            yield from _places(below)


@st.composite
def changed(draw: st.DrawFn, body: dict[str, Any]) -> dict[str, Any]:
    """A body with something else, something more, or less."""
    body = json.loads(json.dumps(body))
    for _ in range(draw(st.integers(0, 2))):
        holder, key = draw(st.sampled_from([*_places(body)] or [(body, "other")]))
        match draw(st.sampled_from(["other", "more", "less"])):
            case "less":
                holder.pop(key, None) if isinstance(holder, dict) else holder.pop(key)
            case "more" if isinstance(holder, dict):
                holder[draw(keys)] = draw(values)
            case _:
                holder[key] = draw(values)
    return body


asked = st.sampled_from(sorted(BODIES)).flatmap(
    lambda path: st.tuples(st.just(path), changed(BODIES[path]))
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    root = build_project(tmp_path_factory.mktemp("contract"), {"flows/assistant/flow.yaml": FLOW})
    with asyncio.Runner() as runner:
        opened = AsyncExitStack()
        wiring = runner.run(opened.enter_async_context(Wiring(open_session(root), None)))
        flow = runner.run(wiring.flow("assistant"))
        chat = ChatInputs("question", "history")
        weights, notes = Weights(), list[str]()
        share = Share("shop-1", "shop", "external:shop", "salt", "v2", "v1", 0.5, watched=("bad",))
        weights.set(share)
        yield Desk(
            serving=Serving(
                Served({"assistant": offered(flow, digest="d" * 64, chat=chat)}, opened.aclose)
            ),
            capacity=Capacity(8, 8),
            recorder=Recorder(MemoryWriter, clock, notes.append, keep_content=True, keep_days=30),
            figures=Figures(),
            answering=answer_by_flow,
            clock=clock,
            note=notes.append,
            user_key=b"k" * 32,
            answer_s=5.0,
            weights=weights,
        )
        runner.run(opened.aclose())


@pytest.fixture(scope="module")
def described(desk: Desk) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(json.dumps(document(desk.serving.now, needs_token=False)))
    return made


async def _ask(app: App, path: str, data: bytes) -> tuple[int, bytes]:
    async def read() -> bytes:
        return data

    headers = {"Host": "127.0.0.1", "Content-Type": "application/json"}
    reply = await app(Request("POST", path, headers, read))
    if isinstance(reply, Events):
        return 200, reply.first + b"".join([piece async for piece in reply.pieces])
    return reply.status, reply.body


@settings(max_examples=150, deadline=None, derandomize=True)
@given(case=asked)
def test_an_answer_is_one_that_the_document_describes(
    desk: Desk, described: dict[str, Any], case: tuple[str, dict[str, Any]]
) -> None:
    path, body = case
    app = App(desk, Access((), clock))
    data = json.dumps(body).replace(f'"{HUGE}"', HUGE).encode()
    status, answer = asyncio.run(_ask(app, path, data))
    place = "/v1/rollouts/{name}/outcomes" if path.endswith("/outcomes") else path
    fits = checker(described, place).is_valid(json.loads(data)) and HUGE.encode() not in data
    if status == 200:
        assert fits
        if not answer.startswith(b"data: "):
            assert [*checker(described, place, answer="200").iter_errors(json.loads(answer))] == []
        return
    assert 400 <= status < 500
    error = json.loads(answer)
    assert [*checker(described, place, answer="default").iter_errors(error)] == []
    assert not fits or error["error"]["code"] in OF_THE_STATE or ENDS in error["error"]["message"]
