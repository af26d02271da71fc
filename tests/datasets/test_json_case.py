import pytest
from pydantic import JsonValue

from genaiops.datasets.json_case import notes_on, parse_object
from genaiops.datasets.written import WrittenCase
from genaiops.errors import InputError


def refused(value: JsonValue) -> str:
    with pytest.raises(InputError) as caught:
        parse_object(value, 1)
    return str(caught.value)


def test_an_object_with_inputs_is_a_whole_case() -> None:
    value: JsonValue = {
        "id": 7,
        "inputs": {"user question": 1},
        "tags": {"t": None},
        "cluster": "c",
    }
    assert parse_object(value, 3) == WrittenCase(
        3, {"user question": 1}, tags={"t": None}, id="7", cluster="c"
    )


def test_a_flat_object_is_taken_as_a_row_is_and_keeps_its_types() -> None:
    value: JsonValue = {
        "id": 7,
        "question": "q",
        "n": 1.5,
        "history": [],
        "nothing": None,
        "ideal": ["a", "b"],
        "expected.answerable": False,
        "tags.topic": "t",
    }
    assert parse_object(value, 1) == WrittenCase(
        1,
        {"question": "q", "n": 1.5, "history": [], "nothing": None},
        {"answer": ["a", "b"], "answerable": False},
        {"topic": "t"},
        id="7",
    )


def test_a_flat_object_may_hold_expected_values_and_tags_as_objects() -> None:
    value: JsonValue = {"q": "a", "expected": {"answer": "b", "other": None}, "tags": {"t": 1}}
    assert parse_object(value, 1) == WrittenCase(
        1, {"q": "a"}, {"answer": "b", "other": None}, {"t": 1}
    )


def test_an_expected_value_that_is_null_is_absent() -> None:
    assert parse_object({"q": "a", "answer": None}, 1).expected == {}


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ([1], "a case is an object with keys, not a list"),
        ("a", "a case is an object with keys, not a text"),
        (None, "a case is an object with keys, not null"),
        ({"inputs": 3}, "inputs: input should be a valid dictionary"),
        ({"inptus": {"q": 1}}, "unknown key 'inptus'; did you mean 'inputs'?"),
        ({"id": "a"}, "no key is an input, such as `question`"),
        ({}, "no key is an input, such as `question`"),
        ({"q": 1, "id": ["a"]}, "id: input should be a valid string"),
        (
            {"q": 1, "expected": {"answer": "a"}, "ideal": "b"},
            "the key 'ideal' is expected.answer, which is there already",
        ),
    ],
)
def test_what_is_no_case_is_refused(value: JsonValue, told: str) -> None:
    assert refused(value) == told


def test_an_unknown_key_beside_inputs_is_told_with_the_nearest() -> None:
    assert refused({"inputs": {}, "tag": {}}).startswith("unknown key 'tag'; did you mean 'tags'?")


def test_names_that_change_are_noted() -> None:
    assert notes_on({"user question": 1}) == (
        "the key 'user question' is the input 'user_question'",
    )
    assert notes_on({"inputs": {"user question": 1}}) == ()
