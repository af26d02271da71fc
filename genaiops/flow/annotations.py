"""What a text means for a parameter, by its annotation: `id: int` makes 123 of "123". Pure."""

import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast, get_type_hints

from pydantic import JsonValue, TypeAdapter, ValidationError
from pydantic.errors import PydanticUserError
from pydantic_core import from_json

_SAYING = (bool, int, float)


@dataclass(frozen=True, slots=True)
class TextReader:
    """Reads texts for one parameter; `told` is its annotation."""

    told: str
    adapter: TypeAdapter[Any]

    def read(self, text: str) -> JsonValue:
        """The text itself where the annotation takes one, else the value that it writes.

        Raises:
            ValueError: it writes no such value.
        """
        for attempt in (self._as_text, self._as_json, self._as_written):
            try:
                value = attempt(text)
            except ValueError:
                continue
            if not isinstance(value, float) or math.isfinite(value):
                return value
        raise ValueError(f"must be {self.told}, not {text!r:.60}")

    def _as_text(self, text: str) -> JsonValue:
        if not isinstance(self.adapter.validate_python(text, strict=True), str):
            raise ValueError("taken for something else")  # noqa: TRY004  as the validator raises
        return text

    def _as_json(self, text: str) -> JsonValue:
        value: JsonValue = from_json(text, allow_inf_nan=False)
        return self._plain(self.adapter.validate_python(value))

    def _as_written(self, text: str) -> JsonValue:
        return self._plain(self.adapter.validate_strings(text))

    def _plain(self, value: object) -> JsonValue:
        return self.adapter.dump_python(value, mode="json", warnings="error")


def text_readers(signature: inspect.Signature, hints: Mapping[str, Any]) -> dict[str, TextReader]:
    """Readers of the parameters that say what they take; the others take texts as they are.

    Args:
        signature: Of a function; a default that is a number, true or false stands for a hint.
        hints: The annotations of its parameters, as far as they can be read.
    """
    readers: dict[str, TextReader] = {}
    for name, parameter in signature.parameters.items():
        default = cast("object", parameter.default)
        hint = hints.get(name, type(default) if isinstance(default, _SAYING) else None)
        adapter = _adapter(hint) if hint is not None else None
        if adapter is not None:
            readers[name] = TextReader(inspect.formatannotation(hint), adapter)
    return readers


def hints_of(function: Callable[..., object]) -> dict[str, Any]:
    """The annotations of a function; none where one of them names what is not there."""
    try:
        return get_type_hints(function, include_extras=True)
    except (NameError, TypeError, AttributeError):
        return {}


def _adapter(hint: Any) -> TypeAdapter[Any] | None:  # noqa: ANN401  an annotation may be anything
    try:
        return TypeAdapter(hint)
    except (PydanticUserError, ValidationError, TypeError, NameError):
        return None
