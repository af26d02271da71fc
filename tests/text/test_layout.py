from hypothesis import given
from hypothesis import strategies as st

from genaiops.text.layout import one_line, table, wrapped
from tests.text.wild import WILD


@given(WILD, st.integers(0, 40))
def test_one_line_is_one_line_within_its_width(text: str, width: int) -> None:
    found = one_line(text, width)
    assert len(found) <= max(width, 1)
    assert found.splitlines() in ([], [found])


def test_a_cut_line_says_that_it_is_cut() -> None:
    assert one_line("three  weeks\nor more", 11) == "three week…"
    assert one_line("three  weeks", 11) == "three weeks"


@given(WILD, st.integers(0, 20))
def test_wrapped_lines_are_indented_within_their_width(text: str, indent: int) -> None:
    for line in wrapped(text, indent=indent, width=40).split("\n"):
        assert len(line) <= 40
        assert not line or line.startswith(" " * indent)


@given(st.lists(st.tuples(WILD, WILD), max_size=5))
def test_a_table_has_a_line_for_each_row(rows: list[tuple[str, str]]) -> None:
    assert len(table(rows).split("\n")) == max(len(rows), 1)


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    rows = [("metric", "n"), ("answer_f1", "12"), ("pii", "3")]
    told = ["metric      n", "answer_f1  12", "pii         3"]
    assert table(rows, right=(1,)).split("\n") == told


def test_a_flexible_column_breaks_where_the_table_is_too_wide() -> None:
    rows = [("run", "why not", "n"), ("a-1", "gates not passed: answer_f1 at_least 0.5", "12")]
    told = ["run  why not            n", "a-1  gates not         12",
            "     passed:", "     answer_f1", "     at_least 0.5"]  # fmt: skip
    assert table(rows, right=(2,), flexible=1, width=25).split("\n") == told
    assert table(rows, flexible=1, width=200) == table(rows)


def test_what_is_broken_stays_indented() -> None:
    rows = [("  answer_f1 at_least 0.5", "12")]
    assert table(rows, flexible=0, width=20).split("\n") == [
        "  answer_f1       12",
        "  at_least 0.5",
    ]


CELLS = st.lists(st.text("ab ", max_size=30), min_size=3, max_size=3)


@given(st.lists(CELLS, min_size=1, max_size=5), st.integers(0, 2), st.integers(80, 120))
def test_a_flexible_table_fits_and_keeps_every_word(
    rows: list[list[str]], flexible: int, width: int
) -> None:
    rows = [[" ".join(cell.split()) for cell in row] for row in rows]
    found = table(rows, flexible=flexible, width=width)
    words = sorted(word for row in rows for cell in row for word in cell.split())
    assert sorted(found.split()) == words
    longest = max(len(word) for word in ["", *words])
    assert max(map(len, found.split("\n"))) <= max(width, 30 + 30 + 4 + max(longest, 16))
