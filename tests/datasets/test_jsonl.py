import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.datasets import jsonl
from genaiops.datasets.json_case import parse_object
from genaiops.specs.json_text import parse_json
from tests.datasets.build import faults, opened, warnings


def test_whole_and_flat_cases_may_stand_together(tmp_path: Path) -> None:
    text = '{"inputs": {"q": "a"}}\n{"q": "b", "answer": "c"}\n'
    cases = list(opened(tmp_path, text, "d.jsonl").cases())
    assert [case.inputs["q"] for case in cases] == ["a", "b"]
    assert cases[1].expected == {"answer": "c"}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16_is_told_once(tmp_path: Path, encoding: str) -> None:
    (told,) = faults(tmp_path, ('{"q": "a"}\n' * 30).encode(encoding), "d.jsonl")
    assert "UTF-8" in told


def test_a_name_that_changes_is_noted_once(tmp_path: Path) -> None:
    text = '{"a b": 1}\n{"a b": 2}\n'
    assert warnings(tmp_path, text, "d.jsonl") == [
        "d.jsonl:1:1: warning: the key 'a b' is the input 'a_b'"
    ]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b'{"inputs": {"q": NaN}}', "NaN is no JSON number"),
        (b'{"inputs": {"q": -1e999}}', "-1e999 is larger than numbers go"),
        (b'{"q": "\xff"}', "not UTF-8 at byte 8 of the line"),
        (b"[" * 9999, "nested too deep"),
        (b'{"q": "\\ud800"}', "a text holds half of a surrogate pair (\\ud800 to \\udfff)"),
        (b"{not json", "not JSON at column 2: Expecting property name enclosed in double quotes"),
    ],
)
def test_a_line_that_is_no_case_is_told(tmp_path: Path, line: bytes, told: str) -> None:
    assert faults(tmp_path, line, "d.jsonl") == [f"d.jsonl:1:1: {told}"]


def test_a_line_that_is_too_long_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jsonl, "MAX_LINE_BYTES", 20)
    text = f'{{"q": 1}}\n{{"q": "{"x" * 99}"}}\n[]\n'
    assert faults(tmp_path, text, "d.jsonl") == [
        "d.jsonl:2:1: the line has more than 20 bytes",
        "d.jsonl:3:1: a case is an object with keys, not a list",
    ]


@given(st.dictionaries(st.text(), st.text()))
def test_a_written_case_is_read_back(inputs: dict[str, str]) -> None:
    line = json.dumps({"id": "a", "inputs": inputs}, ensure_ascii=False).encode("utf-8", "replace")
    assert parse_object(parse_json(line), 1).inputs == json.loads(line)["inputs"]
