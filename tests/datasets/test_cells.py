import csv
import io

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from genaiops.datasets import cells
from genaiops.datasets.cells import CellError, Row, RowReader

CELLS = st.text(alphabet=st.one_of(st.sampled_from(" \",;\t|\r\n'é"), st.characters(codec="utf-8")))
QUOTING = st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])


def rows(text: str, delimiter: str = ",") -> list[Row]:
    return list(RowReader(io.StringIO(text, newline=""), delimiter))


def broken(text: str) -> str:
    with pytest.raises(CellError) as caught:
        rows(text)
    return f"{caught.value.line}:{caught.value.column}: {caught.value}"


@given(
    st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=5),
    st.sampled_from(",;\t|"),
    QUOTING,
)
def test_what_the_csv_module_writes_comes_back(
    written: list[list[str]], delimiter: str, quoting: int
) -> None:
    assume(not any("\0" in cell for row in written for cell in row))
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, quoting=quoting).writerows(written)
    assert [row.cells for row in rows(text.getvalue(), delimiter)] == written


def test_a_row_is_where_it_starts_in_the_file() -> None:
    text = 'a,b\r\n"x\n\ny",1\n\nz,2\n'
    assert [(row.line, row.cells) for row in rows(text)] == [
        (1, ["a", "b"]),
        (2, ["x\n\ny", "1"]),
        (5, [""]),
        (6, ["z", "2"]),
    ]


def test_spaces_may_stand_around_a_quoted_cell() -> None:
    assert rows('a, "b, c" ,d')[0].cells == ["a", "b, c", "d"]


def test_a_quote_inside_an_unquoted_cell_is_text() -> None:
    assert rows('a 5" pipe,b')[0].cells == ['a 5" pipe', "b"]


def test_line_ends_of_all_systems_are_known() -> None:
    assert [row.cells for row in rows("a\rb\r\nc\n")] == [["a"], ["b"], ["c"]]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('a\nb,"c\nd\n', "2:3: the quote that opens here is never closed"),
        (
            'a,"b" c\n',
            "1:7: 'c' stands behind a closing quote; write a quote inside a quoted cell twice",
        ),
        ("a\nb\0c\n", "2:2: a NUL character: the file is damaged, or is no text"),
        ("a" + "," * 1_000, "1:1: the line has more than 1,000 columns"),
        ('"a"' + "," * 1_000, "1:1: the line has more than 1,000 columns"),
    ],
)
def test_cells_that_cannot_be_told_apart_are_refused(text: str, told: str) -> None:
    assert broken(text) == told


def test_a_line_and_a_cell_have_a_largest_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "MAX_CHARACTERS", 10)
    assert broken("a\n" + "b" * 11) == "2:1: the line has more than 10 characters"
    assert broken('a\n"bbbbb\nbbbbb\n"') == (
        "2:1: a cell has more than 10 characters; is its quote closed?"
    )
