"""Cases by their tags: which a filter takes, and what is wrong with a filter or a slice. Pure."""

from collections.abc import Iterable, Mapping

from pydantic import JsonValue

from genaiops.digests import canonical_json
from genaiops.records import Case


def has_tags(case: Case, tags: Mapping[str, JsonValue]) -> bool:
    """Whether a case has all of these tags, by `is_same_value`."""
    return all(
        tag in case.tags and is_same_value(case.tags[tag], wanted) for tag, wanted in tags.items()
    )


def is_same_value(value: JsonValue, wanted: JsonValue) -> bool:
    """Whether two values are the same; those of different types, if they are written the same.

    A table's tag is the text `2024`, a filter may say the number.
    """
    if type(value) is type(wanted) or (_is_number(value) and _is_number(wanted)):
        return value == wanted
    return value_text(value) == value_text(wanted)


def value_text(value: JsonValue) -> str:
    """A value as people write it: texts without quotes, numbers as they were written."""
    if isinstance(value, str):
        return value
    return str(value) if _is_number(value) else canonical_json(value)


def distinct_texts(values: Iterable[JsonValue], most: int) -> list[str]:
    """The values as texts, each once, in order, up to so many and one."""
    found: dict[str, None] = {}
    for value in values:
        found[value_text(value)] = None
        if len(found) > most:
            break
    return list(found)


def _is_number(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
