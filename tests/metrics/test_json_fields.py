import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.metrics.json_fields import json_fields

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(-9, 9) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", min_size=1), inner, max_size=3)
    ),
    max_leaves=8,
)
ORDER = {"customer": {"name": "Ann Lee", "age": 41}, "items": [{"sku": "a1", "price": 9.5}]}


@pytest.mark.parametrize(
    ("answer", "value", "differs"),
    [
        (ORDER, 1, []),
        (json.dumps(ORDER), 1, []),
        (f"```json\n{json.dumps(ORDER)}\n```", 1, []),
        ({**ORDER, "more": 1}, 1, []),
        (
            {**ORDER, "customer": {"name": "ann  lee", "age": "41"}}, 1, [],
        ),
        (
            {**ORDER, "customer": {"name": "Bo", "age": 41}}, 0.75,
            ["customer.name: 'Bo', expected 'Ann Lee'"],
        ),
        ({"customer": ORDER["customer"]}, 0.5, [
            "items[0].sku: nothing, expected 'a1'", "items[0].price: nothing, expected 9.5",
        ]),
        (
            {**ORDER, "items": [{"sku": "a1", "price": 9.5}, {"sku": "b2"}]}, 0.8,
            ['items[1]: {"sku":"b2"}, expected nothing'],
        ),
        ([], 0, [
            "customer.name: nothing, expected 'Ann Lee'", "customer.age: nothing, expected 41",
            "items[0].sku: nothing, expected 'a1'", "items[0].price: nothing, expected 9.5",
        ]),
    ],
)  # fmt: skip
def test_the_share_of_the_expected_fields_counts(
    answer: Any, value: float, differs: list[str]
) -> None:
    score = json_fields(answer, ORDER)
    assert score.value == pytest.approx(value)
    assert list(score.evidence) == differs


def test_an_answer_that_is_no_json_has_no_field() -> None:
    score = json_fields("It costs nine pounds.", ORDER)
    assert score.value == 0
    assert "JSON" in (score.explanation or "")


def test_an_expected_text_that_is_no_json_is_no_label() -> None:
    score = json_fields("{}", "nine pounds")
    assert (score.reason or "").startswith("expected: not JSON")


def test_numbers_may_differ_as_far_as_it_is_said() -> None:
    assert json_fields({"a": 10.4}, {"a": 10}).value == 0
    assert json_fields({"a": 10.4}, {"a": 10}, tolerance=0.5).value == 1
    assert json_fields({"a": 10.4}, {"a": 10}, relative=0.05).value == 1


@pytest.mark.parametrize(("given", "wanted"), [("a", "A"), ("3", 3), (True, "true"), (" a", "a")])
def test_a_strict_comparison_minds_characters_and_types(given: Any, wanted: Any) -> None:
    assert json_fields({"x": given}, {"x": wanted}).value == 1
    assert json_fields({"x": given}, {"x": wanted}, strict=True).value == 0


def test_nothing_is_not_an_empty_text() -> None:
    assert json_fields({"x": None}, {"x": ""}).value == 0
    assert json_fields({}, {"x": None}).value == 0
    assert json_fields({"x": True}, {"x": 1}).value == 0
    assert json_fields({"x": "NaN"}, {"x": "nan"}).value == 1


@given(VALUES)
def test_a_value_is_like_itself(value: Any) -> None:
    if not isinstance(value, str):
        assert json_fields(value, value, strict=True).value == 1


@given(VALUES, VALUES)
def test_scores_are_from_0_to_1(left: Any, right: Any) -> None:
    if not isinstance(right, str):
        score = json_fields(left, right)
        assert 0 <= (score.value or 0) <= 1
        assert (score.value == 1) == (not score.evidence and score.explanation is None)
