"""The inputs of a flow: whether they are all there, of their types, and no others. Pure."""

from collections.abc import Callable, Iterator, Mapping
from typing import cast

from pydantic import JsonValue, TypeAdapter, ValidationError, field_validator

from genaiops.errors import InputError, suggest
from genaiops.records import Message, Passage
from genaiops.specs.flow import InputSpec, InputType


class _GivenPassage(Passage):
    """A passage whose places are numbers: what a flow is given it may give back as it is."""

    @field_validator("start", "end", "score", mode="before")
    @classmethod
    def _number(cls, value: JsonValue) -> JsonValue:
        if value is not None and not _is_number(value):
            raise ValueError(f"must be a number, not {_shown(value)}")
        return value


_GIVEN_PASSAGES = TypeAdapter(list[_GivenPassage])
_MESSAGES = TypeAdapter(list[Message])
_PASSAGES = TypeAdapter(list[Passage])


def bind_inputs(
    flow: str, declared: Mapping[str, InputSpec], given: Mapping[str, JsonValue]
) -> dict[str, JsonValue]:
    """The inputs as the nodes see them: those given, and the defaults of the others.

    Null for an input that has a default means the default.

    Raises:
        InputError: all that is missing, unknown or of another type.
    """
    bound: dict[str, JsonValue] = {}
    problems = [
        f"unknown input {name!r}{suggest(name, declared)}" for name in given if name not in declared
    ]
    for name, spec in declared.items():
        value = given.get(name)
        if value is None and not spec.is_required:
            bound[name] = spec.default
        elif name not in given:
            problems.append(f"missing input {name!r} ({spec.type})")
        else:
            problems.extend(f"input {name!r} {told}" for told in _type_problems(spec.type, value))
            bound[name] = value
    if problems:
        raise InputError(f"flow {flow!r}: {'; '.join(problems)}")
    return bound


def as_messages(value: JsonValue) -> tuple[Message, ...]:
    """A conversation as data: turns of the user, the assistant and tools, never of the system.

    Raises:
        ValueError: it is something else.
    """
    messages = tuple(_MESSAGES.validate_python([] if value is None else value))
    if any(message.role == "system" for message in messages):
        raise ValueError("a conversation holds no system message; write it into the prompt")
    return messages


def as_passages(value: JsonValue) -> tuple[Passage, ...]:
    """Passages as data.

    Raises:
        ValueError: it is something else.
    """
    return tuple(_PASSAGES.validate_python(value))


def _type_problems(kind: InputType, value: JsonValue) -> Iterator[str]:
    if kind in _PARSED:
        try:
            _PARSED[kind](value)
        except ValueError as error:
            yield f"must be {kind}: {_first_line(error)}"
    elif not _CHECKED[kind](value):
        yield f"must be {_WORDS[kind]}, not {_shown(value)}"


def _first_line(error: ValueError) -> str:
    if isinstance(error, ValidationError):
        detail = error.errors(include_url=False)[0]
        place = ".".join(map(str, detail["loc"]))
        return f"{place + ': ' if place else ''}{detail['msg'].lower()}"
    return str(error)


def _shown(value: JsonValue) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:39]}…"


def _is_number(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_CHECKED: dict[InputType, Callable[[JsonValue], bool]] = {
    "string": lambda value: isinstance(value, str),
    "number": _is_number,
    "integer": lambda value: _is_number(value) and cast("float", value) % 1 == 0,
    "boolean": lambda value: isinstance(value, bool),
    "object": lambda value: isinstance(value, dict),
    "list": lambda value: isinstance(value, list),
}
_PARSED: dict[InputType, Callable[[JsonValue], object]] = {
    "messages": as_messages,
    "passages": _GIVEN_PASSAGES.validate_python,
}
_WORDS: dict[InputType, str] = {
    "string": "a text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "object": "keys with values",
    "list": "a list",
}
