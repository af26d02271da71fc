from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from genaiops.datasets import open_dataset
from genaiops.errors import SpecError

pa: Any = pytest.importorskip("pyarrow", reason="the parquet extra is not installed")
pq: Any = pytest.importorskip("pyarrow.parquet", reason="the parquet extra is not installed")


def written(folder: Path, rows: list[dict[str, object]]) -> Path:
    path = folder / "d.parquet"
    pq.write_table(pa.Table.from_pylist(rows), path)
    return path


def test_rows_are_cases_by_the_names_of_their_columns(tmp_path: Path) -> None:
    when = datetime(2026, 11, 21, tzinfo=UTC)
    rows: list[dict[str, object]] = [
        {"id": "a", "question": "Who?", "expected": "Ada", "tags.topic": "people", "n": 1.5},
        {
            "id": "b",
            "question": "Wo? ü",
            "expected": None,
            "tags.topic": "places",
            "n": float("nan"),
        },
    ]
    extra = [{"when": when, "price": Decimal("1.25"), "words": ["x", "y"]}, {"when": None}]
    path = written(tmp_path, [{**row, **more} for row, more in zip(rows, extra, strict=True)])
    dataset = open_dataset(path, "d.parquet")
    first, second = dataset.cases()
    assert (first.id, first.expected, first.tags) == ("a", {"answer": "Ada"}, {"topic": "people"})
    assert first.inputs == {
        "question": "Who?",
        "n": 1.5,
        "when": "2026-11-21T00:00:00+00:00",
        "price": 1.25,
        "words": ["x", "y"],
    }
    assert (second.expected, second.inputs["n"]) == ({}, None)
    assert dataset.columns[:2] == ("id", "question")


def test_many_rows_are_streamed_in_their_order(tmp_path: Path) -> None:
    path = written(tmp_path, [{"question": f"q{n}"} for n in range(2_500)])
    dataset = open_dataset(path, "d.parquet")
    assert dataset.count == 2_500
    asked = [case.inputs["question"] for case in dataset.cases(limit=1_200)]
    assert asked == [f"q{n}" for n in range(1_200)]


def test_what_json_cannot_hold_is_told_with_row_and_column(tmp_path: Path) -> None:
    path = written(tmp_path, [{"question": "a", "raw": None}, {"question": "b", "raw": b"\x00"}])
    with pytest.raises(SpecError, match=r"d.parquet:2:1: the column 'raw' holds bytes"):
        open_dataset(path, "d.parquet")


def test_a_file_that_is_none_is_told(tmp_path: Path) -> None:
    path = tmp_path / "d.parquet"
    path.write_bytes(b"question\nWho?\n")
    with pytest.raises(SpecError, match=r"d.parquet: is no Parquet file that can be read"):
        open_dataset(path, "d.parquet")
