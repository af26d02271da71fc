import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from genaiops.errors import CallError, FailureKind, InputError
from genaiops.records import CompletionRequest, Message, Parameters, Tool, ToolCall, Usage
from genaiops.specs import catalog
from tests.endpoint import KEY, FakeEndpoint

pytest.importorskip("langchain", reason="the extra [langchain] is not installed")
pytest.importorskip("langchain_openai", reason="the extra [langchain] is not installed")

from genaiops.models.langchain import LangchainModel

pytestmark = pytest.mark.anyio

HELLO = CompletionRequest(messages=(Message(role="user", content="good morning"),))
METER = Tool(name="read_meter", description="Read it", parameters={"type": "object"})
SCHEMA = {
    "type": "object",
    "properties": {"answer": {"type": "string"}},
    "required": ["answer"],
    "additionalProperties": False,
}


@asynccontextmanager
async def opened(
    base_url: str, *, api_key: str = KEY, **fields: object
) -> AsyncIterator[LangchainModel]:
    said = {"provider": "langchain", "model": "fake-1", "model_provider": "openai"}
    spec = catalog.LangchainModel.model_validate(
        said | {"arguments": {"base_url": base_url}} | fields
    )
    model = LangchainModel("bridged", spec, api_key=api_key)
    try:
        yield model
    finally:
        await model.aclose()


@pytest.mark.parametrize("is_streamed", [False, True], ids=["whole", "streamed"])
async def test_it_answers_with_usage_and_cost(endpoint: FakeEndpoint, *, is_streamed: bool) -> None:
    pieces: list[str] = []
    price = {"input_usd_per_mtok": 1.0, "output_usd_per_mtok": 10.0}
    async with opened(endpoint.url("guarded"), price=price) as model:
        completion = await model.complete(HELLO, pieces.append if is_streamed else None)
    assert completion.text == "You said: good morning"
    assert completion.usage == Usage(input_tokens=2, output_tokens=4, cost_usd=42e-6)
    assert completion.finish_reason == "stop"
    assert completion.latency_s > 0
    if is_streamed:
        assert len(pieces) > 1
        assert "".join(pieces) == completion.text


@pytest.mark.parametrize("is_streamed", [False, True], ids=["whole", "streamed"])
async def test_tools_are_bound_and_called(endpoint: FakeEndpoint, *, is_streamed: bool) -> None:
    request = HELLO.model_copy(update={"tools": (METER,)})
    async with opened(endpoint.url()) as model:
        completion = await model.complete(request, str if is_streamed else None)
    (call,) = completion.tool_calls
    assert (call.id, call.name) == ("call_1", "read_meter")
    assert json.loads(call.arguments) == {"query": "good morning"}
    assert completion.finish_reason == "tool_calls"


async def test_a_conversation_with_a_tool_goes_over_whole(endpoint: FakeEndpoint) -> None:
    calls = (
        ToolCall(id="call_1", name="read_meter", arguments='{"id": 7}'),
        ToolCall(id="call_2", name="read_meter", arguments="seven"),
    )
    request = CompletionRequest(
        messages=(
            Message(role="system", content="Be brief."),
            *HELLO.messages,
            Message(role="assistant", content="", tool_calls=calls),
            Message(role="tool", content="42", tool_call_id="call_1"),
        )
    )
    async with opened(endpoint.url()) as model:
        assert (await model.complete(request)).text == "The tool says 42."
    sent = endpoint.last.body["messages"]
    assert [message["role"] for message in sent] == ["system", "user", "assistant", "tool"]
    arguments = [json.loads(call["function"]["arguments"]) for call in sent[2]["tool_calls"]]
    assert arguments == [{"id": 7}, {"not_json": "seven"}]


async def test_a_response_schema_is_asked_for_and_its_text_comes_back(
    endpoint: FakeEndpoint,
) -> None:
    pieces: list[str] = []
    request = HELLO.model_copy(update={"response_schema": SCHEMA})
    async with opened(endpoint.url()) as model:
        completion = await model.complete(request, pieces.append)
    assert json.loads(completion.text) == {"answer": "good morning"}
    assert pieces == [completion.text]
    assert endpoint.last.body["response_format"]["type"] == "json_schema"


async def test_tools_and_a_schema_at_once_are_refused(endpoint: FakeEndpoint) -> None:
    request = HELLO.model_copy(update={"tools": (METER,), "response_schema": SCHEMA})
    async with opened(endpoint.url()) as model:
        with pytest.raises(CallError, match="at once are not possible"):
            await model.complete(request)


async def test_parameters_and_log_probabilities_are_asked_for(endpoint: FakeEndpoint) -> None:
    given = Parameters(temperature=0.0, seed=7, stop=("END",))
    request = HELLO.model_copy(update={"parameters": given, "repeat": 2, "top_logprobs": 2})
    async with opened(endpoint.url(), parameters={"temperature": 1.0, "top_p": 0.5}) as model:
        completion = await model.complete(request)
    sent = endpoint.last.body
    assert (sent["temperature"], sent["top_p"], sent["seed"]) == (0.0, 0.5, 9)
    assert sent["stop"] == ["END"]
    assert completion.logprobs[0].top == (("You", -0.5), ("?", -2.0))


@pytest.mark.parametrize(
    ("behavior", "kind", "words"),
    [
        ("rate_limit", "rate_limit", "status 429.*Rate limit reached"),
        ("forbidden", "auth", "check the key"),
        ("too_long", "context_window", "shorten the prompt"),
        ("broken", "server", "status 500"),
        ("reset", "connection", "Connection error"),
        ("gateway", "malformed", "through langchain"),
    ],
)
async def test_each_fault_has_its_kind(
    endpoint: FakeEndpoint, behavior: str, kind: FailureKind, words: str
) -> None:
    before = len(endpoint.asked)
    async with opened(endpoint.url(behavior)) as model:
        with pytest.raises(CallError, match=words) as raised:
            await model.complete(HELLO)
    assert raised.value.kind == kind
    assert len(endpoint.asked) == before + 1, "langchain tried again by itself"


async def test_a_stream_that_is_cut_is_truncated(endpoint: FakeEndpoint) -> None:
    async with opened(endpoint.url("cut")) as model:
        with pytest.raises(CallError) as raised:
            await model.complete(HELLO, str)
    assert raised.value.kind == "truncated"


async def test_a_listener_that_fails_is_not_blamed_on_the_provider(endpoint: FakeEndpoint) -> None:
    def closed(_: str) -> None:
        raise BrokenPipeError

    async with opened(endpoint.url()) as model:
        with pytest.raises(BrokenPipeError):
            await model.complete(HELLO, closed)


async def test_a_key_that_the_provider_echoes_is_not_shown(endpoint: FakeEndpoint) -> None:
    key = "sk-wrong-0123456789"
    async with opened(endpoint.url("guarded"), api_key=key) as model:
        with pytest.raises(CallError) as raised:
            await model.complete(HELLO)
    assert key not in str(raised.value)


async def test_a_provider_that_langchain_lacks_is_said_at_once() -> None:
    with pytest.raises(InputError, match="model 'bridged' cannot be made by langchain"):
        async with opened("http://127.0.0.1", model_provider="no_such_provider"):
            pass
