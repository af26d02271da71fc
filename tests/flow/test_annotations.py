import inspect
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, JsonValue

from genaiops.flow.annotations import TextReader, hints_of, text_readers


class Tone(StrEnum):
    CALM = "calm"


class Order(BaseModel):
    id: int


class Opaque:
    pass


def takes(annotation: Any) -> Callable[..., object]:
    def function(value: object) -> str:
        return str(value)

    function.__annotations__["value"] = annotation
    return function


def readers_of(function: Callable[..., object]) -> Mapping[str, TextReader]:
    return text_readers(inspect.signature(function), hints_of(function))


def read(annotation: Any, text: str) -> JsonValue:
    return readers_of(takes(annotation))["value"].read(text)


@pytest.mark.parametrize(
    ("annotation", "text", "value"),
    [
        (int, "123", 123),
        (int, "007", 7),
        (int, " 7 ", 7),
        (float, "5", 5.0),
        (bool, "true", True),
        (bool, "no", False),
        (int | None, "null", None),
        (int | None, "3", 3),
        (list[str], '["a", "b"]', ["a", "b"]),
        (list[int], '["1", 2]', [1, 2]),
        (dict[str, Any], '{"a": [1]}', {"a": [1]}),
        (Order, '{"id": "4"}', {"id": 4}),
        (Tone, "calm", "calm"),
        (date, "2027-03-01", "2027-03-01"),
        ("int", "5", 5),
        (Annotated[int, Field(gt=0)], "5", 5),
    ],
)
def test_a_text_is_read_as_the_annotation_says(annotation: Any, text: str, value: object) -> None:
    found = read(annotation, text)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    "annotation",
    [str, str | None, int | str, Any, object, Literal["123"], Annotated[str, Field(min_length=1)]],
)
@pytest.mark.parametrize("text", ["123", "null", '"quoted"', "[1]", "true"])
def test_a_text_stays_where_the_annotation_takes_one(annotation: Any, text: str) -> None:
    if annotation == Literal["123"] and text != "123":
        with pytest.raises(ValueError, match="must be Literal"):
            read(annotation, text)
    else:
        assert read(annotation, text) == text


@pytest.mark.parametrize(
    ("annotation", "text", "told"),
    [
        (int, "abc", "must be int, not 'abc'"),
        (int, "1.5", "must be int, not '1.5'"),
        (float, "NaN", "must be float, not 'NaN'"),
        (float, "inf", "must be float, not 'inf'"),
        (bool, "maybe", "must be bool, not 'maybe'"),
        (list[int], "1, 2", r"must be list\[int\], not '1, 2'"),
        (Annotated[int, Field(gt=0)], "-5", "must be .*not '-5'"),
        (Iterable[int], "abc", "must be collections.abc.Iterable"),
        (int, "x" * 200, "^must be int, not 'x{59}$"),
    ],
)
def test_a_text_that_does_not_fit_is_told(annotation: Any, text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        read(annotation, text)


@given(value=st.integers() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False))
def test_what_a_number_is_written_as_is_read_as_that_number(value: float) -> None:
    assert read(type(value), str(value)) == value


@pytest.mark.parametrize("function", [lambda value: value, takes(Opaque), takes("Missing"), len])
def test_a_parameter_that_says_nothing_has_no_reader(function: Callable[..., object]) -> None:
    assert readers_of(function) == {}


@pytest.mark.parametrize(
    ("default", "text", "value"), [(False, "true", True), (4, "5", 5), (0.5, "1", 1.0)]
)
def test_a_default_that_is_a_number_or_a_claim_says_what_is_taken(
    default: object, text: str, value: object
) -> None:
    def function(value=default, other="x", nothing=None):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  as users write it
        return (value, other, nothing)

    readers = readers_of(function)
    assert readers.keys() == {"value"}
    assert readers["value"].read(text) == value
