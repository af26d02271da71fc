"""A bound metric scores a case: the rules of missing, failed, not applicable and out of range."""

import inspect
import math
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
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
from genaiops.specs.references import Reference, find_references, look_up, resolve
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

    async def score(self, case: Case, run: FlowRun) -> Score:
        """The score of a case, or the reason why there is none; nothing is raised."""
        try:
            return await self._scored(case, run)
        except (_Absent, _Misfit) as error:
            return Score(reason=_short(str(error)))

    async def _scored(self, case: Case, run: FlowRun) -> Score:
        values = self._resolved({"case": _case_scope(case)}, of_case=True)
        inapplicable = self._inapplicable(values)
        if inapplicable is not None:
            return Score(reason=f"{NOT_APPLICABLE}: {inapplicable}")
        if run.failure is not None and not self._is_measured(run.failure):
            return self._failed(run.failure)
        scope = {"case": _case_scope(case), "run": _run_scope(run)}
        if self._answer_is_empty(scope):
            return self._failed(Failure(kind="empty", message="the answer is empty"))
        values |= self._resolved(scope, of_case=False)
        values |= {name: {"case": case, "run": run}[name] for name in self.records}
        if self.embedder is not None:
            values[EMBEDDER] = self.embedder
        return await self._called(values)

    def _resolved(self, scope: Mapping[str, JsonValue], *, of_case: bool) -> Values:
        """The arguments that come from the case alone, or the others."""
        found: Values = dict(self.constants) if of_case else {}
        for name, template in self.templates.items():
            if _is_of_case(template) is not of_case:
                continue
            parameter = self.parameters[name]
            try:
                value = _filled(template, scope)
            except _Absent:
                if parameter.is_required:
                    raise
                continue  # the function's own default stands
            try:
                found[name] = parameter.checked(value)
            except ValueError as error:
                raise _Misfit(str(error)) from error
        return found

    def _inapplicable(self, values: Values) -> str | None:
        applies = self.declaration.applies_when
        if applies is None:
            return None
        wanted = inspect.signature(applies).parameters
        if not values.keys() >= wanted.keys():
            return None  # a use took the parameter from the run, where only the metric can tell
        return applies(**{name: values[name] for name in wanted})

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
        template = self.templates.get("answer")
        if template is None or _is_of_case(template):
            return False
        value = _filled(template, scope, may_be_none=True)
        return value is None or (isinstance(value, str) and not value.strip())

    async def _called(self, values: Values) -> Score:
        try:
            if inspect.iscoroutinefunction(self.function):
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
        score = result if isinstance(result, Score) else Score(value=0.0)
        if score.value is None:
            return score
        value = score.value if isinstance(result, Score) else result
        value = cast("object", value.item()) if isinstance(value, np.generic) else value
        if not isinstance(value, Real):
            wanted = "a metric returns a float, a bool or a Score"
            return Score(reason=_short(f"metric: returned {result!r}; {wanted}"))
        number = float(value)
        problem = self._problem(number)
        if problem is not None:
            return Score(reason=f"metric: returned {number}, {problem}")
        return score.model_copy(update={"value": self._within(number)})

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


def _filled(
    template: JsonValue, scope: Mapping[str, JsonValue], *, may_be_none: bool = False
) -> JsonValue:
    """The template with values for its references; None is as good as not there."""
    for reference in find_references(template):
        try:
            value = look_up(reference, scope)
        except InputError:
            value = None
            if may_be_none:
                return None
        if value is None and not may_be_none:
            raise _Absent(reference)
    try:
        return resolve(template, scope)
    except InputError as error:
        raise _Misfit(str(error)) from error


def _is_of_case(template: JsonValue) -> bool:
    return all(reference.root == "case" for reference in find_references(template))


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
