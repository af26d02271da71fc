"""A subset of JSON Schema: what schemas may say, and whether a value keeps to one. Pure.

Unknown keywords are refused where a schema is read, so that no rule is silently left unchecked.
`pattern` is among them: a regular expression can take minutes on the wrong text.
"""

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from pydantic import JsonValue

from genaiops.digests import canonical_json
from genaiops.errors import suggest

Schema = dict[str, JsonValue]
Path = tuple[str | int, ...]

_MAX_STEPS = 100_000
_MAX_DEPTH = 100
_ANNOTATIONS = frozenset(
    {"title", "description", "default", "examples", "format", "deprecated", "$schema", "$comment"}
)
_NUMBERS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
_COUNTS = ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties")
_BRANCHES = ("anyOf", "oneOf", "allOf")
_KEYWORDS = frozenset(
    {"type", "properties", "required", "additionalProperties", "items", "uniqueItems"}
    | {"enum", "const", "not", "$ref", "$defs", *_NUMBERS, *_COUNTS, *_BRANCHES}
)


@dataclass(frozen=True, slots=True)
class SchemaFault:
    """What is wrong with a schema, at a path of keys from its top."""

    path: Path
    message: str


def check_schema(schema: JsonValue) -> tuple[SchemaFault, ...]:
    """What a schema says that is not understood here; nothing when it can be used."""
    return tuple(_schema_faults(schema, (), schema))


def schema_errors(value: JsonValue, schema: Schema) -> tuple[str, ...]:
    """Where a value breaks a schema that `check_schema` found no fault with, one sentence each."""
    check = _Check(schema)
    return tuple(check.errors(value, schema, ()))


def same_json(left: JsonValue, right: JsonValue) -> bool:
    """Equality of JSON values: 1 is 1.0, but true is not 1."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same_json, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same_json(left[k], right[k]) for k in left)
    return left == right


def _is_number(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_TYPES: dict[str, Callable[[JsonValue], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "number": _is_number,
    "integer": lambda value: _is_number(value) and cast("float", value) % 1 == 0,
}


def _schema_faults(schema: JsonValue, path: Path, root: JsonValue) -> Iterator[SchemaFault]:
    if len(path) > _MAX_DEPTH:
        yield SchemaFault(path, f"a schema is at most {_MAX_DEPTH} levels deep")
    elif isinstance(schema, dict):
        for key in schema:
            if key not in _ANNOTATIONS:
                yield from _keyword_faults(key, schema[key], (*path, key), root)
    elif not isinstance(schema, bool):
        yield SchemaFault(path, "a schema is keys with values, or true, or false")


def _keyword_faults(
    key: str, rule: JsonValue, path: Path, root: JsonValue
) -> Iterator[SchemaFault]:
    problem = _rule_problem(key, rule, root)
    if problem is not None:
        yield SchemaFault(path, f"{key}: {problem}" if key in _KEYWORDS else problem)
        return
    for step, inner in _inner_schemas(key, rule):
        yield from _schema_faults(inner, (*path, *step), root)


def _inner_schemas(key: str, rule: JsonValue) -> Iterator[tuple[Path, JsonValue]]:
    if key in {"items", "additionalProperties", "not"}:
        yield (), rule
    elif key in {"properties", "$defs"} and isinstance(rule, dict):
        yield from (((name,), inner) for name, inner in rule.items())
    elif key in _BRANCHES and isinstance(rule, list):
        yield from (((place,), inner) for place, inner in enumerate(rule))


def _rule_problem(key: str, rule: JsonValue, root: JsonValue) -> str | None:
    if key not in _KEYWORDS:
        tail = suggest(key, _KEYWORDS | _ANNOTATIONS)
        return f"unknown keyword {key!r} in a JSON schema{tail}"
    if key == "type":
        return _type_problem(rule)
    if key == "$ref":
        return None if _target(rule, root) is not None else "only '#/$defs/<name>' that is there"
    expected = _RULE_KINDS.get(key)
    if expected is None or expected[1](rule):
        return None
    return f"must be {expected[0]}"


def _type_problem(rule: JsonValue) -> str | None:
    names = rule if isinstance(rule, list) else [rule]
    wrong = [name for name in names if not isinstance(name, str) or name not in _TYPES]
    return f"cannot be {wrong[0]!r}{suggest(str(wrong[0]), _TYPES)}" if wrong else None


def _is_count(rule: JsonValue) -> bool:
    return isinstance(rule, int) and not isinstance(rule, bool) and rule >= 0


_RULE_KINDS: dict[str, tuple[str, Callable[[JsonValue], bool]]] = {
    "properties": ("names with schemas", lambda rule: isinstance(rule, dict)),
    "$defs": ("names with schemas", lambda rule: isinstance(rule, dict)),
    "enum": ("a list", lambda rule: isinstance(rule, list)),
    "required": (
        "a list of names",
        lambda rule: isinstance(rule, list) and all(isinstance(name, str) for name in rule),
    ),
    "uniqueItems": ("true or false", lambda rule: isinstance(rule, bool)),
    **dict.fromkeys(_COUNTS, ("a whole number from 0", _is_count)),
    **dict.fromkeys(_NUMBERS, ("a number", _is_number)),
    **{
        key: ("a list of schemas", lambda rule: isinstance(rule, list) and bool(rule))
        for key in _BRANCHES
    },
}


def _target(reference: JsonValue, root: JsonValue) -> JsonValue:
    """The schema behind `#/$defs/<name>` or `#`; None where there is none."""
    if reference == "#":
        return root
    if not isinstance(reference, str) or not isinstance(root, dict):
        return None
    definitions = root.get("$defs")
    head, _, name = reference.rpartition("/")
    return definitions.get(name) if head == "#/$defs" and isinstance(definitions, dict) else None


@dataclass(slots=True)
class _Check:
    """One walk along a value and its schema, with a bound on its work."""

    root: Schema
    _steps: int = field(default=0, init=False)

    def errors(
        self, value: JsonValue, schema: JsonValue, path: Path, depth: int = 0
    ) -> Iterator[str]:
        self._steps += 1
        if self._steps > _MAX_STEPS or depth > _MAX_DEPTH:
            yield f"{_shown(path)}: the schema takes too many steps to check; does it name itself?"
        elif schema is False:
            yield f"{_shown(path)}: is not allowed"
        elif isinstance(schema, dict):
            yield from _own_errors(value, schema, path)
            yield from self._inner_errors(value, schema, path, depth + 1)

    def _inner_errors(
        self, value: JsonValue, schema: Schema, path: Path, depth: int
    ) -> Iterator[str]:
        if "$ref" in schema:
            target = _target(schema["$ref"], cast("JsonValue", self.root))
            yield from self.errors(value, target, path, depth)
        if isinstance(value, list) and "items" in schema:
            for place, item in enumerate(value):
                yield from self.errors(item, schema["items"], (*path, place), depth)
        if isinstance(value, dict):
            properties = cast("Schema", schema.get("properties", {}))
            rest = schema.get("additionalProperties", True)
            for name, item in value.items():
                yield from self.errors(item, properties.get(name, rest), (*path, name), depth)
        yield from self._branch_errors(value, schema, path, depth)

    def _branch_errors(
        self, value: JsonValue, schema: Schema, path: Path, depth: int
    ) -> Iterator[str]:
        def fits(branch: JsonValue) -> bool:
            return next(self.errors(value, branch, path, depth), None) is None

        for branch in cast("Sequence[JsonValue]", schema.get("allOf", ())):
            yield from self.errors(value, branch, path, depth)
        if "anyOf" in schema and not any(map(fits, cast("list[JsonValue]", schema["anyOf"]))):
            yield f"{_shown(path)}: fits none of anyOf"
        if "oneOf" in schema:
            count = sum(map(fits, cast("list[JsonValue]", schema["oneOf"])))
            if count != 1:
                yield f"{_shown(path)}: fits {count} of oneOf, not exactly one"
        if "not" in schema and fits(schema["not"]):
            yield f"{_shown(path)}: fits what `not` excludes"


_NUMBER_RULES: dict[str, tuple[Callable[[float, float], bool], str]] = {
    "minimum": (operator.ge, "at least"),
    "maximum": (operator.le, "at most"),
    "exclusiveMinimum": (operator.gt, "above"),
    "exclusiveMaximum": (operator.lt, "below"),
}


def _own_errors(value: JsonValue, schema: Schema, path: Path) -> Iterator[str]:
    """What the rules that need no inner schema say."""
    if "type" in schema:
        names = cast(
            "list[str]", schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        )
        if not any(_TYPES[name](value) for name in names):
            yield f"{_shown(path)}: must be {' or '.join(names)}, not {_type_of(value)}"
            return
    if "enum" in schema:
        allowed = cast("list[JsonValue]", schema["enum"])
        if not any(same_json(value, each) for each in allowed):
            yield f"{_shown(path)}: {value!r:.60} is none of {', '.join(map(repr, allowed))}"
    if "const" in schema and not same_json(value, schema["const"]):
        yield f"{_shown(path)}: must be {schema['const']!r}"
    if _is_number(value):
        yield from _number_errors(cast("float", value), schema, path)
    elif isinstance(value, str | list | dict):
        yield from _size_errors(value, schema, path)


def _number_errors(value: float, schema: Schema, path: Path) -> Iterator[str]:
    limits = cast("Mapping[str, float]", schema)
    for key, (holds, words) in _NUMBER_RULES.items():
        if key in limits and not holds(value, limits[key]):
            yield f"{_shown(path)}: must be {words} {limits[key]}, not {value}"


def _size_errors(
    value: str | list[JsonValue] | dict[str, JsonValue], schema: Schema, path: Path
) -> Iterator[str]:
    noun = {"str": "Length", "list": "Items", "dict": "Properties"}[type(value).__name__]
    least = cast("int", schema.get(f"min{noun}", 0))
    most = cast("int | None", schema.get(f"max{noun}"))
    if len(value) < least or (most is not None and len(value) > most):
        bounds = f"from {least}" + ("" if most is None else f" to {most}")
        yield f"{_shown(path)}: {noun.lower()} must be {bounds}, not {len(value)}"
    if isinstance(value, dict):
        for name in cast("list[str]", schema.get("required", ())):
            if name not in value:
                yield f"{_shown(path)}: {name!r} is missing"
    unique = isinstance(value, list) and schema.get("uniqueItems") is True
    if unique and len(set(map(canonical_json, value))) < len(value):
        yield f"{_shown(path)}: items must be unique"


def _type_of(value: JsonValue) -> str:
    return next(name for name, fits in _TYPES.items() if fits(value))


def _shown(path: Path) -> str:
    return ".".join(str(step) for step in path) or "the value"
