import json
from pathlib import Path

import pytest

from genaiops.errors import SpecError
from tests.datasets.build import faults, opened

LINE = {"id": "a", "inputs": {"q": "é"}, "expected": {"answer": "x"}, "tags": {"topic": "t"}}


def lines(*values: object) -> str:
    return "\n".join(each if isinstance(each, str) else json.dumps(each) for each in values)


def test_cases_stream_in_file_order_with_their_parts(tmp_path: Path) -> None:
    dataset = opened(tmp_path, lines(LINE, {**LINE, "id": "b"}), "d.jsonl")
    assert [case.id for case in dataset.cases()] == ["a", "b"]
    assert (dataset.count, dataset.clusters, dataset.keys["expected.answer"]) == (2, 2, 2)
    assert dataset.names("inputs") == ("q",)


def test_a_filter_and_a_limit_pick_cases(tmp_path: Path) -> None:
    cases = [{**LINE, "id": f"{i}", "tags": {"n": i % 2}} for i in range(6)]
    dataset = opened(tmp_path, lines(*cases), "d.jsonl")
    assert [case.id for case in dataset.cases({"n": 1}, limit=2)] == ["1", "3"]
    assert [case.id for case in dataset.cases({"n": "1"})] == ["1", "3", "5"]


def test_without_an_id_the_digest_of_the_inputs_serves(tmp_path: Path) -> None:
    dataset = opened(tmp_path, lines({"inputs": {"q": "x"}}), "d.jsonl")
    assert [len(case.id) for case in dataset.cases()] == [12]


def test_the_id_of_a_row_is_that_of_the_same_inputs_in_json(tmp_path: Path) -> None:
    row = opened(tmp_path, "q,answer\nx,a\n").cases()
    line = opened(tmp_path, lines({"inputs": {"q": "x"}}), "d.jsonl").cases()
    assert [case.id for case in row] == [case.id for case in line]


def test_a_byte_order_mark_and_crlf_are_read(tmp_path: Path) -> None:
    data = b"\xef\xbb\xbf" + json.dumps(LINE).encode() + b"\r\n\r\n"
    assert opened(tmp_path, data, "d.jsonl").count == 1


def test_faults_are_gathered_with_their_lines(tmp_path: Path) -> None:
    text = lines(LINE, "{not json", LINE, {"id": "c"}, {**LINE, "id": "d", "inptus": {}}, "[1]")
    told = faults(tmp_path, text, "d.jsonl")
    assert told[0].startswith("d.jsonl:2:1: not JSON at column 2")
    assert told[1] == "d.jsonl:3:1: the case id 'a' stands twice (first on line 1)"
    assert told[2] == "d.jsonl:4:1: no key is an input, such as `question`"
    assert told[3].startswith("d.jsonl:5:1: unknown key 'inptus'; did you mean 'inputs'?")
    assert told[4] == "d.jsonl:6:1: a case is an object with keys, not a list"


def test_what_a_file_holds_is_told(tmp_path: Path) -> None:
    assert opened(tmp_path, "q,answer\nx,a\n").contents == "d.csv has the columns q, answer"
    wide = ",".join(f"c{n}" for n in range(14))
    assert opened(tmp_path, f"{wide}\n{wide}\n").contents.endswith("c10, c11 and 2 more")
    assert opened(tmp_path, lines(LINE), "d.jsonl").contents == (
        "d.jsonl has cases with inputs.q, expected.answer, tags.topic"
    )


@pytest.mark.parametrize(
    ("content", "name", "hint"),
    [
        (
            "q,answer\nx,a\n",
            "answer",
            (
                ": the column 'answer' is taken as the expected answer; call it 'inputs.answer' to "
                "make it an input"
            ),
        ),
        ("q,expected.level\nx,a\n", "level", ": 'level' is an expected value"),
        ("qestion,answer\nx,a\n", "question", "; did you mean 'qestion'? (known: qestion)"),
    ],
)
def test_an_input_that_is_not_there_is_told_with_what_is(
    tmp_path: Path, content: str, name: str, hint: str
) -> None:
    assert opened(tmp_path, content).hint_at_input(name) == hint


def test_a_file_that_changed_since_is_told(tmp_path: Path) -> None:
    dataset = opened(tmp_path, "q,answer\nx,a\n")
    (tmp_path / "d.csv").write_text("q,answer\nx\n", "utf-8")
    with pytest.raises(SpecError, match=r"d\.csv:2:1: cells in this row: 1"):
        list(dataset.cases())
    (tmp_path / "d.csv").unlink()
    with pytest.raises(SpecError, match=r"d\.csv: can no longer be read"):
        list(dataset.cases())
