"""Keys of calls that share JSON with their neighbors are the digests that they would be alone."""

from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from genaiops.digests import digest
from genaiops.flow.call_key import CallKeys
from genaiops.records import CompletionRequest, Message, Parameters, Tool, ToolCall
from tests.fakes import ScriptedModel

MODELS = (ScriptedModel(), ScriptedModel(name="other"))
MODELS[1].decided_by = frozenset({"messages", "passages", "case_id"})
CALL = ToolCall(id="c", name="t", arguments="{}")
TEXTS = st.text(st.characters(), max_size=8) | st.sampled_from(['"messages":[]', "\ud800", "\n"])
MESSAGES = st.builds(
    Message,
    role=st.sampled_from(["system", "user", "assistant", "tool"]),
    content=TEXTS.filter(lambda text: "\ud800" not in text),
    tool_calls=st.sampled_from([(), (CALL,)]),
    tool_call_id=st.none() | st.just("c"),
)
SHARED = (Parameters(), Parameters(temperature=0.5, stop=("x",)), Parameters(seed=1))
REQUESTS = st.builds(
    CompletionRequest,
    messages=st.lists(MESSAGES, max_size=3).map(tuple),
    parameters=st.sampled_from(SHARED) | st.builds(Parameters, max_tokens=st.integers(1, 3)),
    tools=st.sampled_from([(), (Tool(name="t", description="", parameters={}),)]),
    response_schema=st.sampled_from([None, {"minimum": 1}, {"minimum": 1.0}]),
    top_logprobs=st.integers(0, 2),
    repeat=st.integers(0, 2),
    attempt=st.integers(0, 1),
    case_id=st.none() | st.text(max_size=2),
)


def told(model: ScriptedModel, request: CompletionRequest) -> JsonValue:
    decisive = request.model_dump(mode="json", include=set(model.decided_by))
    if request.attempt and "repeat" in model.decided_by:
        decisive["attempt"] = request.attempt
    return {"model": model.identity, "request": decisive}


@given(st.lists(st.tuples(st.sampled_from(MODELS), REQUESTS), max_size=6))
def test_a_key_is_the_digest_of_model_and_request_whatever_was_asked_before(
    asked: list[tuple[ScriptedModel, CompletionRequest]],
) -> None:
    keys = CallKeys()
    for model, request in asked:
        assert keys.key(model, request) == digest(told(model, request))


def test_what_calls_have_in_common_is_kept_of_a_few_only() -> None:
    keys, model = CallKeys(), MODELS[0]
    requests = [
        CompletionRequest(messages=(), parameters=Parameters(seed=seed)) for seed in range(200)
    ]
    assert len({keys.key(model, request) for request in requests * 2}) == 200
