import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.datasets.build import faults, opened, warnings

NO_LIST = "a .json file holds a list of objects; with one object a line, call it .jsonl"
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=2),
    max_leaves=4,
)


@given(st.lists(VALUES, min_size=1, max_size=4), st.sampled_from([None, 2]))
def test_a_list_of_objects_is_read_back(values: list[object], indent: int | None) -> None:
    text = json.dumps([{"q": value} for value in values], indent=indent)
    with tempfile.TemporaryDirectory() as folder:
        cases = list(opened(Path(folder), text, "d.json").cases())
    assert [case.inputs["q"] for case in cases] == values


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[]", ": the dataset is empty: no line holds a case"),
        (
            " ",
            f":1:1: {NO_LIST}",
        ),
        (
            '{"q": 1}\n{"q": 2}',
            f":1:1: {NO_LIST}",
        ),
        ('[{"q": 1},\n\n  7]', ":3:3: a case is an object with keys, not 7"),
        ('[{"q": 1}\n {"q": 2}]', ":2:2: not JSON: Expecting ',' delimiter"),
        ('[{"q": 1}] x', ":1:11: not JSON: Extra data"),
        ('[\n{"q": nope}]', ":2:7: not JSON: Expecting value"),
        ('[{"q": 1}', ":1:10: not JSON: Expecting ',' delimiter"),
        ('[{"q": NaN}]', ":1:2: NaN is no JSON number"),
        (f"[{'[' * 9999}", ":1:2: nested too deep"),
    ],
)
def test_what_is_no_list_of_cases_is_told_with_its_place(
    tmp_path: Path, text: str, told: str
) -> None:
    assert faults(tmp_path, text, "d.json") == [f"d.json{told}"]


def test_a_name_that_changes_is_noted_once(tmp_path: Path) -> None:
    assert warnings(tmp_path, '[{"a b": 1},\n{"a b": 2}]', "d.json") == [
        "d.json:1:2: warning: the key 'a b' is the input 'a_b'"
    ]


def test_bytes_that_are_not_utf8_are_told_with_their_line(tmp_path: Path) -> None:
    assert faults(tmp_path, b'[\n{"q": "\xe9"}]', "d.json") == [
        "d.json:2:1: not UTF-8 (byte 0xe9); save the file as UTF-8"
    ]
    assert faults(tmp_path, '[{"q": 1}]'.encode("utf-16"), "d.json") == [
        "d.json: is UTF-16, and JSON is read as UTF-8; save the file as UTF-8"
    ]
