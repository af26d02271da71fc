"""The parameters of a metric's function, and the values that each of them takes."""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from types import GenericAlias
from typing import cast

from pydantic import ConfigDict, JsonValue, PydanticUserError, TypeAdapter, ValidationError

from genaiops.errors import InputError
from genaiops.metrics.declare import MetricFunction, hints_of
from genaiops.metrics.values import Text

RECORDS = ("case", "run")
"""Parameters of these names get the whole record."""
EMBEDDER = "embedder"
"""A parameter of this name gets an embedder."""
MODEL = "model"
"""A parameter of this name gets a model."""
HANDED = (EMBEDDER, MODEL)
"""Parameters of these names get what they name by the catalog."""

_OF_ANY_TEXT = (str, JsonValue, Text)
_NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter by name; `adapter` checks what it is given, where it is annotated.

    One that `takes_any_text` takes each text as it is.
    """

    name: str
    is_required: bool
    adapter: TypeAdapter[tuple[object]] | None
    takes_any_text: bool = False

    def checked(self, value: object) -> object:
        """The value as the annotation wants it.

        Raises:
            ValueError: the value does not fit; the text says why.
        """
        if self.adapter is None or (self.takes_any_text and type(value) is str):
            return value
        try:
            return self.adapter.validate_python((value,))[0]
        except ValidationError as error:
            raise ValueError(_told(self.name, error)) from error


def parameters_of(function: MetricFunction, metric: str) -> Mapping[str, Parameter]:
    """The parameters by name, in order.

    Raises:
        InputError: a parameter has no name that a use could give a value to.
    """
    hints = hints_of(function)
    found: dict[str, Parameter] = {}
    for each in signature_of(function, metric):
        if each.kind not in _NAMED:
            raise InputError(
                f"{metric}: its parameter {each.name!r} cannot be given by name; "
                f"write a function of named parameters, without * and /"
            )
        hint = hints.get(each.name)
        adapter = _adapter(each.name, hint)
        takes_any_text = any(hint is known for known in _OF_ANY_TEXT)
        is_required = each.default is each.empty
        found[each.name] = Parameter(each.name, is_required, adapter, takes_any_text)
    return found


def signature_of(function: MetricFunction, metric: str) -> tuple[inspect.Parameter, ...]:
    """The parameters as Python has them.

    Raises:
        InputError: they cannot be read, as of some functions that come with Python.
    """
    try:
        return tuple(inspect.signature(function).parameters.values())
    except (ValueError, TypeError) as error:
        raise InputError(
            f"{metric}: its parameters cannot be read; write a function of named parameters that "
            f"calls it"
        ) from error


def _adapter(name: str, hint: object) -> TypeAdapter[tuple[object]] | None:
    if hint is None or name in RECORDS or name in HANDED:
        return None
    try:
        config = ConfigDict(coerce_numbers_to_str=True)
        hinted = cast("type[tuple[object]]", GenericAlias(tuple, (hint,)))
        return TypeAdapter(hinted, config=config)
    except (PydanticUserError, TypeError):
        return None  # an annotation that says nothing about JSON


def _told(name: str, error: ValidationError) -> str:
    detail = error.errors(include_url=False, include_context=False)[0]
    where = ".".join((name, *(str(step) for step in detail["loc"][1:])))
    if detail["type"] == "value_error":
        return f"{where}: {detail['msg'].removeprefix('Value error, ')}"
    message = detail["msg"].removeprefix("Input ")
    shown = repr(detail["input"])
    shown = shown if len(shown) <= 60 else f"{shown[:57]}…"
    return f"{where}: {message[:1].lower()}{message[1:]}, not {shown}"
