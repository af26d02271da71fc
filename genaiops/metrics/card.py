"""What there is to know of a metric, gathered from its declaration, docstring and catalog."""

import inspect
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from genaiops.metrics.agreement import Agreement, agreement_of
from genaiops.metrics.catalog import METRICS, load_metric
from genaiops.metrics.declare import (
    MetricDeclaration,
    MetricFunction,
    Unit,
    declaration_of,
    is_binary,
)
from genaiops.metrics.docstring import docstring_of
from genaiops.metrics.parameters import EMBEDDER, HANDED, MODEL, RECORDS, signature_of
from genaiops.records import Direction

_GETS: Mapping[str, str] = {
    "answer": "the output `answer`, or the only one",
    "expected": "the expected value named as that output, else `answer`, else the only one",
    "passages": "the output `passages`",
    "inputs": "what the flow was given",
    "case": "the whole case",
    "run": "the whole run",
}
_HANDED: Mapping[str, str] = {
    EMBEDDER: "An embedder of the catalog by its name.",
    MODEL: "A model or selection of the catalog by its name.",
}
_COSTS: Mapping[str, str] = {
    EMBEDDER: "embeddings, each text once",
    MODEL: "calls of a model",
}


@dataclass(frozen=True, slots=True)
class CardArgument:
    """An argument: what it gets where a use says nothing, its default, and what it is."""

    name: str
    gets: str | None
    default: str | None
    help: str

    @property
    def is_needed(self) -> bool:
        """Whether a score needs it."""
        return self.default is None


@dataclass(frozen=True, slots=True)
class MetricCard:
    """A metric as its card shows it; `low` and `high` are None where the range has no such end."""

    name: str
    help: str
    definition: tuple[str, ...]
    low: float | None
    high: float | None
    is_said_by_use: bool
    direction: Direction
    binary: bool
    unit: Unit
    version: str
    needs: tuple[str, ...]
    cost: str
    arguments: tuple[CardArgument, ...]
    agreement: tuple[Agreement, ...]
    blind: tuple[str, ...]
    source: str | None

    @property
    def range(self) -> str:
        """The range in words: 0 to 1, from 0, any number."""
        match (self.low, self.high):
            case _ if self.is_said_by_use:
                return "by its use"
            case (None, None):
                return "any number"
            case (low, None):
                return f"from {low:g}"
            case (None, high):
                return f"up to {high:g}"
            case (low, high):
                return f"{low:g} or {high:g}" if self.binary else f"{low:g} to {high:g}"

    @property
    def better(self) -> str:
        """Which values are better."""
        return "by its use" if self.is_said_by_use else self.direction


def catalog_card(name: str) -> MetricCard:
    """The card of a metric that comes with genaiops.

    Raises:
        KeyError: there is none of this name.
    """
    entry = METRICS[name]
    return card_of(name, load_metric(name), summary=entry.help, blind=entry.blind)


def card_of(
    name: str, function: MetricFunction, *, summary: str | None = None, blind: tuple[str, ...] = ()
) -> MetricCard:
    """The card of any metric; without a summary the first paragraph of its docstring is that.

    Raises:
        InputError: its parameters cannot be read.
    """
    declared, told = declaration_of(function), docstring_of(function)
    low, high = declared.range or (None, None)
    signature = signature_of(function, name)
    arguments = tuple(_argument(each, declared, told.arguments) for each in signature)
    return MetricCard(
        name=name,
        help=told.summary if summary is None else summary,
        definition=told.paragraphs,
        low=low,
        high=high,
        is_said_by_use=declared.range is None,
        direction=declared.direction,
        binary=is_binary(function),
        unit=declared.shown_unit,
        version=declared.version,
        needs=tuple(each.name for each in arguments if each.is_needed),
        cost=_cost({each.name: each for each in arguments}),
        arguments=arguments,
        agreement=agreement_of(name),
        blind=blind,
        source=told.source,
    )


def _argument(
    parameter: inspect.Parameter, declared: MetricDeclaration, told: Mapping[str, str]
) -> CardArgument:
    name = parameter.name
    default = None if parameter.default is parameter.empty else _shown(parameter.default)
    gets = _GETS.get(name)
    if name in declared.needs:
        gets = f"`{declared.needs[name]}`"
    elif default is None and gets is None and name not in HANDED:
        gets = "an output or an expected value of this name"
    elif default is not None and name not in {"inputs", "passages", *RECORDS}:
        gets = None  # it keeps its default unless a use says otherwise
    return CardArgument(name, gets, default, told.get(name) or _HANDED.get(name, ""))


def _cost(arguments: Mapping[str, CardArgument]) -> str:
    """What a score costs, by what it is handed."""
    handed = [each for name, each in arguments.items() if name in _COSTS]
    always = [_COSTS[each.name] for each in handed if each.is_needed]
    named = [
        f"where a use names `{each.name}`, {_COSTS[each.name]}"
        for each in handed
        if not each.is_needed
    ]
    return "; ".join((*(always or ["nothing: it is computed here"]), *named))


def _shown(default: object) -> str:
    """A default as YAML would have it."""
    match default:
        case None:
            return "none"
        case bool():
            return str(default).lower()
        case tuple() | list() | set() | frozenset():
            return f"[{', '.join(map(_shown, cast('Iterable[object]', default)))}]"
        case _:
            return str(default)
