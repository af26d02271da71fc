import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.models.sentences import split_units


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("It costs £5.50 a day. No more.", ["It costs £5.50 a day.", "No more."]),
        ("Call Dr. Smith, e.g. Anna. Then wait.", ["Call Dr. Smith, e.g. Anna.", "Then wait."]),
        ("He said “no.” She left.", ["He said “no.”", "She left."]),
        ("From 8 a.m. to 8 p.m. we answer.", ["From 8 a.m. to 8 p.m. we answer."]),
        ("Wrapped\nin two lines. Next.\n\nApart", ["Wrapped\nin two lines.", "Next.", "Apart"]),
        ("", []),
        (" \n\n ", []),
    ],
)
def test_sentences_end_where_readers_end_them(text: str, units: list[str]) -> None:
    assert [unit.text for unit in split_units(text)] == units


def test_headings_items_and_rows_stand_alone() -> None:
    lines = ["# Title", "Body one. Body two.", "- First. Still first.", "2) Second"]
    table = ["| a | b |", "|---|:-:|", "| 1 | 2 |"]
    assert [(unit.kind, unit.text) for unit in split_units("\n".join(lines + table))] == [
        ("heading", "# Title"),
        ("sentence", "Body one."),
        ("sentence", "Body two."),
        ("item", "- First. Still first."),
        ("item", "2) Second"),
        ("heading", "| a | b |"),
        ("row", "| 1 | 2 |"),
    ]


@given(st.text(st.sampled_from("ab .!?\n#-|1 “”"), max_size=60))
def test_units_are_pieces_of_the_text_in_order_and_leave_no_letter_out(text: str) -> None:
    units, place = split_units(text), 0
    for unit in units:
        place = text.index(unit.text, place) + len(unit.text)
    assert [c for unit in units for c in unit.text if c.isalnum()] == [
        c for c in text if c.isalnum()
    ]
