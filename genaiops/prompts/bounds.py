"""How much one rendering may do, and the values that it may do it with. Pure.

Work is counted, not timed: a template that ends on one machine ends on all of them.
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import cast

from pydantic import JsonValue

from genaiops.errors import TemplateError

MAX_OUTPUT = 1_000_000
"""Characters of one rendered prompt."""
MAX_ITERATIONS = 100_000
"""Turns of all loops together."""
MAX_STEPS = 2_000_000
"""Parts of templates in loop bodies, times their turns."""
MAX_HANDLED = 20_000_000
"""Characters and items that filters, operators and comparisons look at together."""
ITEM_SIZE = 50
"""What an item of a list or mapping counts beside its characters."""
MAX_BITS = 4_096
MAX_DEPTH = 64


@dataclass(slots=True)
class Work:
    """The work of one rendering, counted."""

    iterations: int = field(default=0, init=False)
    steps: int = field(default=0, init=False)
    handled: int = field(default=0, init=False)

    def loop(self, turns: int, body: int) -> None:
        """Count a loop over `turns` items whose body has `body` parts, before it runs."""
        self.iterations += turns
        self.steps += turns * body
        if self.iterations > MAX_ITERATIONS:
            raise TemplateError(f"more than {MAX_ITERATIONS:,} loop iterations in one prompt")
        if self.steps > MAX_STEPS:
            raise TemplateError(f"loops do more than {MAX_STEPS:,} steps in one prompt")

    def handle(self, size: int) -> None:
        """Count characters or items that are about to be looked at or made."""
        self.handled += size
        if self.handled > MAX_HANDLED:
            raise TemplateError(
                f"more than {MAX_HANDLED:,} characters are handled in one prompt; "
                "shorten the data or do the work in a Python node"
            )

    def weigh(self, value: object) -> None:
        """Count all characters and items of a value, also where it is shared inside itself."""
        rest, size, allowed = [value], 0, MAX_HANDLED - self.handled
        while rest and size <= allowed:
            here = rest.pop()
            if isinstance(here, str):
                size += len(here)
            elif isinstance(here, list | tuple):
                rest.extend(cast("list[object]", here))
            elif isinstance(here, dict):
                rest.extend(cast("dict[object, object]", here))
                rest.extend(cast("dict[object, object]", here).values())
            size += ITEM_SIZE
        self.handle(size)


def plain_values(values: Mapping[str, object]) -> dict[str, JsonValue]:
    """Copies of the variables of a template, as plain JSON values.

    Raises:
        TemplateError: a value is something else, is not finite, or is nested too deep.
    """
    return {name: _plain(value, name, 0) for name, value in values.items()}


def _plain(value: object, where: str, depth: int) -> JsonValue:
    if depth > MAX_DEPTH:
        raise TemplateError(f"variable {where!r} is nested deeper than {MAX_DEPTH} levels")
    if value is None or type(value) in {str, bool, int}:
        return cast("JsonValue", value)
    if isinstance(value, float) and math.isfinite(value):
        return float(value)
    if type(value) is list:
        return [_plain(item, where, depth + 1) for item in cast("list[object]", value)]
    if type(value) is dict:
        items = cast("dict[object, object]", value).items()
        return {_key(key, where): _plain(item, where, depth + 1) for key, item in items}
    what = str(value)[:20] if isinstance(value, float) else f"a value of {type(value)}"
    raise TemplateError(
        f"variable {where!r} holds {what}; a template takes texts, finite numbers, true, false, "
        "null, lists and mappings of these"
    )


def _key(key: object, where: str) -> str:
    if type(key) is not str:
        raise TemplateError(f"variable {where!r} holds the key {key!r}; keys are texts")
    return key


def as_text(value: object) -> str:
    """A value as it stands in a prompt: lists and mappings as JSON, the rest as Python prints it.

    Raises:
        TemplateError: it is no plain value.
    """
    if type(value) is str:
        return value
    if value is None or isinstance(value, bool | int | float):
        return str(value)
    if isinstance(value, list | tuple | dict):
        return as_json(cast("JsonValue", value))
    raise TemplateError("only plain values can be written into a prompt")


def as_json(value: JsonValue, indent: int | None = None) -> str:
    """A plain value as JSON, in its own order, with characters as they are."""
    return json.dumps(value, ensure_ascii=False, indent=indent, default=_refuse)


def _refuse(_: object) -> str:
    raise TemplateError("only plain values can be written into a prompt")


def kind_of(value: object) -> str:
    """What a value is, in a word for a message."""
    kinds = ((str, "text"), (bool, "true or false"), (int | float, "a number"), (dict, "a mapping"))
    named = next((word for kind, word in kinds if isinstance(value, kind)), "no plain value")
    return "null" if value is None else "a list" if isinstance(value, list | tuple) else named


_NUMERIC: dict[str, Callable[[float, float], float]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": lambda left, right: left / right,
    "//": lambda left, right: left // right,
    "%": lambda left, right: left % right,
    "**": lambda left, right: left**right,
}


def operate(work: Work, operator: str, left: object, right: object) -> JsonValue:
    """Do arithmetic, join texts or lists by +, repeat them by *; all with bounded results.

    Raises:
        TemplateError: the operator does not go with the values, or the result is too large.
    """
    if isinstance(left, int | float) and isinstance(right, int | float):
        return _calculate(operator, left, right)
    if operator == "+" and isinstance(left, str) and isinstance(right, str):
        work.handle(len(left) + len(right))
        return left + right
    if operator == "+" and isinstance(left, list) and isinstance(right, list):
        work.handle(len(cast("list[JsonValue]", left)) + len(cast("list[JsonValue]", right)))
        return cast("list[JsonValue]", left) + cast("list[JsonValue]", right)
    if operator == "*" and isinstance(right, int):
        return _repeat(work, cast("object", left), right)
    if operator == "*" and isinstance(left, int):
        return _repeat(work, right, left)
    hint = "; write x ~ y to put texts together" if operator == "+" else ""
    raise TemplateError(
        f"{operator!r} does not go with {kind_of(cast('object', left))} and {kind_of(right)}{hint}"
    )


def _calculate(operator: str, left: float, right: float) -> float:
    if operator == "**":
        bits = abs(right) * max(1, math.log2(abs(left) + 1))
        if bits > MAX_BITS or (left < 0 and not float(right).is_integer()):
            raise TemplateError(f"{left!r:.20} ** {right!r:.20} is no number of a usable size")
    try:
        result = _NUMERIC[operator](left, right)
    except (ZeroDivisionError, OverflowError) as error:
        raise TemplateError(f"{left!r:.20} {operator} {right!r:.20}: {error}") from error
    if isinstance(result, int) and result.bit_length() > MAX_BITS:
        raise TemplateError(f"{operator!r} gives a number of over {MAX_BITS:,} bits")
    return result


def _repeat(work: Work, value: object, times: int) -> JsonValue:
    if not isinstance(value, str | list):
        raise TemplateError(f"'*' does not go with {kind_of(value)} and a number")
    several = cast("str | list[JsonValue]", value)
    size = len(several) * max(times, 0)
    if size > MAX_OUTPUT:
        raise TemplateError(f"a repetition makes {size:,} characters or items")
    work.handle(size)
    return several * times
