"""A JSON object to a case: with `inputs`, or flat, its keys taken as columns are. Pure."""

from collections.abc import Mapping
from difflib import get_close_matches

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from genaiops.datasets.columns import Columns, columns_of
from genaiops.datasets.written import WrittenCase
from genaiops.digests import canonical_json
from genaiops.errors import InputError, suggest

_OBJECTS = ("expected", "tags")
"""Keys of a flat object that may hold an object of their own."""


class _Whole(BaseModel):
    """A case as it is written with `inputs`: the id may be left out."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, coerce_numbers_to_str=True)

    id: str | None = None
    inputs: dict[str, JsonValue]
    expected: dict[str, JsonValue] = {}
    tags: dict[str, JsonValue] = {}
    cluster: str | None = None


_FIELDS = _Whole.model_fields.keys()
_NONE: dict[str, JsonValue] = {}


class _Name(BaseModel):
    """What a flat object says of id and cluster."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    id: str | None = None
    cluster: str | None = None


def parse_object(value: JsonValue, line: int) -> WrittenCase:
    """Take an object as a case.

    Raises:
        InputError: it is no case; the message has the key.
    """
    if not isinstance(value, dict):
        raise InputError(f"a case is an object with keys, not {_kind(value)}")
    try:
        if "inputs" not in value:
            return _flat(value, line)
        if _is_as_declared(value):
            return WrittenCase(line, **value)  # pyright: ignore[reportArgumentType]  just seen
        whole = _Whole.model_validate(value)
    except ValidationError as error:
        raise InputError(_first_fault(error)) from error
    return WrittenCase(
        line, whole.inputs, whole.expected, whole.tags, id=whole.id, cluster=whole.cluster
    )


def _is_as_declared(value: Mapping[str, JsonValue]) -> bool:
    """Whether a case is just as `_Whole` has it, as most are: JSON has no other values."""
    return (
        value.keys() <= _FIELDS
        and isinstance(value["inputs"], dict)
        and isinstance(value.get("expected", _NONE), dict)
        and isinstance(value.get("tags", _NONE), dict)
        and isinstance(value.get("id"), str | None)
        and isinstance(value.get("cluster"), str | None)
    )


def notes_on(value: JsonValue) -> tuple[str, ...]:
    """What is to be known of the names of a flat object's keys."""
    if not isinstance(value, dict) or "inputs" in value:
        return ()
    return _columns(value).notes


def _flat(value: Mapping[str, JsonValue], line: int) -> WrittenCase:
    _refuse_misspelt_inputs(value)
    columns = _columns(value)
    if columns.errors:
        raise InputError("; ".join(columns.errors))
    name = _Name.model_validate({c.part: value[c.written] for c in columns.columns if not c.key})
    case = WrittenCase(line, {}, id=name.id or None, cluster=name.cluster or None)
    parts = {"inputs": case.inputs, "expected": case.expected, "tags": case.tags}
    for part in _OBJECTS:
        inner = value.get(part)
        parts[part].update(inner if isinstance(inner, dict) else {})
    for column in columns.columns:
        given = value[column.written]
        if not column.key or (given is None and column.part != "inputs"):
            continue
        if column.key in parts[column.part]:
            raise InputError(
                f"the key {column.written!r} is {column.place}, which is there already"
            )
        parts[column.part][column.key] = given
    return case


def _columns(value: Mapping[str, JsonValue]) -> Columns:
    nested = {key for key in _OBJECTS if isinstance(value.get(key), dict)}
    return columns_of(tuple(key for key in value if key not in nested), "key")


def _refuse_misspelt_inputs(value: Mapping[str, JsonValue]) -> None:
    """An object under a key that is nearly `inputs` is meant as such."""
    for key, inner in value.items():
        if isinstance(inner, dict) and get_close_matches(key, ["inputs"], cutoff=0.7):
            raise InputError(f"unknown key {key!r}; did you mean 'inputs'?")


def _kind(value: JsonValue) -> str:
    match value:
        case list():
            return "a list"
        case str():
            return "a text"
        case _:
            return canonical_json(value)


def _first_fault(error: ValidationError) -> str:
    detail = error.errors(include_url=False)[0]
    where = ".".join(str(step) for step in detail["loc"])
    if detail["type"] == "extra_forbidden":
        return f"unknown key {where!r}{suggest(where, _Whole.model_fields)}"
    return f"{where}: {detail['msg'][:1].lower()}{detail['msg'][1:]}"
