from pathlib import Path

import pytest

from genaiops.datasets.plain_rows import PlainRow, read_plain_rows
from genaiops.errors import SpecError


def written(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def faults(folder: Path, name: str, text: str | bytes) -> str:
    with pytest.raises(SpecError) as caught:
        read_plain_rows(written(folder, name, text), name)
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", 'id,answer\n1,"Yes,\nindeed"\n\n2,No\n'),
        ("a.csv", '\ufeffid;answer\n1;"Yes,\nindeed"\n\n2;No\n'),
        ("a.tsv", 'id\tanswer\n1\t"Yes,\nindeed"\n\n2\tNo\n'),
        ("a.jsonl", '{"id": "1", "answer": "Yes,\\nindeed"}\n\n\n{"id": "2", "answer": "No"}\n'),
    ],
)
def test_rows_are_read_with_their_lines(tmp_path: Path, name: str, text: str) -> None:
    found = read_plain_rows(written(tmp_path, name, text), name)
    assert found.names == ("id", "answer")
    assert [row.values for row in found.rows] == [
        {"id": "1", "answer": "Yes,\nindeed"},
        {"id": "2", "answer": "No"},
    ]
    assert [row.line for row in found.rows] == ([1, 4] if name == "a.jsonl" else [2, 5])


def test_a_column_without_a_name_is_left_out(tmp_path: Path) -> None:
    found = read_plain_rows(written(tmp_path, "a.csv", ",id\n0,x\n"), "a.csv")
    assert found.rows == (PlainRow(2, {"id": "x"}),)


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.csv", "id,answer\n1\n2,b,c\n", "a.csv:2:1: cells in this row: 1, in the header: 2"),
        ("a.csv", "id,id\n1,2\n", "a.csv:1:1: two columns are called 'id'; rename one"),
        ("a.csv", 'id\n"open\n', "a.csv:2:1: the quote that opens here is never closed"),
        ("a.csv", "", "a.csv: holds no row"),
        ("a.csv", "id,answer\n", "a.csv: holds no row"),
        ("a.jsonl", '{"id": 1}\n[1]\n', "a.jsonl:2:1: a row is an object: names with values"),
        ("a.jsonl", '{"id": NaN}\n', "a.jsonl:1:1: "),
        ("a.xlsx", b"PK", "a.xlsx: .xlsx is not read; write .csv, .tsv, .jsonl"),
        ("a.csv", b"PK\x03\x04", "a.csv: is a spreadsheet or another zip file"),
    ],
)
def test_what_is_no_table_is_told_with_its_line(
    tmp_path: Path, name: str, text: str | bytes, told: str
) -> None:
    assert faults(tmp_path, name, text).startswith(told)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="there is no such file"):
        read_plain_rows(tmp_path / "a.csv", "a.csv")
