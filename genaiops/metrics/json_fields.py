"""Answers in JSON compared with the expected ones, field by field. Pure."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, cast

from pydantic import Field, JsonValue

from genaiops.errors import InputError
from genaiops.metrics.declare import metric
from genaiops.metrics.structure import as_json
from genaiops.metrics.values import as_text, folded
from genaiops.records import Score

_SHOWN = 5
_LONGEST = 60
_NOTHING = "nothing"

Tolerance = Annotated[float, Field(ge=0)]


@metric()
def json_fields(
    answer: JsonValue,
    expected: JsonValue,
    *,
    tolerance: Tolerance = 0.0,
    relative: Tolerance = 0.0,
    strict: bool = False,
) -> Score:
    """The share of the expected fields that the answer has with the expected value.

    A field is a value at the end of a path, `items[0].price`; an empty list or object is one too.
    Fields that nobody expects do not count, but items behind the end of an expected list count as
    fields that differ. An answer that is no JSON has no field.

    Args:
        answer: JSON as text, alone or as the one fenced block, or a value that was parsed before.
        expected: The expected JSON, as text or as a value.
        tolerance: The largest difference of two numbers.
        relative: The largest difference of two numbers as a share of the expected one.
        strict: By default case and white space of texts do not count, and `"3"` is `3`; with
            `strict` every character and the type do.

    """
    try:
        wanted = as_json(expected)
    except InputError as error:
        return Score(reason=f"expected: {error}")
    try:
        given = as_json(answer)
    except InputError as error:
        return Score(value=0.0, explanation=str(error))
    same = _Same(tolerance, relative, strict)
    pairs = list(_pairs("", given, wanted))
    told = [_told(*pair) for pair in pairs if not same.holds(pair[1], pair[2])]
    explanation = f"{len(told)} of {len(pairs)} fields differ" if told else None
    value = 1 - len(told) / len(pairs)
    return Score(value=value, explanation=explanation, evidence=tuple(told[:_SHOWN]))


class _Absent:
    """Stands where one side has no value."""


_ABSENT = _Absent()

_Value = JsonValue | _Absent


def _pairs(path: str, given: _Value, wanted: JsonValue) -> Iterator[tuple[str, _Value, _Value]]:
    """Each field with its path, the given and the expected value."""
    if isinstance(wanted, Mapping) and wanted:
        held = given if isinstance(given, Mapping) else {}
        for name, value in wanted.items():
            yield from _pairs(f"{path}.{name}" if path else name, held.get(name, _ABSENT), value)
    elif isinstance(wanted, list) and wanted:
        items: Sequence[JsonValue] = given if isinstance(given, list) else []
        for place, value in enumerate(wanted):
            item = items[place] if place < len(items) else _ABSENT
            yield from _pairs(f"{path}[{place}]", item, value)
        for place in range(len(wanted), len(items)):
            yield f"{path}[{place}]", items[place], _ABSENT
    else:
        yield path, given, wanted


@dataclass(frozen=True, slots=True)
class _Same:
    """Which values are as good as equal."""

    tolerance: float
    relative: float
    strict: bool

    def holds(self, given: _Value, wanted: _Value) -> bool:
        """Whether a value is the expected one."""
        if isinstance(given, _Absent) or isinstance(wanted, _Absent):
            return False
        here, there = self._number(given), self._number(wanted)
        if here is not None and there is not None:
            return abs(here - there) <= max(self.tolerance, self.relative * abs(there))
        if isinstance(given, list | Mapping) or isinstance(wanted, list | Mapping):
            return given == wanted
        if self.strict or given is None or wanted is None:
            return type(given) is type(wanted) and given == wanted
        return folded(as_text(given)) == folded(as_text(wanted))

    def _number(self, value: JsonValue) -> float | None:
        """The number that a value is, or that its text is where types do not count."""
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            return None
        if isinstance(value, str) and self.strict:
            return None
        try:
            number = float(value)
        except (ValueError, OverflowError):
            return None
        return number if math.isfinite(number) else None


def _told(path: str, given: _Value, wanted: _Value) -> str:
    return f"{path or 'the value'}: {_shown(given)}, expected {_shown(wanted)}"


def _shown(value: _Value) -> str:
    if isinstance(value, _Absent):
        return _NOTHING
    text = as_text(cast("object", value)) if not isinstance(value, str) else repr(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
