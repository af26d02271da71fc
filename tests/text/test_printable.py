import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.text.printable import printable
from tests.text.wild import ESCAPES, WILD


@given(WILD)
def test_safe_text_moves_no_cursor_and_keeps_every_printable_character(text: str) -> None:
    found = printable(text)
    assert {c for c in found if unicodedata.category(c) == "Cc"} <= {"\t", "\n"}
    assert not set(found) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert printable(found) == found


@given(st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs"])))
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert printable(text) == text


@pytest.mark.parametrize("escape", ESCAPES[:3])
def test_an_escape_goes_away_as_a_whole(escape: str) -> None:
    assert printable(f"a{escape}b") == "ab"
