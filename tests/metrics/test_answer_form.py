import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from genaiops.errors import InputError
from genaiops.metrics.answer_form import Form, answer_format, answer_length
from tests.metrics.building import bind


@pytest.mark.parametrize(
    ("answer", "low", "high", "value"),
    [
        ("one two three", 1, 3, 1),
        ("one two three", None, 2, 0),
        ("one two three", 4, None, 0),
        ("one, two - three!", 3, 3, 1),
        ("東京都", 3, 3, 1),
        ("", 0, 5, 1),
    ],
)
def test_words_are_counted(answer: str, low: int | None, high: int | None, value: float) -> None:
    assert answer_length(answer, (low, high)).value == value


def test_characters_are_counted_without_space_around_them() -> None:
    score = answer_length("  abc de\n", (None, 5), unit="characters")
    assert score.value == 0
    assert score.explanation == "6 characters, at most 5 are wanted"


@pytest.mark.parametrize(
    ("between", "told"),
    [
        ([60, 10], "between: goes from the lowest to the highest, not from 60 to 10"),
        ([None, None], "between: at least one of the two is a number"),
        ([-1, 3], "between.0: should be greater than or equal to 0, not -1"),
    ],
)
def test_bounds_that_hold_for_nothing_are_refused_when_bound(between: JsonValue, told: str) -> None:
    with pytest.raises(InputError, match=told):
        bind({"answer_length": {"between": between}})


@pytest.mark.parametrize(
    ("form", "answer", "problem"),
    [
        ("line", "It is £5.", None),
        ("line", "It is £5.\n\nCall us.", "2 lines"),
        ("list", "- a\n- b\n  and more", None),
        ("list", "You need:\n\n1. a\n2) b", None),
        ("list", "- a\n\nThat is all.", "is no item: 'That is all.'"),
        ("list", "It is £5.", "does not begin with an item"),
        ("table", "| a | b |\n|---|:-:|\n| 1 | 2 |", None),
        ("table", "Fees:\n\na | b\n--|--\n1 | 2", None),
        ("table", "| a | b |\n|---|---|\n| 1 |", "has a row of 1 cells, its head has 2"),
        ("table", "| a | b |\n| 1 | 2 |\n| 3 | 4 |", "has no rule below the head"),
        ("table", "a\n---\n1", "has no columns"),
        ("table", "| a \\| b |\n|---|\n| 1 |", None),
        ("table", "none", "a table has a head, a rule and a row"),
        ("plain", "It is £5, 2 * 3 or a_b.", None),
        ("plain", "It is **£5**.", "has bold text"),
        ("plain", "# Fees\n£5", "has a heading"),
        ("plain", "See [us](us.md)", "has a link"),
    ],
)
def test_an_answer_has_the_form_or_it_is_said_why_not(
    form: Form, answer: str, problem: str | None
) -> None:
    score = answer_format(answer, form)
    assert score.explanation == problem
    assert score.value == (problem is None)


def test_another_form_is_refused_when_bound() -> None:
    with pytest.raises(InputError, match="form: should be 'line', 'list', 'table' or 'plain'"):
        bind({"answer_format": {"form": "poem"}})


@given(st.text(max_size=60), st.sampled_from(["line", "list", "table", "plain"]))
def test_any_answer_gets_a_score(answer: str, form: Form) -> None:
    assert answer_format(answer, form).value in {0, 1}
