"""A bound metric scores a case: the rules of missing, failed, not applicable and out of range."""

import inspect
import math
from collections.abc import Awaitable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from numbers import Real
from pathlib import Path
from traceback import extract_tb
from typing import cast

import numpy as np
from pydantic import JsonValue

from genaiops.errors import CallError, InputError
from genaiops.metrics.declare import MetricDeclaration, MetricFunction
from genaiops.metrics.parameters import EMBEDDER, Parameter
from genaiops.protocols import Embedder
from genaiops.records import (
    NOT_APPLICABLE,
    WORST_KINDS,
    Case,
    Failure,
    FlowRun,
    MetricInfo,
    Score,
)
from genaiops.specs.references import (
    Reference,
    find_references,
    look_up,
    parse_template,
    resolve,
)
from genaiops.threads import call_in_thread

_ROUNDING = 1e-9
_LONGEST = 300

Values = dict[str, object]


class _Absent(Exception):
    """A case or a run lacks what an argument refers to."""

    def __init__(self, reference: Reference) -> None:
        path = ".".join(reference.path)
        super().__init__(f"the {reference.root} has no {path}" if path else f"no {reference.root}")


class _Misfit(Exception):
    """What an argument refers to is there, but the metric cannot take it."""


@dataclass(frozen=True, slots=True)
class _Argument:
    """An argument that is filled in for each case; `is_of_case` where it needs no run."""

    parameter: Parameter
    template: JsonValue
    references: tuple[Reference, ...]
    whole: Reference | None

    @property
    def is_of_case(self) -> bool:
        return all(reference.root == "case" for reference in self.references)

    def filled(self, scope: Mapping[str, JsonValue]) -> JsonValue:
        """The template with values for its references; None is as good as not there.

        Raises:
            _Absent: a value is not there.
            _Misfit: a value does not go into a text.
        """
        for reference in self.references:
            value = _found(reference, scope)
            if value is None:
                raise _Absent(reference)
            if self.whole is not None:
                return value
        return self._put_together(scope)

    def is_empty(self, scope: Mapping[str, JsonValue]) -> bool:
        """Whether a value says nothing, or what it is made of is not there.

        Raises:
            _Misfit: a value does not go into a text.
        """
        if self.whole is not None:
            value = _found(self.whole, scope)
        elif any(_is_missing(reference, scope) for reference in self.references):
            return True
        else:
            value = self._put_together(scope)
        return value is None or (isinstance(value, str) and not value.strip())

    def _put_together(self, scope: Mapping[str, JsonValue]) -> JsonValue:
        try:
            return resolve(self.template, scope)
        except InputError as error:
            raise _Misfit(str(error)) from error


@dataclass(frozen=True, slots=True)
class BoundMetric:
    """A metric with its arguments; meets `protocols.Metric`."""

    info: MetricInfo
    function: MetricFunction
    declaration: MetricDeclaration
    parameters: Mapping[str, Parameter]
    templates: Mapping[str, JsonValue]
    constants: Mapping[str, object]
    records: tuple[str, ...]
    embedder: Embedder | None
    in_thread: bool
    _of_case: tuple[_Argument, ...] = field(init=False)
    _of_run: tuple[_Argument, ...] = field(init=False)
    _wanted: frozenset[str] = field(init=False)
    _is_async: bool = field(init=False)

    def __post_init__(self) -> None:
        given = [_argument(self.parameters[name], each) for name, each in self.templates.items()]
        applies = self.declaration.applies_when
        wanted = inspect.signature(applies).parameters if applies is not None else ()
        object.__setattr__(self, "_of_case", tuple(each for each in given if each.is_of_case))
        object.__setattr__(self, "_of_run", tuple(each for each in given if not each.is_of_case))
        object.__setattr__(self, "_wanted", frozenset(wanted))
        object.__setattr__(self, "_is_async", inspect.iscoroutinefunction(self.function))

    async def score(self, case: Case, run: FlowRun) -> Score:
        """The score of a case, or the reason why there is none; nothing is raised."""
        try:
            return await self._scored(case, run)
        except (_Absent, _Misfit) as error:
            return Score(reason=_short(str(error)))

    async def _scored(self, case: Case, run: FlowRun) -> Score:
        scope = {"case": _case_scope(case)}
        values = {**self.constants, **_resolved(self._of_case, scope)}
        inapplicable = self._inapplicable(values)
        if inapplicable is not None:
            return Score(reason=f"{NOT_APPLICABLE}: {inapplicable}")
        if run.failure is not None and not self._is_measured(run.failure):
            return self._failed(run.failure)
        scope["run"] = _run_scope(run)
        if self._answer_is_empty(scope):
            return self._failed(Failure(kind="empty", message="the answer is empty"))
        values |= _resolved(self._of_run, scope)
        for name in self.records:
            values[name] = case if name == "case" else run
        if self.embedder is not None:
            values[EMBEDDER] = self.embedder
        return await self._called(values)

    def _inapplicable(self, values: Values) -> str | None:
        applies = self.declaration.applies_when
        if applies is None or not values.keys() >= self._wanted:
            return None  # a use took the parameter from the run, where only the metric can tell
        return applies(**{name: values[name] for name in self._wanted})

    def _is_measured(self, failure: Failure) -> bool:
        return self.declaration.failed_run == "measured" and failure.kind in WORST_KINDS

    def _failed(self, failure: Failure) -> Score:
        told = _short(f"{failure.kind}: {failure.message}")
        if failure.kind not in WORST_KINDS:
            return Score(reason=told)
        if self.info.worst is None:
            return Score(reason=f"{told}; the range of {self.info.name} has no worst value")
        return Score(value=self.info.worst, explanation=told)

    def _answer_is_empty(self, scope: Mapping[str, JsonValue]) -> bool:
        """Whether the output that the metric judges as the answer says nothing."""
        answer = next((each for each in self._of_run if each.parameter.name == "answer"), None)
        return answer is not None and answer.is_empty(scope)

    async def _called(self, values: Values) -> Score:
        try:
            if self._is_async:
                result = await cast("Awaitable[object]", self.function(**values))
            elif self.in_thread:
                result = await call_in_thread(partial(self.function, **values))
            else:
                result = self.function(**values)
        except CallError as error:
            return Score(reason=_short(f"metric: {error.kind}: {error}"))
        except Exception as error:  # noqa: BLE001  a metric may raise anything, and its neighbors go on
            return Score(reason=_short(f"metric: {_told(error, self.function)}"))
        return self._guarded(result)

    def _guarded(self, result: object) -> Score:
        """A score whose value is finite and within the range, or missing."""
        score = result if isinstance(result, Score) else None
        if score is not None and score.value is None:
            return score
        value = result if score is None else score.value
        value = cast("object", value.item()) if isinstance(value, np.generic) else value
        if not isinstance(value, Real):
            wanted = "a metric returns a float, a bool or a Score"
            return Score(reason=_short(f"metric: returned {result!r}; {wanted}"))
        number = float(value)
        problem = self._problem(number)
        if problem is not None:
            return Score(reason=f"metric: returned {number}, {problem}")
        within = self._within(number)
        if score is None:
            return Score(value=within)
        return score.model_copy(update={"value": within})

    def _problem(self, number: float) -> str | None:
        if not math.isfinite(number):
            return "which is no finite number"
        if abs(number - self._within(number)) > _ROUNDING:
            return f"outside of its range from {self.info.low} to {self.info.high}"
        if self.info.binary and number not in {0.0, 1.0}:
            return "but it says that it is binary"
        return None

    def _within(self, number: float) -> float:
        low = -math.inf if self.info.low is None else self.info.low
        high = math.inf if self.info.high is None else self.info.high
        return min(max(number, low), high)


def _argument(parameter: Parameter, template: JsonValue) -> _Argument:
    parts = parse_template(template) if isinstance(template, str) else ()
    whole = parts if isinstance(parts, Reference) else None
    return _Argument(parameter, template, tuple(find_references(template)), whole)


def _resolved(arguments: Iterable[_Argument], scope: Mapping[str, JsonValue]) -> Values:
    """The values of arguments by the names of their parameters."""
    found: Values = {}
    for argument in arguments:
        parameter = argument.parameter
        try:
            value = argument.filled(scope)
        except _Absent:
            if parameter.is_required:
                raise
            continue  # the function's own default stands
        try:
            found[parameter.name] = parameter.checked(value)
        except ValueError as error:
            raise _Misfit(str(error)) from error
    return found


def _is_missing(reference: Reference, scope: Mapping[str, JsonValue]) -> bool:
    try:
        look_up(reference, scope)
    except InputError:
        return True
    return False


def _found(reference: Reference, scope: Mapping[str, JsonValue]) -> JsonValue:
    """The value that a reference points at, or None."""
    try:
        return look_up(reference, scope)
    except InputError:
        return None


def _case_scope(case: Case) -> JsonValue:
    return {
        "id": case.id,
        "inputs": case.inputs,
        "expected": case.expected,
        "tags": case.tags,
        "cluster": case.cluster,
    }


def _run_scope(run: FlowRun) -> JsonValue:
    usage = run.usage
    return {
        "flow": run.flow,
        "inputs": run.inputs,
        "outputs": run.outputs or {},
        "latency_s": run.latency_s,
        "usage": {
            "input_tokens": usage.input_tokens,
            "output_tokens": usage.output_tokens,
            "cost_usd": usage.cost_usd,
        },
    }


def _told(error: Exception, function: MetricFunction) -> str:
    """What was raised, and where in the metric's own file."""
    frames = extract_tb(error.__traceback__)
    code = getattr(inspect.unwrap(function), "__code__", None)
    own = [frame for frame in frames if code is not None and frame.filename == code.co_filename]
    frame = (own or frames)[-1]
    return f"{type(error).__name__}: {error} at {Path(frame.filename).name}:{frame.lineno}"


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _LONGEST else f"{flat[: _LONGEST - 1]}…"
