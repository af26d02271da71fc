"""What is queued is written in its order, rows of one table together."""

import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.errors import StoreError
from genaiops.store.writer import GROUP_ROWS, Writer

INTO = "INSERT INTO said (id, text)"
TABLE = "CREATE TABLE said (id INTEGER PRIMARY KEY, text TEXT)"


def opened(path: str) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None, check_same_thread=False)


def made(path: str) -> str:
    connection = opened(path)
    connection.execute(TABLE)
    connection.close()
    return path


@pytest.fixture
def place(tmp_path: Path) -> str:
    return made(str(tmp_path / "said.sqlite"))


def said(path: str) -> list[tuple[int, str]]:
    connection = opened(path)
    rows = connection.execute("SELECT id, text FROM said ORDER BY id").fetchall()
    connection.close()
    return rows


def test_rows_are_durable_each_once_and_told_in_their_order(place: str) -> None:
    told: list[int] = []
    writer = Writer(place, opened)
    rows = [(number, f"text {number}") for number in range(3 * GROUP_ROWS + 1)]
    for row in rows:
        writer.put_row(INTO, row, lambda number=row[0]: told.append(number))
    writer.fence().result()
    assert writer.waiting == 0
    writer.close()
    assert said(place) == rows
    assert told == [number for number, _ in rows]


@given(deeds=st.lists(st.tuples(st.booleans(), st.integers(0, 3)), max_size=30))
def test_whatever_stands_between_rows_is_done_in_its_place(
    deeds: list[tuple[bool, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = made(str(tmp_path_factory.mktemp("between") / "said.sqlite"))
    writer, expected = Writer(path, opened), dict[int, str]()
    for place, (is_row, number) in enumerate(deeds):
        if is_row:
            writer.put("DELETE FROM said WHERE id = ?", (number,))
            writer.put_row(INTO, (number, f"{place}"))
            writer.put_row(INTO, (100 + place, "more"))
            expected |= {number: f"{place}", 100 + place: "more"}
        else:
            writer.put("DELETE FROM said WHERE id = ?", (number,))
            expected.pop(number, None)
    writer.close()
    assert dict(said(path)) == expected


def test_a_row_that_cannot_be_written_is_told_and_none_after_it_is_there(place: str) -> None:
    writer = Writer(place, opened)
    writer.put_row(INTO, (1, "first"))
    writer.fence().result()
    writer.put_row(INTO, (1, "later"))
    with pytest.raises(StoreError, match="cannot be written"):
        writer.fence().result()
    with pytest.raises(StoreError, match="cannot be written"):
        writer.put_row(INTO, (2, "later"))
    writer.close()
    assert said(place) == [(1, "first")]
