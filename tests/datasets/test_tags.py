import pytest
from pydantic import JsonValue

from genaiops.datasets.tags import distinct_texts, has_tags, is_same_value, value_text
from genaiops.records import Case
from genaiops.specs.load import plain_value


@pytest.mark.parametrize(
    ("value", "wanted", "is_same"),
    [
        ("2024", 2024, True),
        (2024, "2024", True),
        (2024, 2024.0, True),
        ("1.10", plain_value("1.10"), True),
        ("1.1", plain_value("1.10"), False),
        ("true", True, True),
        (True, 1, False),
        (1, True, False),
        ("null", None, True),
        ("bills", "Bills", False),
        (["a"], ["a"], True),
        (["a"], "a", False),
    ],
)
def test_values_of_different_types_are_the_same_if_they_are_written_so(
    value: JsonValue, wanted: JsonValue, *, is_same: bool
) -> None:
    assert is_same_value(value, wanted) is is_same


def test_a_case_without_the_tag_is_not_taken_for_one_that_is_null() -> None:
    assert not has_tags(Case(id="a", inputs={}), {"topic": None})
    assert has_tags(Case(id="a", inputs={}, tags={"topic": None}), {"topic": None})


def test_values_are_shown_as_people_write_them() -> None:
    assert [value_text(each) for each in ("a b", 1.5, True, None)] == ["a b", "1.5", "true", "null"]


def test_values_are_listed_once_and_one_more_than_wanted() -> None:
    assert distinct_texts(["b", "a", "b", 1, "c"], 3) == ["b", "a", "1", "c"]
