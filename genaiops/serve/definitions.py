"""Definitions of schemas in the one place where references of an OpenAPI document look. Pure."""

from pydantic import JsonValue

_PLACE = "#/components/schemas/"
_OWN = "#/$defs/"


def hoisted(value: JsonValue, into: dict[str, JsonValue]) -> JsonValue:
    """A part of a document without `$defs`, which stand in `into` then; references lead there.

    A reference in a schema counts from the top of the document, and not from the schema.
    """
    if isinstance(value, list):
        return [hoisted(item, into) for item in value]
    if not isinstance(value, dict):
        return value
    own = value.get("$defs")
    if isinstance(own, dict):
        rest: JsonValue = {key: part for key, part in value.items() if key != "$defs"}
        names = {name: _free_name(name, own, into) for name in own}
        for name, definition in own.items():
            into[names[name]] = _leading(definition, names)
        return hoisted(_leading(rest, names), into)
    return {key: hoisted(part, into) for key, part in value.items()}


def _free_name(name: str, own: dict[str, JsonValue], into: dict[str, JsonValue]) -> str:
    """A name under which nothing else stands yet."""
    same = {each: each for each in own}
    number, free = 1, name
    while free in into and into[free] != _leading(own[name], same):
        number += 1
        free = f"{name}_{number}"
    return free


def _leading(value: JsonValue, names: dict[str, str]) -> JsonValue:
    """A part of a schema whose references lead to the definitions of these names."""
    if isinstance(value, list):
        return [_leading(item, names) for item in value]
    if not isinstance(value, dict):
        return value
    led = {key: _leading(part, names) for key, part in value.items()}
    target = value.get("$ref")
    if isinstance(target, str) and target.removeprefix(_OWN) in names:
        led["$ref"] = f"{_PLACE}{names[target.removeprefix(_OWN)]}"
    return led
