import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.datasets import open_dataset
from genaiops.datasets.jsonl import parse_case
from genaiops.errors import InputError, SpecError

LINE = {"id": "a", "inputs": {"q": "é"}, "expected": {"answer": "x"}, "tags": {"topic": "t"}}


def write(folder: Path, *lines: object) -> Path:
    path = folder / "d.jsonl"
    path.write_text("\n".join(x if isinstance(x, str) else json.dumps(x) for x in lines), "utf-8")
    return path


def test_cases_stream_in_file_order_with_their_parts(tmp_path: Path) -> None:
    dataset = open_dataset(write(tmp_path, LINE, {**LINE, "id": "b"}), "d.jsonl")
    assert [case.id for case in dataset.cases()] == ["a", "b"]
    assert (dataset.count, dataset.clusters, dataset.keys["expected.answer"]) == (2, 2, 2)


def test_a_filter_and_a_limit_pick_cases(tmp_path: Path) -> None:
    lines = [{**LINE, "id": f"{i}", "tags": {"n": i % 2}} for i in range(6)]
    dataset = open_dataset(write(tmp_path, *lines), "d.jsonl")
    assert [case.id for case in dataset.cases({"n": 1}, limit=2)] == ["1", "3"]


def test_without_an_id_the_digest_of_the_inputs_serves(tmp_path: Path) -> None:
    dataset = open_dataset(write(tmp_path, {"inputs": {"q": "x"}}), "d.jsonl")
    assert [len(case.id) for case in dataset.cases()] == [12]


def test_a_byte_order_mark_and_crlf_are_read(tmp_path: Path) -> None:
    path = tmp_path / "d.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(LINE).encode() + b"\r\n\r\n")
    assert open_dataset(path, "d.jsonl").count == 1


def test_faults_are_gathered_with_their_lines(tmp_path: Path) -> None:
    lines = (LINE, "{not json", LINE, {"id": "c"}, {**LINE, "id": "d", "inptus": {}}, "[1]")
    with pytest.raises(SpecError) as caught:
        open_dataset(write(tmp_path, *lines), "d.jsonl")
    told = str(caught.value).split("\n")
    assert told[0].startswith("d.jsonl:2:1: not JSON at column 2")
    assert told[1] == "d.jsonl:3:1: the case id 'a' stands twice (first on line 1)"
    assert told[2] == "d.jsonl:4:1: missing key 'inputs'"
    assert told[3].startswith("d.jsonl:5:1: unknown key 'inptus'; did you mean 'inputs'?")
    assert told[4].startswith("d.jsonl:6:1: the line:")


@pytest.mark.parametrize("text", ["", "\n\n"])
def test_an_empty_dataset_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "d.jsonl").write_text(text, "utf-8")
    with pytest.raises(SpecError, match=r"d\.jsonl: the dataset is empty"):
        open_dataset(tmp_path / "d.jsonl", "d.jsonl")


def test_a_missing_dataset_is_named(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"d\.jsonl: there is no such file"):
        open_dataset(tmp_path / "d.jsonl", "d.jsonl")


@pytest.mark.parametrize(
    "written", ['{"inputs": {"q": NaN}}', b"\xff", '{"inputs": 3}', "[" * 9999]
)
def test_a_line_that_is_no_case_is_refused(written: str | bytes) -> None:
    with pytest.raises(InputError):
        parse_case(written.encode() if isinstance(written, str) else written)


def card(sha256: str) -> str:
    return f"name: d\nversion: '1'\nsource: us\nlicence: mit\nsha256: {sha256}\n"


def test_a_card_that_no_longer_fits_the_data_is_a_warning(tmp_path: Path) -> None:
    path = write(tmp_path, LINE)
    (tmp_path / "d.card.yaml").write_text(card("0" * 64), "utf-8")
    (warning,) = open_dataset(path, "d.jsonl").warnings
    assert "d.card.yaml:5:1: warning: the data changed since the card was written" in str(warning)
    (tmp_path / "d.card.yaml").write_text(
        card(hashlib.sha256(path.read_bytes()).hexdigest()), "utf-8"
    )
    assert open_dataset(path, "d.jsonl").warnings == ()


@given(st.dictionaries(st.text(), st.text()))
def test_a_written_case_is_read_back(inputs: dict[str, str]) -> None:
    line = json.dumps({"id": "a", "inputs": inputs}, ensure_ascii=False).encode("utf-8", "replace")
    assert parse_case(line).inputs == json.loads(line)["inputs"]
