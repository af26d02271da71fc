"""Passages that are given as plain texts, as other tools have them. Pure."""

from pydantic import JsonValue

from genaiops.errors import InputError


def passages_of(value: JsonValue, column: str) -> JsonValue:
    """Texts as passages of a document each, named by its place; anything else as it is.

    Raises:
        InputError: a text looks like a list that Python wrote, which is no JSON.
    """
    if isinstance(value, str):
        if value.lstrip().startswith("["):
            raise InputError(
                f"{column}: {value[:30]!r} is no JSON; write the list as JSON, or the file as "
                f"JSON lines (in pandas `to_json(…, orient='records', lines=True)`)"
            )
        return [_passage(value, column, 1)]
    if isinstance(value, list):
        return [
            _passage(item, column, place) if isinstance(item, str) else item
            for place, item in enumerate(value, start=1)
        ]
    return value


def _passage(text: str, column: str, place: int) -> JsonValue:
    return {"document": f"{column} {place}", "start": 0, "end": len(text), "text": text}
