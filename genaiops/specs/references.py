"""References such as `${inputs.question}`: parsing, finding and resolving. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pydantic import JsonValue

from genaiops.errors import InputError, suggest

RESERVED = frozenset({"inputs", "item", "item_index", "case", "run", "env"})
"""Roots that no node may have as its name."""

_REFERENCE = re.compile(r"\$\{([^{}]*)\}")
_PATH = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*\Z")


@dataclass(frozen=True, slots=True)
class Reference:
    """`${root.path[0].path[1]…}`; a number picks from a list, a name plucks it from every item."""

    root: str
    path: tuple[str, ...]

    def __str__(self) -> str:
        return "${" + ".".join((self.root, *self.path)) + "}"


def parse_reference(text: str) -> Reference | None:
    """The reference that the whole text is; None where it is plain text or text around references.

    Raises:
        InputError: the braces hold no valid path.
    """
    parts = parse_template(text)
    return parts if isinstance(parts, Reference) else None


@lru_cache(maxsize=4096)
def parse_template(text: str) -> Reference | tuple[str | Reference, ...]:
    """The reference that a text is, or its pieces: texts, and the references between them.

    Templates stand in specs and are filled for every case, so each is read once.

    Raises:
        InputError: braces that hold no valid path.
    """
    match = _REFERENCE.fullmatch(text.strip())
    if match:
        return _parse_path(match[1])
    pieces = _REFERENCE.split(text)
    return tuple(_parse_path(piece) if place % 2 else piece for place, piece in enumerate(pieces))


def find_references(value: JsonValue) -> Iterator[Reference]:
    """All references in a value, at any depth, whole or inside a text.

    Raises:
        InputError: braces that hold no valid path.
    """
    if isinstance(value, str):
        parts = parse_template(value)
        if isinstance(parts, Reference):
            yield parts
        else:
            yield from (part for part in parts if isinstance(part, Reference))
    elif isinstance(value, list):
        for item in value:
            yield from find_references(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from find_references(item)


def resolve(value: JsonValue, scope: Mapping[str, JsonValue]) -> JsonValue:
    """Put values in the place of references.

    A text that is one reference becomes the value itself; references inside a longer text become
    text, which only strings, numbers and booleans can.

    Raises:
        InputError: the scope has no such root or field, or a field inside a text is no scalar.
    """
    if isinstance(value, str):
        return _resolve_text(value, scope)
    if isinstance(value, list):
        return [resolve(item, scope) for item in value]
    if isinstance(value, dict):
        return {key: resolve(item, scope) for key, item in value.items()}
    return value


def look_up(reference: Reference, scope: Mapping[str, JsonValue]) -> JsonValue:
    """The value that a reference points at.

    Raises:
        InputError: there is no such root or field.
    """
    if reference.root not in scope:
        raise InputError(
            f"{reference}: there is no {reference.root!r}{suggest(reference.root, scope)}"
        )
    value = scope[reference.root]
    for step in reference.path:
        value = _step(value, step, reference)
    return value


def _parse_path(path: str) -> Reference:
    if not _PATH.match(path.strip()):
        raise InputError(f"${{{path}}} is no reference; write ${{name.field}}")
    root, *rest = path.strip().split(".")
    return Reference(root, tuple(rest))


def _resolve_text(text: str, scope: Mapping[str, JsonValue]) -> JsonValue:
    parts = parse_template(text)
    if isinstance(parts, Reference):
        return look_up(parts, scope)
    return "".join(part if isinstance(part, str) else _as_text(part, scope) for part in parts)


def _as_text(reference: Reference, scope: Mapping[str, JsonValue]) -> str:
    value = look_up(reference, scope)
    if isinstance(value, dict | list) or value is None:
        raise InputError(f"{reference} inside a text must be a string, number or boolean")
    return str(value).lower() if isinstance(value, bool) else str(value)


def _step(value: JsonValue, step: str, reference: Reference) -> JsonValue:
    if isinstance(value, dict):
        if step in value:
            return value[step]
        raise InputError(f"{reference}: no field {step!r}{suggest(step, value)}")
    if isinstance(value, Sequence) and not isinstance(value, str) and step.isdigit():
        if int(step) < len(value):
            return value[int(step)]
        raise InputError(f"{reference}: the list has {len(value)} items")
    if isinstance(value, list):
        return [_step(item, step, reference) for item in value]
    raise InputError(f"{reference}: {step!r} asks for a field of a {type(value).__name__}")
