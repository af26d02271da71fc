from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.metrics.text import answer_f1, contains, exact_match
from genaiops.metrics.words import squad_words

TEXTS = st.text(max_size=60)


@pytest.mark.parametrize(
    ("answer", "expected", "score"),
    [
        ("Yes.", "yes", True),
        ("  Two   weeks ", "two weeks", True),
        ("3.5", "35", False),
        ("-5", "5", False),
        ("b", ["a", "b"], True),
        (42, "42", True),
        (42.0, 42, True),
        (True, True, True),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
        (["a"], ["b"], False),
        ("Straße", "STRASSE", True),
    ],
)
def test_exact_match_minds_what_is_said_and_not_how_it_is_set(
    answer: Any, expected: Any, score: object
) -> None:
    assert exact_match(answer, expected) is score


def test_a_strict_match_minds_every_character() -> None:
    assert exact_match("Yes", "Yes", strict=True)
    assert not exact_match("yes", "Yes", strict=True)


def test_contains_wants_every_expected_text() -> None:
    assert contains("It costs  £30\na month", ("£30 a MONTH", "costs"))
    assert not contains("It costs £30", ("£30", "month"))
    assert not contains("It costs", ("COSTS",), case_sensitive=True)


def test_words_are_those_of_squad() -> None:
    assert squad_words("The U.S. paid $1,000 – a «lot»!") == ["us", "paid", "1000", "lot"]


def test_scripts_without_spaces_are_read_letter_by_letter() -> None:
    assert answer_f1("東京都", ("東京",)) == pytest.approx(0.8)


def test_answer_f1_gives_the_published_example() -> None:
    # precision 2/3, recall 2/4
    assert answer_f1("The cat sat down", ("a cat sat on mats",)) == pytest.approx(2 * 2 / (3 + 4))


def test_of_several_expected_answers_the_best_counts() -> None:
    assert answer_f1("two weeks", ("a month", "two weeks")) == 1


@given(TEXTS, TEXTS)
def test_overlaps_are_symmetric_and_from_0_to_1(left: str, right: str) -> None:
    assert 0 <= answer_f1(left, (right,)) <= 1
    assert answer_f1(left, (right,)) == answer_f1(right, (left,))


@given(TEXTS)
@pytest.mark.parametrize("score", [answer_f1, contains])
def test_a_text_is_like_itself(score: Callable[..., float], text: str) -> None:
    assert score(text, (text,)) == 1
    assert exact_match(text, text)
