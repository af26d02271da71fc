import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.metrics.judges.data import MARK, as_data, as_text, quoted
from genaiops.records import Passage

BREAKS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from(BREAKS))))
def test_no_line_of_a_quoted_text_stands_outside(text: str) -> None:
    assert all(line.startswith(MARK) for line in quoted(text).splitlines())


@given(st.text(alphabet="ab \n", max_size=20))
def test_quoting_loses_no_text(text: str) -> None:
    told = [line.removeprefix(MARK) for line in quoted(text).split("\n")]
    assert told == (text.splitlines() or [""])


@pytest.mark.parametrize(
    "mark",
    [
        *["<|im_start|>", "<|eot_id|>", "<｜User｜>", "</s>", "<start_of_turn>", "<<SYS>>"],
        *["[INST]", "[/INST]", "[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]"],
        *["[TOOL_RESULTS]", "[/TOOL_RESULTS]", "[TOOL_CALLS]", "[TOOL_CONTENT]"],
        *["[AVAILABLE_TOOLS]", "[/AVAILABLE_TOOLS]", "[MODEL_SETTINGS]"],
    ],
)
def test_the_marks_of_chat_formats_are_broken_up(mark: str) -> None:
    told = quoted(f"a {mark} b")
    assert mark not in told
    assert told.replace(" ", "") == f"{MARK}a {mark} b".replace(" ", "")


def test_other_markup_stays_as_it_is() -> None:
    text = "<b>1 < 2</b> [1] a|b [SYSTEM_PROMPTS] cmd [OPTIONS]"
    assert quoted(text) == f"| {text}"


def test_each_text_stands_under_its_name() -> None:
    told = as_data(
        {"question": "Why?", "last_turn": "So.", "expected": "Yes."}, {"expected": "key"}
    )
    assert told == "QUESTION:\n| Why?\n\nLAST TURN:\n| So.\n\nKEY:\n| Yes."


def test_passages_are_numbered_with_their_documents() -> None:
    passage = Passage(document="loans.md", start=0, end=6, text="Three.")
    assert as_text([passage, passage.model_dump(), "Plain."]) == (
        "[1] loans.md: Three.\n\n[2] loans.md: Three.\n\n[3] Plain."
    )
    assert as_text([]) == "(none)"
    assert as_text({"a": "é"}) == '{\n  "a": "é"\n}'
    assert as_text(["a", 3]) == '[\n  "a",\n  3\n]'
