"""Attributes of spans: what is known is there, what somebody said only where that is kept."""

import json
from datetime import UTC, datetime

from genaiops.flow.watching import SeenCall, SeenRetrieval
from genaiops.records import (
    Completion,
    CompletionRequest,
    Failure,
    FlowRun,
    Message,
    Parameters,
    Passage,
    ToolCall,
    Usage,
)
from genaiops.records.live_runs import LiveRun, without_content
from genaiops.serve.served import KnownModel
from genaiops.serve.spans import run_span, seen_span

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
RUN = FlowRun(flow="say", inputs={"q": "my secret"}, outputs={"answer": "half \ud83d"})
LIVE = LiveRun(
    id="run-1", at=AT, flow="say", digest="d", caller="shop", state="done", seconds=1.5, run=RUN
)
CALL = SeenCall(
    model="ours",
    request=CompletionRequest(
        messages=(
            Message(role="user", content="my secret"),
            Message(
                role="assistant",
                content="",
                tool_calls=(ToolCall(id="1", name="read", arguments="{}"),),
            ),
            Message(role="tool", content="42", tool_call_id="1"),
        ),
        parameters=Parameters(temperature=0.5, stop=("END",)),
    ),
    completion=Completion(
        text="said \ud83d",
        finish_reason="tool_calls",
        usage=Usage(input_tokens=3, output_tokens=2),
        made_again=("server",),
    ),
    began_ns=10,
    ended_ns=30,
)
KNOWN = {"ours": KnownModel("openai", "gpt-4o-mini-2024-07-18")}


def test_a_call_is_named_as_the_provider_names_it() -> None:
    span = seen_span(CALL, KNOWN, keeps_content=False)
    assert (span.name, span.kind, span.began_ns, span.ended_ns) == (
        "chat gpt-4o-mini-2024-07-18", "client", 10, 30,
    )  # fmt: skip
    assert span.attributes == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4o-mini-2024-07-18",
        "gen_ai.request.temperature": 0.5,
        "gen_ai.request.stop_sequences": ("END",),
        "gen_ai.output.type": "text",
        "gen_ai.response.finish_reasons": ("tool_calls",),
        "gen_ai.usage.input_tokens": 3,
        "gen_ai.usage.output_tokens": 2,
        "genaiops.model": "ours",
        "genaiops.calls_made_again": 1,
    }


def test_messages_have_the_form_of_the_conventions_and_can_be_sent() -> None:
    attributes = seen_span(CALL, KNOWN, keeps_content=True).attributes
    told, said = attributes["gen_ai.input.messages"], attributes["gen_ai.output.messages"]
    assert isinstance(told, str)
    assert isinstance(said, str)
    assert said.encode()
    assert json.loads(told) == [
        {"role": "user", "parts": [{"type": "text", "content": "my secret"}]},
        {
            "role": "assistant",
            "parts": [{"type": "tool_call", "id": "1", "name": "read", "arguments": "{}"}],
        },
        {
            "role": "tool",
            "parts": [{"type": "tool_call_response", "id": "1", "response": "42"}],
        },
    ]
    parts = [{"type": "text", "content": "said \ud83d"}]
    assert json.loads(said) == [{"role": "assistant", "parts": parts, "finish_reason": "tool_call"}]


def test_a_call_that_failed_says_how_and_used_nothing() -> None:
    failed = SeenCall(model="gone", request=CALL.request, failure="rate_limit")
    span = seen_span(failed, KNOWN, keeps_content=True)
    assert (span.name, span.error) == ("chat gone", "rate_limit")
    assert span.attributes["error.type"] == "rate_limit"
    assert "gen_ai.usage.input_tokens" not in span.attributes
    assert "gen_ai.output.messages" not in span.attributes


def test_a_retrieval_counts_passages_and_shows_them_where_content_is_kept() -> None:
    passage = Passage(document="a.md", start=3, end=5, text="Hi", score=0.5)
    seen = SeenRetrieval(index="handbook", query="half \ud83d", k=4, passages=(passage,))
    span = seen_span(seen, {}, keeps_content=False)
    assert span.attributes == {
        "gen_ai.operation.name": "retrieval",
        "gen_ai.data_source.id": "handbook",
        "gen_ai.request.top_k": 4.0,
        "genaiops.passages": 1,
    }
    kept = seen_span(seen, {}, keeps_content=True).attributes
    assert kept["gen_ai.retrieval.query.text"] == "half ?"
    assert kept["gen_ai.retrieval.documents"] == '[{"id":"a.md:3-5","score":0.5,"content":"Hi"}]'


def test_a_run_without_content_has_none_and_times_as_they_were() -> None:
    failed = RUN.model_copy(
        update={"outputs": None, "failure": Failure(kind="timeout", message="my secret")}
    )
    bare = run_span(LIVE.model_copy(update={"run": without_content(failed), "state": "failed"}))
    assert "secret" not in str(bare)
    assert (bare.error, bare.attributes["error.type"]) == ("timeout", "timeout")
    assert bare.began_ns == int(AT.timestamp()) * 10**9
    assert bare.ended_ns - bare.began_ns == 1_500_000_000
    kept = run_span(LIVE).attributes
    assert kept["genaiops.inputs"] == '{"q":"my secret"}'
    outputs = kept["genaiops.outputs"]
    assert isinstance(outputs, str)
    assert outputs.encode()
