import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.datasets.build import faults, opened, warnings

CELLS = st.text(alphabet=st.one_of(st.sampled_from(' ",;\t|\r\n'), st.characters(codec="utf-8")))
FILLED = CELLS.map(lambda text: f"x{text}".replace("\0", ""))


def table(*rows: tuple[str, ...]) -> str:
    return "".join(f"{','.join(row)}\r\n" for row in rows)


def test_a_row_is_a_case_by_the_names_of_its_columns(tmp_path: Path) -> None:
    text = table(
        ("id", "question", "answer", "tags.topic", "cluster", "expected.answerable"),
        ("one", "How long?", "Three weeks.", " loans ", "loans", "true"),
        ("two", "", " ", "", "", ""),
    )
    dataset = opened(tmp_path, text)
    one, two = dataset.cases()
    assert (one.id, one.cluster, one.inputs) == ("one", "loans", {"question": "How long?"})
    assert one.expected == {"answer": "Three weeks.", "answerable": "true"}
    assert one.tags == {"topic": "loans"}
    assert (two.inputs, two.expected, two.tags, two.cluster) == ({"question": ""}, {}, {}, None)
    assert (dataset.count, dataset.clusters, dataset.columns[0]) == (2, 2, "id")
    assert dataset.warnings == ()


def test_values_stay_texts(tmp_path: Path) -> None:
    (case,) = opened(tmp_path, table(("n", "answer"), ("007", "1.10"))).cases()
    assert (case.inputs, case.expected) == ({"n": "007"}, {"answer": "1.10"})


@given(
    st.lists(st.tuples(FILLED, FILLED, st.one_of(st.just(""), FILLED)), min_size=1, max_size=4),
    st.sampled_from(",;\t|"),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_rows_that_the_csv_module_writes_come_back_as_cases(
    rows: list[tuple[str, str, str]], delimiter: str, quoting: int, encoding: str
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting)
    writer.writerows([("question", "topic", "answer"), *rows])
    with tempfile.TemporaryDirectory() as folder:
        data = text.getvalue().encode(encoding)
        cases = list(opened(Path(folder), data, "d.tsv" if delimiter == "\t" else "d.csv").cases())
    expected = [{"answer": answer} if answer else {} for _, _, answer in rows]
    assert [case.expected for case in cases] == expected
    assert [case.inputs for case in cases] == [{"question": q, "topic": t} for q, t, _ in rows]


@pytest.mark.parametrize(("text", "name"), [("semicolons", ";"), ("tabs", "\t"), ("bars", "|")])
def test_another_separator_is_taken_and_said(tmp_path: Path, text: str, name: str) -> None:
    content = f"question{name}answer\nwell, a{name}b\n"
    assert warnings(tmp_path, content) == [
        f"d.csv:1:1: warning: its cells are taken as separated by {text}"
    ]
    (case,) = opened(tmp_path, content).cases()
    assert (case.inputs, case.expected) == ({"question": "well, a"}, {"answer": "b"})


def test_a_separator_that_the_file_says_is_taken_without_a_word(tmp_path: Path) -> None:
    dataset = opened(tmp_path, "sep=;\r\nquestion;topic\r\na;b\r\n")
    assert (dataset.warnings, dataset.columns) == ((), ("question", "topic"))
    assert faults(tmp_path, "sep=;\r\nquestion;topic\r\na\r\n")[0].startswith("d.csv:3:1: ")


def test_tabs_are_what_a_tsv_file_has(tmp_path: Path) -> None:
    dataset = opened(tmp_path, "question\tanswer, short\na\tb\n", "d.tsv")
    assert (dataset.warnings[0].message, dataset.columns) == (
        "the column 'answer, short' is the input 'answer_short'",
        ("question", "answer, short"),
    )


def test_a_cell_over_several_lines_keeps_them_and_lines_count_as_in_the_file(
    tmp_path: Path,
) -> None:
    text = 'question,answer\r\n"first\r\nsecond ""quoted""",yes\r\n\r\nthird\r\n'
    assert faults(tmp_path, text) == [
        (
            "d.csv:5:1: cells in this row: 1, in the header: 2; write a cell that holds the "
            "separator in quotes"
        )
    ]
    (case,) = opened(tmp_path, text.removesuffix("third\r\n")).cases()
    assert case.inputs == {"question": 'first\r\nsecond "quoted"'}


def test_empty_lines_and_what_spreadsheets_leave_at_the_end_are_passed_over(
    tmp_path: Path,
) -> None:
    dataset = opened(tmp_path, "\nquestion,answer,,\n\na,b\n,,,\nc,d,,,,\n  \n")
    assert [case.inputs["question"] for case in dataset.cases()] == ["a", "c"]
    assert dataset.columns == ("question", "answer")


@pytest.mark.parametrize(("row", "cells"), [("a,b,c", 3), ("a", 1)])
def test_a_row_of_another_width_is_refused(tmp_path: Path, row: str, cells: int) -> None:
    (told,) = faults(tmp_path, f"question,answer\nx,y\n{row}\n")
    assert told.startswith(f"d.csv:3:1: cells in this row: {cells}, in the header: 2; write a cell")


def test_the_rows_with_faults_are_gathered(tmp_path: Path) -> None:
    text = "question,answer\n" + "a\n" * 30
    assert len(faults(tmp_path, text)) == 20


@pytest.mark.parametrize(
    ("header", "shown"),
    [
        ("How long may I keep a book?,Three weeks", "How long may I keep a book?"),
        ("17,a", "17"),
        ("3.5 %,a", None),
        (f"{'word ' * 13},a", f"{'word ' * 12}…"),
        ("question,topic", None),
    ],
)
def test_a_header_that_looks_like_a_row_is_doubted(
    tmp_path: Path, header: str, shown: str | None
) -> None:
    doubts = [told for told in warnings(tmp_path, f"{header}\na,b\n") if "is the header" in told]
    assert doubts == (
        [
            (
                f"d.csv:1:1: warning: the first line is taken as the header, but holds {shown!r}: "
                f"is the header missing?"
            )
        ]
        if shown
        else []
    )


def test_faults_of_the_header_are_told_at_its_line_and_rows_are_not_looked_at(
    tmp_path: Path,
) -> None:
    assert faults(tmp_path, "\nquestion,question,,x\na\n") == [
        "d.csv:2:1: column 3 has no name; give it one",
        "d.csv:2:1: the column 'question' stands twice",
    ]


def test_a_quote_that_is_not_closed_is_told_where_it_opens(tmp_path: Path) -> None:
    assert faults(tmp_path, 'question,answer\na,b\nc,"d\ne,f\n') == [
        "d.csv:3:3: the quote that opens here is never closed"
    ]


def test_a_million_columns_are_refused(tmp_path: Path) -> None:
    header = ",".join(["x"] * 1_000_000)
    assert faults(tmp_path, header) == ["d.csv:1:1: the line has more than 1,000 columns"]


def test_an_assertion_of_promptfoo_is_refused_and_a_plain_text_is_the_answer(
    tmp_path: Path,
) -> None:
    assert faults(tmp_path, "q,__expected\na,Paris\nb,contains: Paris\n") == [
        (
            "d.csv:3:1: __expected holds an assertion of promptfoo (contains:…), which is not "
            "read; write the expected answer as plain text, and what is asserted as a metric"
        )
    ]
    (case,) = opened(tmp_path, "q,__expected\na,Paris\n").cases()
    assert case.expected == {"answer": "Paris"}
    (case,) = opened(tmp_path, "q,expected\na,contains: Paris\n").cases()
    assert case.expected == {"answer": "contains: Paris"}


def test_utf16_that_breaks_off_is_refused(tmp_path: Path) -> None:
    data = "question\nä\n".encode("utf-16")[:-1]
    assert faults(tmp_path, data) == ["d.csv: is damaged: truncated data (utf-16-le)"]
