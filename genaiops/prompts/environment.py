"""The sandbox that templates run in: fields of plain values, and nothing of Python."""

from collections.abc import Callable
from functools import cache
from typing import cast

import jinja2
from jinja2.runtime import Context, LoopContext, StrictUndefined, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing, pass_context
from pydantic import JsonValue

from genaiops.errors import TemplateError, suggest
from genaiops.prompts.bounds import Work, as_text, kind_of, operate
from genaiops.prompts.filters import FILTERS, TESTS, Filter, items_of
from genaiops.prompts.syntax import COUNTED, JOINED, WEIGHED

_MAX_RANGE = 10_000
_LOOP = frozenset(
    {"index", "index0", "revindex", "revindex0", "first", "last", "length", "depth", "depth0"}
    | {"previtem", "nextitem", "cycle"}
)


class NoVariable(jinja2.UndefinedError):
    """A variable of the template that was not given; its message is the name."""


class _Missing(StrictUndefined):
    """What stands for a missing variable or field until it is used."""

    __slots__ = ()

    def __init__(
        self,
        hint: str | None = None,
        obj: object = missing,
        name: str | None = None,
        exc: type[jinja2.TemplateRuntimeError] = jinja2.UndefinedError,
    ) -> None:
        is_variable = obj is missing and hint is None
        super().__init__(hint, obj, name, NoVariable if is_variable else exc)

    @property
    def _undefined_message(self) -> str:
        name, value = str(self._undefined_name), self._undefined_obj
        if value is missing:
            return name
        if isinstance(value, dict):
            return f"no field {name!r}{suggest(name, map(str, cast('dict[str, object]', value)))}"
        if isinstance(value, list):
            return f"no item {name} in a list of {len(cast('list[object]', value))}"
        return f"{name!r} asks {kind_of(value)} for a field"


class RenderContext(Context):
    """The variables of one rendering, with its work."""

    work: Work


class _Environment(ImmutableSandboxedEnvironment):
    """Fields of mappings, items of lists and the loop's counters; no attribute of anything."""

    context_class = RenderContext
    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})

    def getattr(self, obj: object, attribute: str) -> object:
        if isinstance(obj, LoopContext):
            if attribute not in _LOOP:
                raise TemplateError(f"no field 'loop.{attribute}'{suggest(attribute, _LOOP)}")
            return cast("object", getattr(obj, attribute))
        return self.getitem(obj, attribute)

    def getitem(self, obj: object, argument: object) -> object:
        if isinstance(obj, Undefined):
            return str(obj)  # a strict undefined raises with its own name
        if isinstance(obj, dict) and isinstance(argument, str | int):
            fields = cast("dict[object, object]", obj)
            return fields[argument] if argument in fields else self._missing(fields, argument)
        if isinstance(obj, list | tuple | str) and isinstance(argument, int):
            items = cast("list[object]", obj)
            inside = -len(items) <= argument < len(items)
            return items[argument] if inside else self._missing(items, argument)
        return self._missing(cast("object", obj), argument)

    def _missing(self, obj: object, name: object) -> Undefined:
        return self.undefined(obj=obj, name=str(name))

    def call_binop(self, context: Context, operator: str, left: object, right: object) -> JsonValue:
        for value in (left, right):
            _refuse_undefined(value)
        return operate(cast("RenderContext", context).work, operator, left, right)


def _refuse_undefined(value: object) -> None:
    if isinstance(value, Undefined):
        str(value)  # a strict undefined raises with its own name


@pass_context
def _range(context: Context, *bounds: int) -> list[int]:
    numbers = range(*bounds)
    if len(numbers) > _MAX_RANGE:
        raise TemplateError(f"range() makes at most {_MAX_RANGE:,} numbers, not {len(numbers):,}")
    cast("RenderContext", context).work.handle(len(numbers))
    return list(numbers)


@pass_context
def _finalize(context: Context, value: object) -> str:
    _refuse_undefined(value)
    if not isinstance(value, str):
        cast("RenderContext", context).work.weigh(value)
    return as_text(value)


@pass_context
def _counted(context: Context, value: object, weight: int) -> list[JsonValue]:
    _refuse_undefined(value)
    try:
        items = items_of(value)
    except TemplateError as error:
        raise TemplateError(f"a loop {error}") from None
    cast("RenderContext", context).work.loop(len(items), weight)
    return items


@pass_context
def _weighed(context: Context, value: object) -> object:
    _refuse_undefined(value)
    cast("RenderContext", context).work.weigh(value)
    return value


@pass_context
def _joined(context: Context, values: list[object]) -> str:
    work = cast("RenderContext", context).work
    for value in values:
        _refuse_undefined(value)
        work.weigh(value)
    return "".join(map(as_text, values))


def _guarded(name: str, function: Filter) -> Callable[..., object]:
    """The filter, with its arguments defined and counted, and its name in its messages."""
    takes_undefined = name in {"default", "d"}

    @pass_context
    def guarded(context: Context, *args: object, **kwargs: object) -> object:
        work = cast("RenderContext", context).work
        for value in (*args, *kwargs.values()):
            if isinstance(value, Undefined) and takes_undefined:
                continue
            _refuse_undefined(value)
            work.weigh(value)
        try:
            return function(work, *args, **kwargs)
        except (TemplateError, TypeError, ValueError, AttributeError) as error:
            told = str(error).replace("<lambda>()", "it").replace(f"_{name}()", "it")
            raise TemplateError(f"filter {name!r}: {told}") from error

    return guarded


@cache
def environment() -> ImmutableSandboxedEnvironment:
    """The only one; made when the first template is read."""
    sandbox = _Environment(
        undefined=_Missing,
        autoescape=False,
        finalize=_finalize,
        keep_trailing_newline=True,
        optimized=False,
        cache_size=0,
    )
    guarded = {name: _guarded(name, function) for name, function in FILTERS.items()}
    inner = {COUNTED: _counted, WEIGHED: _weighed, JOINED: _joined}
    tables: tuple[tuple[object, dict[str, Callable[..., object]]], ...] = (
        (sandbox.filters, {**guarded, **inner}),
        (sandbox.tests, {**TESTS}),
        (sandbox.globals, {"range": _range}),
    )
    for table, ours in tables:
        names = cast("dict[str, Callable[..., object]]", table)
        names.clear()
        names.update(ours)
    return sandbox
