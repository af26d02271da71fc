import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from genaiops.errors import CallError, FailureKind, InputError
from genaiops.models.openai import OpenAIModel
from genaiops.protocols import Allowance
from genaiops.records import (
    CompletionRequest,
    Message,
    Parameters,
    TokenLogprob,
    Tool,
    ToolCall,
    Usage,
)
from genaiops.specs import catalog
from tests.endpoint import KEY, FakeEndpoint

pytestmark = pytest.mark.anyio

HELLO = CompletionRequest(messages=(Message(role="user", content="good morning"),))
PRICE = catalog.Price(input_usd_per_mtok=1.0, output_usd_per_mtok=10.0)
METER = Tool(name="read_meter", description="Read it", parameters={"type": "object"})


def spec(base_url: str, **fields: object) -> catalog.OpenAIModel:
    return catalog.OpenAIModel.model_validate(
        {"provider": "openai", "model": "fake-1", "base_url": base_url} | fields
    )


@asynccontextmanager
async def opened(
    base_url: str, api_key: str | None = KEY, **fields: object
) -> AsyncIterator[OpenAIModel]:
    model = OpenAIModel("fake", spec(base_url, **fields), api_key=api_key, environment={})
    try:
        yield model
    finally:
        await model.aclose()


async def test_it_answers_with_usage_and_cost(endpoint: FakeEndpoint) -> None:
    async with opened(endpoint.url(), price=PRICE) as model:
        completion = await model.complete(HELLO)
    assert completion.text == "You said: good morning"
    assert completion.finish_reason == "stop"
    assert completion.usage == Usage(input_tokens=2, output_tokens=4, cost_usd=42e-6)
    assert completion.latency_s > 0
    assert endpoint.last.body == {
        "model": "fake-1",
        "messages": [{"role": "user", "content": "good morning"}],
    }
    assert endpoint.last.headers["Authorization"] == f"Bearer {KEY}"


async def test_without_a_price_the_cost_is_unknown(endpoint: FakeEndpoint) -> None:
    async with opened(endpoint.url()) as model:
        assert (await model.complete(HELLO)).usage.cost_usd is None


async def test_streamed_pieces_join_to_the_same_answer(endpoint: FakeEndpoint) -> None:
    pieces: list[str] = []
    async with opened(endpoint.url(), price=PRICE) as model:
        streamed = await model.complete(HELLO, pieces.append)
        whole = await model.complete(HELLO)
    assert len(pieces) > 1
    assert "".join(pieces) == streamed.text
    assert streamed.model_copy(update={"latency_s": whole.latency_s}) == whole


@pytest.mark.parametrize("is_streamed", [False, True], ids=["whole", "streamed"])
async def test_tools_are_offered_and_their_calls_come_back(
    endpoint: FakeEndpoint, *, is_streamed: bool
) -> None:
    request = HELLO.model_copy(update={"tools": (METER,)})
    async with opened(endpoint.url()) as model:
        completion = await model.complete(request, str if is_streamed else None)
    call = ToolCall(id="call_1", name="read_meter", arguments='{"query": "good morning"}')
    assert completion.tool_calls == (call,)
    assert completion.finish_reason == "tool_calls"
    assert completion.text == ""


async def test_a_tool_answer_goes_back_with_the_call_it_answers(endpoint: FakeEndpoint) -> None:
    call = ToolCall(id="call_1", name="read_meter", arguments="{}")
    request = CompletionRequest(
        messages=(
            *HELLO.messages,
            Message(role="assistant", content="", tool_calls=(call,)),
            Message(role="tool", content="42", tool_call_id="call_1"),
        ),
        tools=(METER,),
    )
    async with opened(endpoint.url()) as model:
        assert (await model.complete(request)).text == "The tool says 42."
    asked = endpoint.last.body["messages"]
    assert asked[1]["content"] is None
    assert asked[1]["tool_calls"][0]["function"] == {"name": "read_meter", "arguments": "{}"}
    assert asked[2]["tool_call_id"] == "call_1"


async def test_a_response_schema_is_asked_for_strictly(endpoint: FakeEndpoint) -> None:
    schema = {"type": "object", "properties": {"answer": {"type": "string"}}}
    request = HELLO.model_copy(update={"response_schema": schema})
    async with opened(endpoint.url()) as model:
        completion = await model.complete(request)
    assert json.loads(completion.text) == {"answer": "good morning"}
    asked = endpoint.last.body["response_format"]
    assert asked == {
        "type": "json_schema",
        "json_schema": {"name": "answer", "strict": True, "schema": schema},
    }


async def test_log_probabilities_come_with_their_rivals(endpoint: FakeEndpoint) -> None:
    async with opened(endpoint.url()) as model:
        completion = await model.complete(HELLO.model_copy(update={"top_logprobs": 2}))
    assert endpoint.last.body["top_logprobs"] == 2
    first = TokenLogprob(token="You", logprob=-0.5, top=(("You", -0.5), ("?", -2.0)))
    assert completion.logprobs[0] == first


async def test_parameters_of_the_request_come_before_those_of_the_catalog(
    endpoint: FakeEndpoint,
) -> None:
    given = Parameters(temperature=0.0, seed=7, stop=("END",))
    request = HELLO.model_copy(update={"parameters": given, "repeat": 2})
    async with opened(endpoint.url(), parameters={"temperature": 1.0, "max_tokens": 9}) as model:
        await model.complete(request)
    sent = {key: endpoint.last.body.get(key) for key in ("temperature", "max_tokens", "stop")}
    assert sent == {"temperature": 0.0, "max_tokens": 9, "stop": ["END"]}
    assert endpoint.last.body["seed"] == 9


async def test_a_server_that_ends_its_connection_after_a_stream_can_be_asked_again(
    endpoint: FakeEndpoint,
) -> None:
    async with opened(endpoint.url("hanging_up")) as model:
        for on_text in (None, str, None, str, str):
            assert (await model.complete(HELLO, on_text)).text == "You said: good morning"


async def test_azure_is_asked_in_its_own_form(endpoint: FakeEndpoint) -> None:
    async with opened(endpoint.url("guarded"), api_version="2025-01-01", model="my/dep") as model:
        assert (await model.complete(HELLO)).text == "You said: good morning"
    assert endpoint.last.path == "/guarded/openai/deployments/my/dep/chat/completions"
    assert endpoint.last.query == "api-version=2025-01-01"
    assert endpoint.last.headers["api-key"] == KEY
    assert "model" not in endpoint.last.body


async def test_nothing_is_sent_to_a_proxy_that_no_proxy_exempts(endpoint: FakeEndpoint) -> None:
    environment = {"http_proxy": "http://127.0.0.1:9", "no_proxy": "127.0.0.1"}
    model = OpenAIModel("fake", spec(endpoint.url()), api_key=None, environment=environment)
    assert (await model.complete(HELLO)).text == "You said: good morning"
    await model.aclose()
    assert "Authorization" not in endpoint.last.headers


async def test_a_proxy_of_the_environment_is_asked(endpoint: FakeEndpoint) -> None:
    proxy = endpoint.url().removesuffix("/v1").replace("http://", "http://user:word@")
    environment = {"HTTP_PROXY": proxy}
    there = spec("http://nowhere.example/v1")
    model = OpenAIModel("fake", there, api_key=KEY, environment=environment)
    assert (await model.complete(HELLO)).text == "You said: good morning"
    await model.aclose()
    assert endpoint.last.headers["Host"] == "nowhere.example"
    assert endpoint.last.headers["Proxy-Authorization"].startswith("Basic ")


BOTH = ("whole", "streamed")
FAULTS: list[tuple[str, FailureKind, str, tuple[str, ...]]] = [
    ("rate_limit", "rate_limit", "status 429: .*Rate limit reached", BOTH),
    ("no_credit", "budget", "insufficient_quota: .*exceeded", BOTH),
    ("forbidden", "auth", "status 403: .*not for you; check the key", BOTH),
    ("no_model", "malformed", "status 404: model_not_found.*check model and base_url", BOTH),
    ("bad_request", "malformed", "status 400: .*temperature must be below 2", BOTH),
    ("too_long", "context_window", "shorten the prompt", BOTH),
    ("filtered", "content_filter", "the provider refuses this prompt", BOTH),
    ("broken", "server", "status 500: .*something broke", BOTH),
    ("overloaded", "server", "status 529", BOTH),
    ("gateway", "malformed", "HTML where JSON was expected; check base_url", BOTH),
    ("half_json", "malformed", "no reply of the protocol: Invalid JSON", ("whole",)),
    ("half_json", "malformed", "no event in what should be a stream", ("streamed",)),
    ("no_choices", "malformed", "choices: .*at least 1 item", ("whole",)),
    ("wrong_type", "malformed", "choices: Input should be", ("whole",)),
    ("error_200", "server", "an error in its reply: upstream failed", ("whole",)),
    ("not_utf8", "malformed", "codec can't decode", ("streamed",)),
    ("broken_event", "malformed", "Invalid JSON", ("streamed",)),
    ("error_event", "rate_limit", "an error in its reply: Rate limit", ("streamed",)),
    ("no_reason", "truncated", "without a reason to finish", ("streamed",)),
    ("cut", "truncated", "the reply was cut off", BOTH),
    ("reset", "connection", "the connection broke before a reply", BOTH),
    ("not_http", "malformed", "no HTTP reply", BOTH),
    ("huge", "malformed", "more than 16 MB", BOTH),
    ("redirect", "malformed", r"127.0.0.1:\d+ redirects to elsewhere.example", BOTH),
]


@pytest.mark.parametrize(
    ("behavior", "kind", "words", "way"),
    [(b, kind, words, way) for b, kind, words, ways in FAULTS for way in ways],
)
async def test_each_fault_has_its_kind_and_says_what_to_do(
    endpoint: FakeEndpoint, behavior: str, kind: FailureKind, words: str, way: str
) -> None:
    async with opened(endpoint.url(behavior)) as model:
        with pytest.raises(CallError, match=words) as raised:
            await model.complete(HELLO, str if way == "streamed" else None)
    assert raised.value.kind == kind
    assert str(raised.value).startswith(f"model 'fake' at 127.0.0.1:{endpoint.port}: ")


@pytest.mark.parametrize(("behavior", "wait_s"), [("rate_limit", 7.0), ("overloaded", 1e9)])
async def test_the_wait_that_is_asked_for_is_passed_on(
    endpoint: FakeEndpoint, behavior: str, wait_s: float
) -> None:
    async with opened(endpoint.url(behavior)) as model:
        with pytest.raises(CallError) as raised:
            await model.complete(HELLO)
    assert raised.value.retry_after_s == wait_s


async def test_limits_are_learned_from_replies_unless_the_entry_states_them(
    endpoint: FakeEndpoint,
) -> None:
    async with opened(endpoint.url("metered"), limits={"requests_per_minute": 7}) as model:
        before = model.allowance
        assert before == Allowance(requests_per_minute=7, is_remote=True)
        await model.complete(HELLO)
        assert model.allowance == replace(before, tokens_per_minute=30_000)
        learned = model.allowance
        await model.complete(HELLO)
        assert model.allowance is learned


@pytest.mark.parametrize("is_streamed", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize(
    ("behavior", "reason"),
    [("length", "length"), ("filter_finish", "content_filter"), ("refusing", "stop")],
)
async def test_an_answer_that_ended_otherwise_is_still_an_answer(
    endpoint: FakeEndpoint, behavior: str, reason: str, *, is_streamed: bool
) -> None:
    async with opened(endpoint.url(behavior), price=PRICE) as model:
        completion = await model.complete(HELLO, str if is_streamed else None)
    assert completion.finish_reason == reason
    assert completion.usage.input_tokens == 3  # nobody reported it: twelve characters
    assert completion.usage.cost_usd is None


@pytest.mark.parametrize(
    ("behavior", "timeouts", "words"),
    [
        ("silent", {"first_byte_s": 0.03}, "nothing came for 0.03 s; raise timeouts"),
        ("dripping", {"first_byte_s": 0.03}, "nothing came for 0.03 s"),
        ("silent", {"total_s": 0.03}, "no whole reply within 0.03 s"),
    ],
)
async def test_waiting_ends(
    endpoint: FakeEndpoint, behavior: str, timeouts: dict[str, float], words: str
) -> None:
    async with opened(endpoint.url(behavior), timeouts=timeouts) as model:
        with pytest.raises(CallError, match=words) as raised:
            await model.complete(HELLO, str)
    assert raised.value.kind == "timeout"


async def test_a_server_that_is_not_there_is_a_connection_failure() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    async with opened(f"http://127.0.0.1:{port}/v1") as model:
        with pytest.raises(CallError, match=r"no connection .*check that the server") as raised:
            await model.complete(HELLO)
    assert raised.value.kind == "connection"


async def test_a_key_that_the_provider_echoes_is_not_shown(endpoint: FakeEndpoint) -> None:
    key = "sk-wrong-0123456789"
    async with opened(endpoint.url("guarded"), api_key=key) as model:
        with pytest.raises(CallError, match="Incorrect API key") as raised:
            await model.complete(HELLO)
        assert key not in repr(model)
    assert raised.value.kind == "auth"
    assert key not in str(raised.value)


async def test_what_a_listener_raises_is_its_own_affair(endpoint: FakeEndpoint) -> None:
    def closed(_: str) -> None:
        raise BrokenPipeError

    async with opened(endpoint.url()) as model:
        with pytest.raises(BrokenPipeError):
            await model.complete(HELLO, closed)


def test_identity_covers_place_and_defaults_and_no_secret() -> None:
    def identity(key: str | None = None, **fields: object) -> str:
        there = spec("https://a.example/v1", **fields)
        return OpenAIModel("fake", there, api_key=key, environment={}).identity

    assert identity() == identity(key="sk-another") == identity(price=PRICE)
    changes = [{"model": "b"}, {"api_version": "1"}, {"parameters": {"seed": 1}}]
    assert len({identity(), *(identity(**change) for change in changes)}) == 4


@pytest.mark.parametrize(
    "address",
    ["ftp://a.example", "a.example/v1", "https://", "https://user:word@a.example", "http://[::1"],
)
def test_an_address_that_cannot_be_asked_is_refused_without_showing_a_password(
    address: str,
) -> None:
    with pytest.raises(InputError, match="base_url") as raised:
        OpenAIModel("fake", spec(address), api_key=None, environment={})
    assert "word" not in str(raised.value)


def test_a_key_with_a_line_break_is_refused() -> None:
    with pytest.raises(InputError, match="line break"):
        OpenAIModel("f", spec("https://a.example"), api_key="sk-a\nb", environment={})


def test_a_file_of_authorities_that_is_not_there_is_refused() -> None:
    environment = {"REQUESTS_CA_BUNDLE": "/no/such/file.pem"}
    with pytest.raises(InputError, match=r"names '/no/such/file\.pem'"):
        OpenAIModel("f", spec("https://a.example"), api_key=None, environment=environment)
