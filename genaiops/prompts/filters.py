"""The filters and tests that a template may use: small, over plain values, bounded.

They are our own, so that none looks up an attribute of a Python object, calls back, or makes much
out of little without being counted.
"""

from collections.abc import Callable, Sequence
from typing import Any, Literal, cast

from jinja2.filters import do_title, do_wordcount
from jinja2.runtime import Undefined
from pydantic import JsonValue

from genaiops.errors import TemplateError, suggest
from genaiops.prompts.bounds import Work, as_json, as_text, kind_of

Items = list[JsonValue]


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TemplateError(f"needs a text, not {kind_of(value)}; write x|string before it")
    return value


def items_of(value: object) -> Items:
    """The items of a list, or the keys of a mapping."""
    if isinstance(value, list | tuple | dict):
        return list(cast("Sequence[JsonValue]", value))
    raise TemplateError(f"needs a list, not {kind_of(value)}")


def _field(value: JsonValue, path: str | None) -> JsonValue:
    for step in path.split(".") if path else ():
        if not isinstance(value, dict):
            raise TemplateError(f"attribute {path!r} asks {kind_of(value)} for a field")
        if step not in value:
            raise TemplateError(f"no field {step!r}{suggest(step, value)}")
        value = value[step]
    return value


def _batch(_: Work, value: object, linecount: int) -> JsonValue:
    items = items_of(value)
    if linecount < 1:
        raise TemplateError("needs a number of at least 1")
    return [items[start : start + linecount] for start in range(0, len(items), linecount)]


def _default(
    _: Work, value: object, default_value: JsonValue = "", *args: bool, boolean: bool = False
) -> object:
    absent = isinstance(value, Undefined) or ((boolean or any(args)) and not value)
    return default_value if absent else value


def _dictsort(_: Work, value: object) -> JsonValue:
    if not isinstance(value, dict):
        raise TemplateError(f"needs a mapping, not {kind_of(value)}")
    pairs = cast("dict[str, JsonValue]", value).items()
    return [[key, item] for key, item in sorted(pairs, key=lambda pair: str(pair[0]).casefold())]


def _pairs(_: Work, value: object) -> JsonValue:
    if not isinstance(value, dict):
        raise TemplateError(f"needs a mapping, not {kind_of(value)}")
    return [[key, item] for key, item in cast("dict[str, JsonValue]", value).items()]


def _float(_: Work, value: Any, default: float = 0.0) -> float:  # noqa: ANN401  what float takes
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return default


def _int(_: Work, value: Any, default: int = 0) -> int:  # noqa: ANN401  what int takes
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return int(_float(_, value, default))


def _indent(
    work: Work,
    value: object,
    width: int | str = 4,
    first: bool = False,  # noqa: FBT001, FBT002  jinja's signature
) -> str:
    if isinstance(width, int) and not 0 <= width <= 100:
        raise TemplateError("indents by 0 to 100")
    prefix = width if isinstance(width, str) else " " * width
    lines = _text(value).split("\n")
    work.handle(len(lines) * len(prefix))
    indented = [prefix + line if line else line for line in lines]
    return "\n".join([indented[0] if first else lines[0], *indented[1:]])


def _join(work: Work, value: object, d: str = "", attribute: str | None = None) -> str:
    texts = [as_text(_field(item, attribute)) for item in items_of(value)]
    work.handle(sum(map(len, texts)) + len(texts) * len(d))
    return d.join(texts)


def _replace(work: Work, value: object, old: str, new: str, count: int = -1) -> str:
    text = _text(value)
    found = text.count(old) if count < 0 else min(count, text.count(old))
    work.handle(len(text) + found * len(new))
    return text.replace(old, new, count)


def _round(
    _: Work,
    value: float,
    precision: int = 0,
    method: Literal["common", "ceil", "floor"] = "common",
) -> float:
    if method != "common" or not 0 <= precision <= 15:
        raise TemplateError("rounds to 0 to 15 digits, by the common method")
    return round(float(value), precision)


def _sort(
    work: Work,
    value: object,
    reverse: bool = False,  # noqa: FBT001, FBT002  jinja's signature
    case_sensitive: bool = False,  # noqa: FBT001, FBT002
    attribute: str | None = None,
) -> Items:
    def key(item: JsonValue) -> Any:  # noqa: ANN401  whatever compares
        found = _field(item, attribute)
        return found.casefold() if isinstance(found, str) and not case_sensitive else found

    items = items_of(value)
    for _ in range(len(items).bit_length()):
        work.weigh(value)
    return sorted(items, key=key, reverse=reverse)


def _tojson(_: Work, value: JsonValue, indent: int | None = None) -> str:
    if indent is not None and not 0 <= indent <= 8:
        raise TemplateError("indents by 0 to 8")
    return as_json(value, indent)


def _truncate(
    _: Work,
    value: object,
    length: int = 255,
    killwords: bool = False,  # noqa: FBT001, FBT002  jinja's signature
    end: str = "...",
) -> str:
    text = _text(value)
    if len(text) <= length or length < len(end):
        return text if len(text) <= length else end[: max(length, 0)]
    cut = text[: length - len(end)]
    return (cut if killwords or " " not in cut else cut.rpartition(" ")[0]) + end


def _unique(_: Work, value: object) -> Items:
    seen: dict[str, JsonValue] = {}
    for item in items_of(value):
        seen.setdefault(as_json(item), item)
    return list(seen.values())


def _sum(_: Work, value: object, attribute: str | None = None) -> float:
    numbers = [_field(item, attribute) for item in items_of(value)]
    if not all(isinstance(number, int | float) for number in numbers):
        raise TemplateError("needs a list of numbers")
    return sum(cast("list[float]", numbers))


def _end(value: object, place: int) -> JsonValue:
    if not isinstance(value, str | list) or not value:
        raise TemplateError(f"needs a list that is not empty, not {kind_of(cast('object', value))}")
    return cast("Items", value)[place]


def _words(work: Work, value: object) -> str:
    """A text that is taken apart into words, which costs about ten times its length."""
    text = _text(value)
    work.handle(9 * len(text))
    return text


def _trim(_: Work, value: object, chars: str | None = None) -> str:
    return _text(value).strip(chars)


def _reversed(_: Work, value: object) -> JsonValue:
    return value[::-1] if isinstance(value, str) else items_of(value)[::-1]


_OF_VALUE: dict[str, Callable[[Work, Any], object]] = {
    "abs": lambda _, value: abs(value),
    "capitalize": lambda _, value: _text(value).capitalize(),
    "dictsort": _dictsort,
    "first": lambda _, value: _end(value, 0),
    "items": _pairs,
    "last": lambda _, value: _end(value, -1),
    "length": lambda _, value: len(value),
    "list": lambda _, value: items_of(value),
    "lower": lambda _, value: _text(value).lower(),
    "max": lambda _, value: max(cast("list[Any]", items_of(value)), default=None),
    "min": lambda _, value: min(cast("list[Any]", items_of(value)), default=None),
    "reverse": _reversed,
    "string": lambda _, value: as_text(value),
    "title": lambda work, value: do_title(_words(work, value)),
    "unique": _unique,
    "upper": lambda _, value: _text(value).upper(),
    "wordcount": lambda work, value: do_wordcount(_words(work, value)),
}
Filter = Callable[..., object]
FILTERS: dict[str, Filter] = {
    **_OF_VALUE,
    "batch": _batch,
    "count": _OF_VALUE["length"],
    "d": _default,
    "default": _default,
    "float": _float,
    "indent": _indent,
    "int": _int,
    "join": _join,
    "replace": _replace,
    "round": _round,
    "sort": _sort,
    "sum": _sum,
    "tojson": _tojson,
    "trim": _trim,
    "truncate": _truncate,
}

REFUSED_FILTERS = {
    "map": "write join(attribute='…') or a loop",
    "select": "write a loop with `if`",
    "selectattr": "write a loop with `if`",
    "reject": "write a loop with `if`",
    "rejectattr": "write a loop with `if`",
    "attr": "attributes of Python objects are out of reach",
    "format": "write x ~ y, or round, or do it in a Python node",
    "safe": "nothing is escaped here",
    "escape": "nothing is escaped here; write replace('<', '&lt;')",
    "e": "nothing is escaped here; write replace('<', '&lt;')",
}
"""Filters of jinja that people reach for, and what to write instead."""


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_divisible(value: int, number: int) -> bool:
    return value % number == 0


_OF_KIND: dict[str, Callable[[Any], bool]] = {
    "boolean": lambda value: isinstance(value, bool),
    "defined": lambda value: not isinstance(value, Undefined),
    "even": lambda value: value % 2 == 0,
    "false": lambda value: value is False,
    "float": lambda value: isinstance(value, float),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "mapping": lambda value: isinstance(value, dict),
    "none": lambda value: value is None,
    "number": _is_number,
    "odd": lambda value: value % 2 == 1,
    "sequence": lambda value: isinstance(value, list | str),
    "string": lambda value: isinstance(value, str),
    "true": lambda value: value is True,
    "undefined": lambda value: isinstance(value, Undefined),
}
TESTS: dict[str, Callable[..., bool]] = {**_OF_KIND, "divisibleby": _is_divisible}
