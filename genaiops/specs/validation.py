"""Pydantic's errors in the words of the file: the key, what is allowed, the nearest valid word."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from genaiops.errors import Fault, suggest
from genaiops.specs.document import Document, Path

_KINDS = {
    "string_type": "a text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "keys with values",
    "model_type": "keys with values",
    "model_attributes_type": "keys with values",
    "date_type": "a date such as 2027-03-01",
    "date_from_datetime_parsing": "a date such as 2027-03-01",
}

Schema = Mapping[str, Any]


def explain(error: ValidationError, kind: type[BaseModel], document: Document) -> list[Fault]:
    """The faults behind a pydantic error, each once, at its place in the document."""
    schema = kind.model_json_schema()
    by_path: dict[Path, tuple[int, Fault]] = {}
    for detail in error.errors(include_url=False):
        location = detail["loc"]
        path = _written_path(location, document)
        if detail["type"] == "missing":
            path = _nearest_mapping(path, document)
        fault = document.fault(path, _message(detail, path, schema))
        known = by_path.get(path)
        # of the branches of a union, the one that went deepest meant the same as the user
        if known is None or detail["type"] == "extra_forbidden" or len(location) > known[0]:
            by_path[path] = (len(location), fault)
    return sorted(fault for _, fault in by_path.values())


def _message(detail: ErrorDetails, path: Path, schema: Schema) -> str:
    if detail["type"] in _KINDS:
        return f"{_shown(path)} must be {_KINDS[detail['type']]}, not {_value(detail)}"
    tell = _TELLERS.get(detail["type"], _tell_other)
    return tell(detail, path, schema)


def _tell_unknown(detail: ErrorDetails, _: Path, schema: Schema) -> str:
    key = str(detail["loc"][-1])
    return f"unknown key {key!r}{suggest(key, _known_keys(schema, detail['loc'][:-1]))}"


def _tell_missing(detail: ErrorDetails, path: Path, _: Schema) -> str:
    inside = f" in {_shown(path)}" if path else ""
    return f"missing key {str(detail['loc'][-1])!r}{inside}"


def _tell_choice(detail: ErrorDetails, path: Path, _: Schema) -> str:
    words = _words(_context(detail, "expected"))
    return f"{_shown(path)} cannot be {_value(detail)}{suggest(str(detail['input']), words)}"


def _tell_tag(detail: ErrorDetails, _: Path, __: Schema) -> str:
    tag = _context(detail, "tag")
    words = _words(_context(detail, "expected_tags"))
    return f"{_context(detail, 'discriminator')} cannot be {tag!r}{suggest(tag, words)}"


def _tell_no_tag(detail: ErrorDetails, path: Path, _: Schema) -> str:
    return f"missing key {_context(detail, 'discriminator')!r} in {_shown(path)}"


def _tell_value(detail: ErrorDetails, _: Path, __: Schema) -> str:
    return detail["msg"].removeprefix("Value error, ")


def _tell_node(detail: ErrorDetails, path: Path, _: Schema) -> str:
    return f"{_shown(path)}: {detail['msg']}"


def _tell_pattern(detail: ErrorDetails, path: Path, _: Schema) -> str:
    pattern = _context(detail, "pattern")
    return f"{_shown(path)} cannot be {_value(detail)}; it must match {pattern}"


def _tell_other(detail: ErrorDetails, path: Path, _: Schema) -> str:
    told = detail["msg"].removeprefix("Input ").removeprefix("Value ")
    return f"{_shown(path)} {told[:1].lower()}{told[1:]}, not {_value(detail)}"


_TELLERS: dict[str, Callable[[ErrorDetails, Path, Schema], str]] = {
    "extra_forbidden": _tell_unknown,
    "missing": _tell_missing,
    "literal_error": _tell_choice,
    "union_tag_invalid": _tell_tag,
    "union_tag_not_found": _tell_no_tag,
    "value_error": _tell_value,
    "node_kind": _tell_node,
    "string_pattern_mismatch": _tell_pattern,
}


def _context(detail: ErrorDetails, key: str) -> str:
    told = str(detail.get("ctx", {}).get(key, ""))
    return told.strip("'") if key == "discriminator" else told


def _value(detail: ErrorDetails) -> str:
    value = detail["input"]
    if isinstance(value, dict):
        return "keys with values"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return "empty"
    shown = str(cast("object", value))
    shown = shown if len(shown) <= 60 else shown[:57] + "…"
    return repr(shown) if isinstance(value, str) else shown


def _shown(path: Path) -> str:
    return ".".join(str(step) for step in path) or "the file"


def _words(listed: str) -> list[str]:
    """The choices in pydantic's prose: `'a', 'b' or 'c'`."""
    return listed.replace(" or ", ", ").replace("'", "").split(", ")


def _written_path(location: Sequence[str | int], document: Document) -> Path:
    """The best path of the document along a location, leaving out the tags of unions.

    One that ends where the location ends is better than a longer one that does not.
    """

    def walk(rest: tuple[str | int, ...], path: Path) -> tuple[bool, Path]:
        if not rest:
            return False, path
        left_out = walk(rest[1:], path)
        if (*path, rest[0]) not in document.places:
            return left_out
        deeper = (*path, rest[0])
        taken = walk(rest[1:], deeper) if rest[1:] else (True, deeper)
        return max(left_out, taken, key=lambda found: (found[0], len(found[1])))

    return walk(tuple(location), ())[1]


def _nearest_mapping(path: Path, document: Document) -> Path:
    """The innermost keys-with-values around a path: where a missing key belongs."""
    around, here = (), document.value
    for count, step in enumerate(path, start=1):
        here = cast("Any", here)[step]
        around = path[:count] if isinstance(here, dict) else around
    return around


def _known_keys(schema: Schema, location: Sequence[str | int]) -> list[str]:
    here: Schema | None = schema
    for step in location:
        here = _below(schema, _resolved(schema, here), step)
        if here is None:
            return []
    return list(_resolved(schema, here).get("properties", {}))


def _resolved(schema: Schema, here: Schema | None) -> Schema:
    while here is not None and "$ref" in here:
        here = schema["$defs"][here["$ref"].rpartition("/")[2]]
    return here or {}


def _below(schema: Schema, here: Schema, step: str | int) -> Schema | None:
    """The schema one step down: a property, an item, a branch of a union, or an entry."""
    if step in here.get("properties", {}):
        return here["properties"][step]
    if isinstance(step, int) and "items" in here:
        return here["items"]
    branch = _branch(schema, here, step)
    extra: Schema | bool | None = here.get("additionalProperties")
    return branch if branch is not None else extra if isinstance(extra, Mapping) else None


def _branch(schema: Schema, here: Schema, step: str | int) -> Schema | None:
    """The branch of a union that a tag names, or that has the step as a property."""
    mapping = here.get("discriminator", {}).get("mapping", {})
    for branch in (*here.get("oneOf", ()), *here.get("anyOf", ())):
        target = _resolved(schema, branch)
        if mapping:
            if branch.get("$ref") == mapping.get(step):
                return branch
        elif step == target.get("title") or step in target.get("required", ()):
            return branch
        elif step in target.get("properties", {}):
            return target["properties"][step]
    return None
