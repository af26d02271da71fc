import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.datasets.delimiter import guess_delimiter, said_delimiter

CELLS = st.text(st.sampled_from('abc ,;\t|"\r\n'), min_size=1).map(lambda text: f"x{text}")


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("question,answer\na,b\n", ","),
        ("question;answer\nwell, a;b\n", ";"),
        ("question;answer, short;topic\na;b;c\n", ";"),
        ('"question"\t"answer"\na\tb\n', "\t"),
        ("question|answer\na|b\n", "|"),
        ("question,topic\nis it a; or b,c\n", ","),
        ("question\nwhat, when; where\n", ","),
        ("a;b,c\nd;e,f\n", ","),
        ("question;answer\n\na;b;;\n", ";"),
        ('question;answer\n"cut off', ";"),
        ("", ","),
    ],
)
def test_the_separator_is_what_header_and_rows_agree_on(text: str, delimiter: str) -> None:
    assert guess_delimiter(text.splitlines(keepends=True)) == delimiter


@given(
    st.sampled_from(",;\t|"),
    st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=4),
)
def test_the_separator_of_quoted_cells_is_found(
    delimiter: str, rows: list[tuple[str, str, str]]
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([("question", "answer", "topic"), *rows])
    assert guess_delimiter(text.getvalue().splitlines(keepends=True)) == delimiter


def test_a_first_line_can_say_the_separator() -> None:
    assert [said_delimiter(line) for line in ("sep=;\r\n", "SEP=\t\n", "sep=x\n", "a,sep=;")] == [
        ";",
        "\t",
        None,
        None,
    ]
