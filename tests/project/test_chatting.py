from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from genaiops.datasets import open_dataset
from genaiops.errors import InputError, SpecError
from genaiops.project.chatting import Conversation, Inputs, Turn, add_case, case_of
from genaiops.project.overrides import FlowOverrides
from genaiops.project.wiring import Wiring
from genaiops.records import Case, FlowRun
from tests.project.conftest import Opened

FLOW = """\
    inputs: {%s}
    nodes: {answer: {prompt: ask.md, model: extractive, history: "%s", with: {q: "${inputs.%s}"}}}
    outputs: {answer: "${answer.text}"}
    """


async def inputs_of(
    opened: Opened, inputs: str, history: str, question: str, fixed: Mapping[str, JsonValue]
) -> Inputs:
    flow = FLOW % (inputs, f"${{inputs.{history}}}", question)
    session = opened({"flows/assistant/flow.yaml": flow, "flows/assistant/ask.md": "{{ q }}\n"})
    async with Wiring(session, None) as wiring:
        return await Conversation(wiring, "assistant", fixed).use(FlowOverrides())


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("inputs", "history", "question", "found"),
    [
        ("a: string, question: string, history: messages", "history", "question", True),
        ("talk: {type: messages, default: []}, text: string", "talk", "text", False),
    ],
)
async def test_inputs_are_found_by_name_and_then_by_type(
    opened: Opened, inputs: str, history: str, question: str, *, found: bool
) -> None:
    fixed: dict[str, JsonValue] = {"a": "x"} if "a: string" in inputs else {}
    chosen = await inputs_of(opened, inputs, history, question, fixed)
    assert chosen == Inputs(question, history, needs_history=found)


@pytest.mark.anyio
async def test_an_input_that_nobody_gives_is_told_before_the_first_turn(opened: Opened) -> None:
    written = "question: string, tone: number, history: {type: messages, default: []}"
    with pytest.raises(InputError, match="missing input 'tone'"):
        await inputs_of(opened, written, "history", "question", {})


def case(text: str) -> Case:
    run = FlowRun(flow="f", inputs={})
    return case_of(Turn(text, {"question": text}, run), None)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(st.characters(codec="utf-8")), unique=True, min_size=1, max_size=5))
def test_what_is_kept_is_read_again(tmp_path: Path, texts: list[str]) -> None:
    path = tmp_path / "new" / "kept.jsonl"
    path.unlink(missing_ok=True)
    cases = [case(text) for text in texts]
    assert [add_case(path, "kept.jsonl", each) for each in cases] == [*range(1, len(cases) + 1)]
    assert list(open_dataset(path, "kept.jsonl").cases()) == cases


def test_a_file_with_faults_or_with_the_case_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "kept.jsonl"
    add_case(path, "kept.jsonl", case("a"))
    before = path.read_bytes()
    with pytest.raises(InputError, match="is there already"):
        add_case(path, "kept.jsonl", case("a"))
    assert path.read_bytes() == before
    path.write_bytes(b"{\n")
    with pytest.raises(SpecError, match=r"kept\.jsonl:1"):
        add_case(path, "kept.jsonl", case("a"))
    assert path.read_bytes() == b"{\n"
