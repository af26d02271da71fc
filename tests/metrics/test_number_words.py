import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.metrics.number_words import in_digits


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("two weeks", "2 weeks"),
        ("Twenty-one days", "21 days"),
        ("seventeen", "17"),
        ("a hundred and five pounds", "105 pounds"),
        ("three hundred", "300"),
        ("two thousand kWh", "2 thousand kWh"),
        ("a million dollars", "1 million dollars"),
        ("two dozen", "24"),
        ("one day", "1 day"),
        ("One.", "1."),
        ("one", "1"),
        ("one of them", "one of them"),
        ("a one-off fee", "a one-off fee"),
        ("no one", "no one"),
        ("often, someone", "often, someone"),
        ("a cat", "a cat"),
        ("zero", "0"),
    ],
)
def test_words_for_numbers_become_digits(text: str, digits: str) -> None:
    assert in_digits(text) == digits


@given(st.text(max_size=60))
def test_a_text_without_number_words_stays_as_it_is(text: str) -> None:
    if not any(word in text.lower() for word in ("one", "ten", "two", "a", "s", "e", "ı")):
        assert in_digits(text) == text
