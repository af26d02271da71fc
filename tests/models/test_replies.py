import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.models.replies import StreamedReply, read_completion, read_embeddings
from genaiops.records import CompletionRequest, Message, ToolCall, Usage

ASKED = CompletionRequest(messages=(Message(role="user", content="four"),))


def whole(message: dict[str, object], **fields: object) -> bytes:
    return json.dumps({"choices": [{"message": message} | fields]}).encode()


def delta(**fields: object) -> str:
    return json.dumps({"choices": [{"delta": fields}]})


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ({"content": "Yes."}, "Yes."),
        ({"content": None, "refusal": "I will not."}, "I will not."),
        ({"content": [{"type": "text", "text": "Y"}, {"type": "text", "text": "es."}]}, "Yes."),
        ({"content": None}, ""),
    ],
)
def test_the_text_is_found_in_every_form(message: dict[str, object], text: str) -> None:
    assert read_completion(whole(message), ASKED, None).text == text


@pytest.mark.parametrize(
    ("reason", "ours"),
    [("stop", "stop"), (None, "stop"), ("eos", "stop"), ("max_tokens", "length")],
)
def test_reasons_of_other_servers_become_ours(reason: str | None, ours: str) -> None:
    body = whole({"content": "x"}, finish_reason=reason)
    assert read_completion(body, ASKED, None).finish_reason == ours


def test_a_server_that_says_stop_where_it_calls_a_tool_is_corrected() -> None:
    call = {"function": {"name": "f", "arguments": "{}"}}
    completion = read_completion(
        whole({"content": None, "tool_calls": [call]}, finish_reason="stop"), ASKED, None
    )
    assert completion.finish_reason == "tool_calls"
    assert completion.tool_calls == (ToolCall(id="call_0", name="f", arguments="{}"),)


def test_tokens_that_nobody_reported_are_estimated_at_an_unknown_cost() -> None:
    usage = read_completion(whole({"content": "eight ch"}), ASKED, None).usage
    assert usage == Usage(input_tokens=1, output_tokens=2, cost_usd=None)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"choices": []}',
        b'{"choices": [{"message": {"content": 7}}]}',
        b'{"choices": [{"message": {"content": ""}, "logprobs": {"content": [{"logprob": NaN}]}}]}',
    ],
)
def test_what_is_not_the_protocol_is_a_value_error(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read_completion(body, ASKED, None)


def test_two_tool_calls_grow_side_by_side() -> None:
    reply = StreamedReply()
    reply.add(delta(tool_calls=[{"index": 0, "id": "a", "function": {"name": "f"}}]))
    reply.add(delta(tool_calls=[{"index": 1, "id": "b", "function": {"name": "g"}}]))
    reply.add(delta(tool_calls=[{"index": 1, "function": {"arguments": "{}"}}]))
    reply.add(delta(tool_calls=[{"index": 0, "function": {"arguments": '{"x"'}}]))
    reply.add(delta(tool_calls=[{"index": 0, "function": {"arguments": ": 1}"}}]))
    assert reply.completion(ASKED, None).tool_calls == (
        ToolCall(id="a", name="f", arguments='{"x": 1}'),
        ToolCall(id="b", name="g", arguments="{}"),
    )


@given(st.lists(st.text(max_size=4), max_size=6))
def test_a_streamed_reply_is_complete_only_with_a_reason(pieces: list[str]) -> None:
    reply = StreamedReply()
    shown = "".join(reply.add(delta(content=piece)) for piece in pieces)
    assert not reply.is_complete
    reply.add('{"choices": [{"delta": {}, "finish_reason": "stop"}]}')
    reply.add("[DONE]")
    assert reply.is_complete
    assert reply.completion(ASKED, None).text == shown == "".join(pieces)


def test_embeddings_come_back_in_the_order_of_their_index() -> None:
    data = [{"index": 1, "embedding": [2.0]}, {"index": 0, "embedding": [1.0]}]
    assert read_embeddings(json.dumps({"data": data}).encode()) == ((1.0,), (2.0,))
