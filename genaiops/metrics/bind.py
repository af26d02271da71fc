"""A use of a metric becomes a metric that scores, or all that is wrong with it is said."""

import inspect
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import cast, get_args

from pydantic import JsonValue

from genaiops.digests import digest, digest_bytes
from genaiops.errors import InputError, MissingExtra, suggest
from genaiops.metrics.arguments import Arguments, Surroundings, assign
from genaiops.metrics.catalog import METRICS
from genaiops.metrics.declare import (
    MetricDeclaration,
    MetricFunction,
    declaration_of,
    is_binary,
)
from genaiops.metrics.find import find_metric
from genaiops.metrics.parameters import (
    EMBEDDER,
    HANDED,
    MODEL,
    RECORDS,
    Parameter,
    parameters_of,
)
from genaiops.metrics.scoring import BoundMetric
from genaiops.protocols import Embedder, Model
from genaiops.records import Direction, MetricInfo
from genaiops.resolve import source_of
from genaiops.specs.evaluation import MetricUse

_SAID_BY_USE = ("range", "direction")


@dataclass(frozen=True, slots=True)
class Resources:
    """What metrics are handed: embedders and models by the catalog's names, and own functions.

    `functions` has, by what the evaluation wrote, such as `nodes.py:tone`, the functions that are
    not found by import.
    """

    embedders: Mapping[str, Embedder] = field(default_factory=dict[str, Embedder])
    models: Mapping[str, Model] = field(default_factory=dict[str, Model])
    functions: Mapping[str, MetricFunction] = field(default_factory=dict[str, MetricFunction])


@dataclass(frozen=True, slots=True)
class MetricPlan:
    """What a use comes to, before any resource is there; `faults` say why it cannot be bound.

    `said` has the arguments as the use says them.
    """

    label: str
    metric: str
    said: Mapping[str, JsonValue]
    function: MetricFunction
    declaration: MetricDeclaration
    parameters: Mapping[str, Parameter]
    arguments: Arguments
    faults: tuple[str, ...] = ()

    @property
    def embedder(self) -> str | None:
        """The embedder that scoring needs, by the catalog's name."""
        return self.arguments.handed.get(EMBEDDER)

    @property
    def model(self) -> str | None:
        """The model that scoring asks, by the catalog's name."""
        return self.arguments.handed.get(MODEL)

    def info(self, identities: Mapping[str, str] | None = None) -> MetricInfo:
        """What the metric declares, with the digest of all that decides its scores.

        Args:
            identities: Of the embedder and the model, by `embedder` and `model`.

        Raises:
            InputError: the source of a function that is not ours cannot be read.
        """
        declaration = self.declaration
        low, high = declaration.range or (None, None)
        identity: dict[str, JsonValue] = {
            "metric": self.metric,
            "version": declaration.version,
            "arguments": {**self.said, **self.arguments.said},
            "range": [low, high],
            "direction": declaration.direction,
        }
        identity.update(identities or {})
        if self.metric not in METRICS:
            identity["source"] = declaration.made_of or _source_digest(self.function)
        return MetricInfo(
            name=self.label,
            metric=self.metric,
            low=low,
            high=high,
            direction=declaration.direction,
            binary=is_binary(self.function),
            unit=declaration.shown_unit,
            digest=digest(identity),
            judge=self.model,
        )


def plan_metric(
    use: MetricUse,
    around: Surroundings,
    functions: Mapping[str, MetricFunction] | None = None,
) -> MetricPlan:
    """Work out what every parameter of a metric gets, and all that is wrong with the use.

    Args:
        use: As the evaluation says it.
        around: What its arguments can refer to.
        functions: Those of the project, as in `Resources`.

    Raises:
        InputError: there is no such metric, or its function takes what has no name.
    """
    function = find_metric(use.metric, functions or {})
    declaration = declaration_of(function)
    given, faults = dict(use.arguments), list[str]()
    if declaration.range is None:
        said = {key: given.pop(key) for key in _SAID_BY_USE if key in given}
        try:
            declaration = _declared_by(said, declaration)
        except InputError as error:
            faults.append(str(error))
    if declaration.extra is not None and not declaration.extra.is_installed:
        faults.append(str(MissingExtra(f"the metric {use.metric}", declaration.extra.name)))
    parameters = parameters_of(function, use.label)
    faults += _unasked(declaration, parameters)
    arguments = assign(given, parameters, declaration, around)
    faults += _absent(declaration, given, arguments.constants)
    told = tuple(f"{use.label}: {fault}" for fault in (*faults, *arguments.faults))
    return MetricPlan(
        label=use.label,
        metric=use.metric,
        said=use.arguments,
        function=function,
        declaration=declaration,
        parameters=parameters,
        arguments=arguments,
        faults=told,
    )


def bind_metric(
    use: MetricUse,
    *,
    outputs: Collection[str] | None,
    expected: Collection[str],
    inputs: Collection[str] | None = None,
    resources: Resources,
) -> BoundMetric:
    """A metric that is ready to score.

    Raises:
        InputError: the use is wrong; all its faults.
    """
    around = Surroundings(outputs, expected, inputs, resources.embedders, resources.models)
    plan = plan_metric(use, around, resources.functions)
    if plan.faults:
        raise InputError("\n".join(plan.faults))
    embedder = resources.embedders[plan.embedder] if plan.embedder else None
    model = resources.models[plan.model] if plan.model else None
    handed = {EMBEDDER: embedder, MODEL: model}
    return BoundMetric(
        info=plan.info({name: each.identity for name, each in handed.items() if each}),
        function=plan.function,
        declaration=plan.declaration,
        parameters=plan.parameters,
        templates=plan.arguments.templates,
        constants=plan.arguments.constants,
        records=tuple(plan.arguments.records),
        embedder=embedder,
        model=model,
        in_thread=plan.metric not in METRICS and not inspect.iscoroutinefunction(plan.function),
    )


def _declared_by(
    said: Mapping[str, JsonValue], declaration: MetricDeclaration
) -> MetricDeclaration:
    """The declaration with the range and the direction that the use says."""
    match said.get("range"):
        case [int() | float() | None as low, int() | float() | None as high]:
            bounds = (low, high)
        case other:
            raise InputError(f"needs `range: [low, high]`, such as [0, 1], not {other!r}")
    direction = said.get("direction")
    if direction not in get_args(Direction):
        raise InputError(f"needs `direction: higher` or `direction: lower`, not {direction!r}")
    return replace(declaration, range=bounds, direction=cast("Direction", direction))


def _unasked(declaration: MetricDeclaration, parameters: Mapping[str, Parameter]) -> Iterator[str]:
    """What is wrong with the parameters of `applies_when`, which would never be asked."""
    applies = declaration.applies_when
    taken = parameters.keys() - {*RECORDS, *HANDED}
    for name in inspect.signature(applies).parameters if applies is not None else ():
        if name not in taken:
            yield (
                f"applies_when takes {name!r}: it takes arguments of the metric that come from the "
                f"case{suggest(name, taken)}"
            )


def _absent(
    declaration: MetricDeclaration, given: Mapping[str, JsonValue], constants: Mapping[str, object]
) -> Iterator[str]:
    """What the arguments that the use says need, and is not installed."""
    requires = declaration.requires
    if requires is None:
        return
    said = given.keys() & inspect.signature(requires).parameters.keys()
    if not said <= constants.keys():
        return  # one is taken from the case, or is a fault itself
    try:
        requires(**{name: constants[name] for name in said})
    except InputError as error:
        yield str(error)


def _source_digest(function: MetricFunction) -> str:
    """The digest of the file that holds a function, since its helpers stand there too.

    Raises:
        InputError: the source cannot be read, so that a change would go unseen.
    """
    source = source_of(function)
    if source is None:
        raise InputError(f"{function!r}: its source cannot be read; put the metric into a file")
    return digest_bytes(source)
