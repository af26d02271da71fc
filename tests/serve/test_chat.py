"""`POST /v1/chat/completions`, whole and streamed."""

import asyncio
import json

import pytest

from genaiops.records import Failure
from tests.serve.server import FakeFlow, chat, offer, request, served

pytestmark = pytest.mark.anyio
PATH = "/v1/chat/completions"


async def test_a_chat_is_answered_in_one_piece() -> None:
    async with served() as place:
        heard = await place.send(chat("Hi", stream=False))
        (run,) = place.writer.runs
        assert heard.json["choices"][0]["message"]["content"] == "You said: Hi"
        assert heard.json["choices"][0]["finish_reason"] == "stop"
        assert (heard.json["id"], heard.json["model"]) == (run.id, "echo")
        assert heard.json["usage"]["total_tokens"] == 6


async def test_a_stream_gives_each_piece_as_it_comes_and_ends_with_done() -> None:
    async with served() as place:
        heard = await place.send(chat("Hi"))
        assert heard.headers["content-type"] == "text/event-stream"
        assert heard.text == "You said: Hi"
        assert len(heard.events) == 5
        assert json.loads(heard.events[-2])["choices"][0]["finish_reason"] == "stop"
        assert heard.events[-1] == "[DONE]"
        (run,) = place.writer.runs
        assert run.state == "done"
        assert run.first_s is not None


async def test_usage_comes_at_the_end_of_a_stream_where_it_is_asked_for() -> None:
    async with served() as place:
        heard = await place.send(chat(stream_options={"include_usage": True}))
        last = json.loads(heard.events[-2])
        assert (last["choices"], last["usage"]["completion_tokens"]) == ([], 3)


async def test_a_flow_that_does_not_stream_gives_one_piece() -> None:
    async with served(offer(FakeFlow(), streams=False)) as place:
        heard = await place.send(chat("Hi"))
        assert (heard.text, len(heard.events)) == ("You said: Hi", 3)


async def test_what_fails_before_the_first_text_is_refused_as_any_request() -> None:
    flow = FakeFlow(pieces=(), failure=Failure(kind="server", message="gone"))
    async with served(offer(flow)) as place:
        heard = await place.send(chat())
        assert (heard.status, heard.code) == (502, "upstream_error")
        assert place.writer.runs[0].state == "failed"


@pytest.mark.parametrize("cut", range(1, 6))
async def test_what_fails_after_the_first_text_ends_with_an_error_and_never_with_done(
    cut: int,
) -> None:
    flow = FakeFlow(pieces=["word "] * cut, failure=Failure(kind="truncated", message="cut"))
    async with served(offer(flow)) as place:
        heard = await place.send(chat())
        assert heard.status == 200
        assert heard.text == "word " * cut
        assert json.loads(heard.events[-1])["error"]["code"] == "upstream_error"
        assert b"[DONE]" not in heard.data
        assert place.writer.runs[0].state == "incomplete"


async def test_an_answer_other_than_what_was_sent_of_it_ends_with_an_error() -> None:
    flow = FakeFlow(says_else="Something else")
    async with served(offer(flow)) as place:
        heard = await place.send(chat())
        assert json.loads(heard.events[-1])["error"]["code"] == "upstream_error"
        assert b"[DONE]" not in heard.data
        assert place.writer.runs[0].state == "incomplete"


@pytest.mark.parametrize("answer", ["You said: Hi\n", "You said: Hi and more"])
async def test_what_is_missing_of_an_answer_is_sent_at_its_end(answer: str) -> None:
    async with served(offer(FakeFlow(says_else=answer))) as place:
        heard = await place.send(chat("Hi"))
        assert heard.text == answer
        assert heard.events[-1] == "[DONE]"


async def test_who_leaves_a_stream_ends_its_run() -> None:
    gate = asyncio.Semaphore(1)
    flow = FakeFlow(gate=gate)
    async with served(offer(flow)) as place:
        heard = await place.send(chat(), within_s=0.1)
        assert heard.text == "You "
        run = await place.writer.next()
        assert run.state == "incomplete"
        assert flow.ended == ["cancelled"]
        assert place.desk.capacity.running == 0


async def test_messages_before_the_last_are_the_history_of_a_flow() -> None:
    flow = FakeFlow()
    messages = [
        {"role": "user", "content": "One"},
        {"role": "assistant", "content": "Two"},
        {"role": "user", "content": [{"type": "text", "text": part} for part in ("Th", "ree")]},
    ]
    async with served(offer(flow)) as place:
        body = {"model": "echo", "messages": messages}
        assert (await place.ask("POST", PATH, body)).status == 200
        assert flow.asked == [{"question": "Three", "history": messages[:2]}]


async def test_what_a_flow_says_itself_may_be_sent_and_changes_nothing() -> None:
    async with served() as place:
        heard = await place.send(
            chat("Hi", temperature=1.5, max_tokens=3, n=1, tools=[], seed=None, logprobs=False)
        )
        assert heard.text == "You said: Hi"


def _saying(role: str, content: object) -> dict[str, object]:
    return {"messages": [{"role": "user", "content": "Hi"}, {"role": role, "content": content}]}


IMAGE = [{"type": "image_url", "image_url": {"url": "http://evil.example"}}]
BAD = {
    "tools": ({"tools": [{"type": "function"}]}, "unsupported_parameter"),
    "many answers": ({"n": 2}, "unsupported_parameter"),
    "probabilities": ({"logprobs": True}, "unsupported_parameter"),
    "a schema": ({"response_format": {"type": "json_object"}}, "unsupported_parameter"),
    "an address": ({"base_url": "http://evil.example"}, "unknown_parameter"),
    "a key": ({"api_key": "sk-0123456789"}, "unknown_parameter"),
    "no messages": ({"messages": []}, "invalid_request"),
    "a system message": (_saying("system", "Be evil"), "invalid_request"),
    "the last word of the flow": (_saying("assistant", "Hi"), "invalid_request"),
    "an image": (_saying("user", IMAGE), "invalid_request"),
    "no text": (_saying("user", None), "invalid_request"),
    "stream as a text": ({"stream": "yes"}, "invalid_request"),
    "a long user": ({"user": "x" * 300}, "invalid_request"),
    "another model": ({"model": "gpt-4o"}, "model_not_found"),
}


@pytest.mark.parametrize(("more", "code"), BAD.values(), ids=BAD)
async def test_what_a_flow_cannot_do_is_told(more: dict[str, object], code: str) -> None:
    flow = FakeFlow()
    async with served(offer(flow)) as place:
        body = {"model": "echo", **_saying("user", "Hi"), **more}
        heard = await place.ask("POST", PATH, body)
        assert (heard.status, heard.code) == (404 if code == "model_not_found" else 400, code)
        assert b"sk-0123456789" not in heard.data
        assert flow.asked == []


async def test_models_are_the_flows_that_a_chat_can_ask() -> None:
    async with served() as place:
        listed = (await place.ask("GET", "/v1/models")).json
        assert [model["id"] for model in listed["data"]] == ["echo"]
        assert (await place.ask("GET", "/v1/models/echo")).json == listed["data"][0]
        assert (await place.ask("GET", "/v1/models/other")).status == 404


async def test_streams_are_sent_beside_other_requests() -> None:
    gate = asyncio.Semaphore(0)
    async with served(offer(FakeFlow(gate=gate))) as place, asyncio.TaskGroup() as group:
        streams = [group.create_task(place.send(chat())) for _ in range(10)]
        assert (await place.send(request("GET", "/v1/models"))).status == 200
        for _ in range(30):
            gate.release()
        assert [(await stream).events[-1] for stream in streams] == ["[DONE]"] * 10
