"""A comparison as canonical JSON: equal comparisons give equal bytes."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import cast

from pydantic import BaseModel

from genaiops.digests import canonical_json
from genaiops.evaluations.comparison import Comparison
from genaiops.text.json_text import escaped

FORMAT = 1


def comparison_fields(comparison: Comparison) -> dict[str, object]:
    """The comparison as plain JSON values, with the names of its fields."""
    return {"format": FORMAT} | {
        each.name: _plain(getattr(comparison, each.name)) for each in fields(comparison)
    }


def render_comparison_json(comparison: Comparison) -> Iterator[str]:
    """All of the comparison, its pairs and cases too."""
    yield escaped(canonical_json(comparison_fields(comparison))) + "\n"


def _plain(value: object) -> object:
    match value:
        case BaseModel():
            return value.model_dump(mode="json")
        case dict():
            return {
                str(key): _plain(each) for key, each in cast("dict[str, object]", value).items()
            }
        case tuple():
            return [_plain(each) for each in cast("tuple[object, ...]", value)]
        case _ if is_dataclass(value):
            return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
        case _:
            return value
