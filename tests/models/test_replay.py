import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from genaiops.errors import CallError, InputError, SpecError
from genaiops.models.replay import (
    RecordingModel,
    ReplayModel,
    messages_digest,
    recorded_models,
    recording_line,
)
from genaiops.records import (
    Completion,
    CompletionRequest,
    Message,
    TokenLogprob,
    ToolCall,
    Usage,
)
from genaiops.specs import catalog

pytestmark = pytest.mark.anyio

ASKED = (Message(role="user", content="Wie spät?"),)
SPEC = catalog.ReplayModel(provider="replay", recording="answers.jsonl", model="real")


def request(case_id: str | None = "a", repeat: int = 0, content: str = "") -> CompletionRequest:
    messages = (Message(role="user", content=content),) if content else ASKED
    return CompletionRequest(messages=messages, case_id=case_id, repeat=repeat)


def replay(folder: Path, *lines: object, name: str = "replayed") -> ReplayModel:
    path = folder / "answers.jsonl"
    written = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("\n".join(written), encoding="utf-8")
    return ReplayModel(name, SPEC, path)


NAMES = st.text(min_size=1, max_size=5)
NUMBERS = st.floats(0, 1e6)
CALLS = st.builds(ToolCall, id=NAMES, name=NAMES, arguments=NAMES)
COMPLETIONS = st.builds(
    Completion,
    text=st.text(),
    finish_reason=st.sampled_from(["stop", "length", "tool_calls", "content_filter"]),
    tool_calls=st.lists(CALLS, max_size=2).map(tuple),
    usage=st.builds(
        Usage,
        input_tokens=st.integers(0, 9),
        output_tokens=st.integers(0, 9),
        cost_usd=st.none() | NUMBERS,
    ),
    latency_s=NUMBERS,
    logprobs=st.lists(st.builds(TokenLogprob, token=NAMES, logprob=st.floats(-9, 0))).map(tuple),
)
REQUESTS = st.builds(
    CompletionRequest,
    messages=st.lists(st.builds(Message, role=st.just("user"), content=st.text())).map(tuple),
    case_id=st.none() | NAMES,
    repeat=st.integers(0, 3),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(asked=REQUESTS, answer=COMPLETIONS)
async def test_what_was_recorded_comes_back_as_it_was(
    tmp_path: Path, asked: CompletionRequest, answer: Completion
) -> None:
    line = recording_line(asked, answer, "real")
    assert "\n" not in line
    assert await replay(tmp_path, line).complete(asked) == answer


async def test_a_line_by_case_alone_answers_whatever_is_asked(tmp_path: Path) -> None:
    line = {"case_id": "a", "model": "real", "text": "Noon.", "latency_s": 2.5}
    model = replay(tmp_path, line, {"case_id": "a", "model": "other", "text": "No."})
    completion = await model.complete(request(content="anything"))
    assert (completion.text, completion.latency_s) == ("Noon.", 2.5)


async def test_a_line_by_messages_alone_answers_any_case(tmp_path: Path) -> None:
    model = replay(tmp_path, {"digest": messages_digest(ASKED), "model": "real", "text": "Noon."})
    assert (await model.complete(request(case_id=None))).text == "Noon."
    assert (await model.complete(request(case_id="b"))).text == "Noon."


async def test_the_line_that_states_most_is_preferred(tmp_path: Path) -> None:
    digest = messages_digest(ASKED)
    lines = [
        {"case_id": "a", "model": "real", "text": "case"},
        {"digest": digest, "model": "real", "text": "digest"},
        {"case_id": "a", "digest": digest, "model": "real", "text": "both"},
    ]
    assert (await replay(tmp_path, *lines).complete(request())).text == "both"
    assert (await replay(tmp_path, *lines[:2]).complete(request())).text == "digest"


async def test_a_repeat_is_an_answer_of_its_own(tmp_path: Path) -> None:
    lines = [{"case_id": "a", "model": "real", "repeat": r, "text": str(r)} for r in (0, 1)]
    model = replay(tmp_path, *lines)
    assert (await model.complete(request(repeat=1))).text == "1"
    with pytest.raises(CallError, match="recorded, but not for repeat 2"):
        await model.complete(request(repeat=2))


async def test_a_listener_gets_the_whole_text_once(tmp_path: Path) -> None:
    pieces: list[str] = []
    model = replay(tmp_path, {"case_id": "a", "model": "real", "text": "It is noon."})
    await model.complete(request(), pieces.append)
    assert pieces == ["It is noon."]


async def test_a_missing_recording_names_case_model_and_file(tmp_path: Path) -> None:
    model = replay(tmp_path, {"case_id": "a", "model": "real", "text": ""})
    words = r"answers\.jsonl holds no answer of model 'real' to case 'b', .*record it"
    with pytest.raises(CallError, match=words) as raised:
        await model.complete(request(case_id="b"))
    assert raised.value.kind == "recording"


async def test_a_prompt_that_changed_is_told_from_a_case_that_is_missing(tmp_path: Path) -> None:
    line = {"case_id": "a", "digest": messages_digest(ASKED), "model": "real", "text": "Noon."}
    with pytest.raises(CallError, match="for other messages: the prompt or its data changed"):
        await replay(tmp_path, line).complete(request(content="And now?"))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "not JSON: EOF while parsing"),
        ("[]", "must be keys with values"),
        ('{"case_id": "c", "model": "real"}', "missing key 'text'"),
        ('{"model": "real", "text": ""}', "needs a case_id, a digest"),
        ('{"case_id": "c", "model": "real", "text": "", "answer": ""}', "unknown key 'answer'"),
        ('{"case_id": "c", "model": "real", "text": "", "latency_s": NaN}', "not JSON"),
        ('{"case_id": "a", "model": "real", "text": "again"}', "the same request as line 1"),
    ],
)
async def test_a_bad_line_is_reported_with_its_place(tmp_path: Path, line: str, words: str) -> None:
    good = {"case_id": "a", "model": "real", "text": ""}
    with pytest.raises(SpecError, match=words) as raised:
        replay(tmp_path, good, "", line)
    assert [(fault.file, fault.line) for fault in raised.value.faults] == [("answers.jsonl", 3)]


async def test_all_bad_lines_are_reported_at_once(tmp_path: Path) -> None:
    with pytest.raises(SpecError) as raised:
        replay(tmp_path, "{", "[]")
    assert len(raised.value.faults) == 2


async def test_a_model_that_is_not_in_the_recording_is_named_with_those_that_are(
    tmp_path: Path,
) -> None:
    with pytest.raises(InputError, match=r"unknown model in answers\.jsonl 'real'.*'reel'"):
        replay(tmp_path, {"case_id": "a", "model": "reel", "text": ""})


async def test_a_recording_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"answers\.jsonl: there is no such recording"):
        ReplayModel("replayed", SPEC, tmp_path / "answers.jsonl")


async def test_a_byte_order_mark_and_foreign_line_ends_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    line = '{"case_id": "a", "model": "real", "text": "Zwölf."}\r\n'
    path.write_bytes(b"\xef\xbb\xbf" + line.encode())
    assert (await ReplayModel("r", SPEC, path).complete(request())).text == "Zwölf."


async def test_identity_follows_the_answers_of_this_model_only(tmp_path: Path) -> None:
    own = {"case_id": "a", "model": "real", "text": "1"}
    more = {"case_id": "b", "model": "real", "text": "2"}
    other = {"case_id": "a", "model": "other", "text": "3"}
    first = replay(tmp_path, own, more).identity
    assert replay(tmp_path, more, other, own).identity == first
    assert replay(tmp_path, own).identity != first


async def test_a_recording_model_writes_what_a_replay_needs(tmp_path: Path) -> None:
    source = replay(tmp_path, {"case_id": "a", "model": "real", "text": "Noon."}, name="real")
    lines: list[str] = []
    recorder = RecordingModel(source, lines.append)
    answer = await recorder.complete(request())
    assert (recorder.name, recorder.identity) == ("real", source.identity)
    assert await replay(tmp_path, *lines).complete(request()) == answer


def test_a_recording_that_is_a_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"answers\.jsonl: cannot be read: Is a directory"):
        recorded_models(tmp_path, "answers.jsonl")


def test_a_recording_of_another_form_is_told_in_twenty_lines(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text('{"model": "m", "txt": "x"}\n' * 400, "utf-8")
    with pytest.raises(SpecError) as caught:
        recorded_models(path, "r.jsonl")
    assert len(caught.value.faults) <= 40
