"""Values that go in and out of nodes: plain JSON, and nothing else."""

import math
from collections.abc import Mapping
from typing import cast

from pydantic import BaseModel, JsonValue

from genaiops.errors import CallError, InputError
from genaiops.flow.trace import Outputs, Scope
from genaiops.specs.references import resolve

_MAX_DEPTH = 64


def fill(value: JsonValue, scope: Scope) -> JsonValue:
    """Put what references point at in their place.

    Raises:
        CallError: of kind node; a reference points at nothing.
    """
    try:
        return resolve(value, scope)
    except InputError as error:
        raise CallError("node", str(error)) from error


def fill_all(values: Mapping[str, JsonValue], scope: Scope) -> dict[str, JsonValue]:
    """Put what references point at in their place, under each name.

    Raises:
        CallError: of kind node; a reference points at nothing.
    """
    return {name: fill(value, scope) for name, value in values.items()}


def plain_json(value: object, what: str, depth: int = 0) -> JsonValue:
    """A copy of a value as plain JSON; records become mappings, tuples lists.

    Raises:
        CallError: of kind node; it holds something else, or nests too deep.
    """
    if value is None or isinstance(value, str | bool | int):
        return _text(value, what) if isinstance(value, str) else value
    if isinstance(value, float) and math.isfinite(value):
        return value
    if depth > _MAX_DEPTH:
        raise CallError("node", f"{what} nests deeper than {_MAX_DEPTH} levels")
    if isinstance(value, BaseModel):
        return plain_json(value.model_dump(mode="json"), what, depth + 1)
    if isinstance(value, list | tuple):
        items = cast("list[object]", value)
        return [plain_json(item, what, depth + 1) for item in items]
    if isinstance(value, dict):
        fields = cast("dict[object, object]", value)
        return {_key(key, what): plain_json(item, what, depth + 1) for key, item in fields.items()}
    shown = value if isinstance(value, float) else type(value)
    raise CallError(
        "node",
        f"{what} holds {shown!r}; give texts, finite numbers, true, false, null, lists and "
        "mappings of these",
    )


def _key(key: object, what: str) -> str:
    if not isinstance(key, str):
        raise CallError("node", f"{what} holds the key {key!r}; keys are texts")
    return _text(key, what)


def _text(value: str, what: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        half = f"\\u{ord(value[error.start]):04x}"
        raise CallError("node", f"{what} holds half of a surrogate pair ({half})") from error
    return value


def fields_of(value: object, what: str, name: str) -> Outputs:
    """The fields of a mapping, or the one field `name` with any other value.

    Raises:
        CallError: of kind node; the value is no plain JSON.
    """
    plain = plain_json(value, what)
    return plain if isinstance(plain, dict) else {name: plain}
