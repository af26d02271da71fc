"""JSON values as the texts that metrics compare."""

import unicodedata
from collections.abc import Iterator
from typing import Annotated, cast

from pydantic import BeforeValidator, JsonValue

from genaiops.digests import canonical_json


def as_text(value: object) -> str:
    """A string as it is, a number or boolean as JSON writes it, anything else as canonical JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return canonical_json(value)


def as_texts(value: object) -> tuple[str, ...]:
    """The items of a list as texts, or the one text that the value is."""
    items = cast("list[JsonValue]", value) if isinstance(value, list | tuple) else [value]
    return tuple(as_text(item) for item in items)


Text = Annotated[str, BeforeValidator(as_text)]
"""A parameter that takes any JSON value as text."""

Texts = Annotated[tuple[str, ...], BeforeValidator(as_texts)]
"""A parameter that takes one value or a list of them, as texts."""


def folded(text: str) -> str:
    """The text in one Unicode form, without case, and with single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def texts_in(value: object) -> Iterator[str]:
    """All strings and numbers in a JSON value, at any depth, as texts."""
    if isinstance(value, dict):
        for item in cast("dict[str, object]", value).values():
            yield from texts_in(item)
    elif isinstance(value, list | tuple):
        for item in cast("list[object]", value):
            yield from texts_in(item)
    elif value is not None:
        yield str(value)
