import pytest

from genaiops.models.stems import content_words


@pytest.mark.parametrize(
    "forms",
    [
        "charge charges charged charging",
        "stop stops stopped stopping",
        "party parties party’s",
        "three 3",
        "2,500 2500",
        "bill Bill BILLS",
    ],
)
def test_forms_of_a_word_have_one_stem(forms: str) -> None:
    assert len(set(content_words(forms))) == 1


def test_words_that_say_nothing_are_left_out() -> None:
    assert content_words("What is the price of it, and don’t you know?") == ["pric"]


def test_short_words_and_double_s_stay() -> None:
    assert content_words("gas bus address 12.50") == ["gas", "bus", "address", "12.50"]
