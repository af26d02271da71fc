"""A bound metric scores a case: the rules of missing, failed, not applicable and out of range."""

import asyncio
import inspect
import math
from collections.abc import Awaitable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import partial
from numbers import Real
from pathlib import Path
from traceback import extract_tb
from typing import cast

import numpy as np
from pydantic import JsonValue, ValidationError

from genaiops.errors import CallError
from genaiops.metrics.asking import AskingModel
from genaiops.metrics.catalog import METRICS
from genaiops.metrics.declare import MetricDeclaration, MetricFunction
from genaiops.metrics.filled import (
    Absent,
    Argument,
    Misfit,
    Values,
    argument_of,
    case_scope,
    filled_values,
    run_scope,
)
from genaiops.metrics.parameters import EMBEDDER, MODEL, Parameter
from genaiops.protocols import Embedder, Model
from genaiops.records import (
    NOT_APPLICABLE,
    WORST_KINDS,
    Case,
    Failure,
    FlowRun,
    MetricInfo,
    Score,
)
from genaiops.threads import call_in_thread

_ROUNDING = 1e-9
_LONGEST = 300


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
    model: Model | None
    in_thread: bool
    _of_case: tuple[Argument, ...] = field(init=False)
    _of_run: tuple[Argument, ...] = field(init=False)
    _wanted: frozenset[str] = field(init=False)
    _is_async: bool = field(init=False)

    def __post_init__(self) -> None:
        given = [argument_of(self.parameters[name], each) for name, each in self.templates.items()]
        applies = self.declaration.applies_when
        wanted = inspect.signature(applies).parameters if applies is not None else ()
        object.__setattr__(self, "_of_case", tuple(each for each in given if each.is_of_case))
        object.__setattr__(self, "_of_run", tuple(each for each in given if not each.is_of_case))
        object.__setattr__(self, "_wanted", frozenset(wanted))
        object.__setattr__(self, "_is_async", inspect.iscoroutinefunction(self.function))

    async def score(self, case: Case, run: FlowRun, *, repeat: int = 0) -> Score:
        """The score of a case, or the reason why there is none; nothing is raised."""
        model = None if self.model is None else AskingModel(self.model, case.id, repeat)
        try:
            score = await self._scored(case, run, model)
        except (Absent, Misfit) as error:
            return Score(reason=_short(str(error)))
        return score if model is None else score.model_copy(update={"usage": model.usage})

    async def _scored(self, case: Case, run: FlowRun, model: Model | None) -> Score:
        scope = {"case": case_scope(case)}
        values = {**self.constants, **filled_values(self._of_case, scope)}
        inapplicable = self._inapplicable(values)
        if inapplicable is not None:
            return Score(reason=f"{NOT_APPLICABLE}: {inapplicable}")
        if run.failure is not None and not self._is_measured(run.failure):
            return self._failed(run.failure)
        scope["run"] = run_scope(run)
        if self._answer_is_empty(scope):
            return self._failed(Failure(kind="empty", message="the answer is empty"))
        values |= filled_values(self._of_run, scope)
        for name in self.records:
            values[name] = case if name == "case" else run
        if self.info.metric not in METRICS:
            values = deepcopy(values)  # what it does to them, its neighbors never see
        if self.embedder is not None:
            values[EMBEDDER] = self.embedder
        if model is not None:
            values[MODEL] = model
        return await self._called(values)

    def _inapplicable(self, values: Values) -> str | None:
        """Why the metric says nothing about the case, or None.

        Raises:
            Misfit: what tells it is broken.
        """
        applies = self.declaration.applies_when
        if applies is None or not values.keys() >= self._wanted:
            return None  # a use took the parameter from the run, where only the metric can tell
        try:
            given = {name: deepcopy(values[name]) for name in self._wanted}
            told = cast("object", applies(**given))
        except (Exception, SystemExit) as error:  # its neighbors go on
            raise Misfit(f"metric: applies_when: {_told(error, applies)}") from error
        if told is None or isinstance(told, str):
            return told
        raise Misfit(f"metric: applies_when returned {told!r}; it returns the reason, or None")

    def _is_measured(self, failure: Failure) -> bool:
        return self.declaration.failed_run == "measured" and failure.kind in WORST_KINDS

    def _failed(self, failure: Failure) -> Score:
        told = _short(f"{failure.kind}: {failure.message}")
        if failure.kind not in WORST_KINDS:
            return Score(reason=told)
        if failure.kind == "content_filter" and self.declaration.filtered_run == "best":
            return Score(value=self.info.best, explanation=told)
        if self.info.worst is None:
            return Score(reason=f"{told}; the range of {self.info.name} has no worst value")
        return Score(value=self.info.worst, explanation=told)

    def _answer_is_empty(self, scope: Mapping[str, JsonValue]) -> bool:
        """Whether the output that the metric judges as the answer says nothing."""
        answer = next((each for each in self._of_run if each.parameter.name == "answer"), None)
        return answer is not None and answer.is_empty(scope)

    async def _called(self, values: Values) -> Score:
        limit = asyncio.timeout(self._limit_s)
        try:
            async with limit:
                result = await self._result(values)
        except CallError as error:
            return Score(reason=_short(f"metric: {error.kind}: {error}"))
        except (Exception, SystemExit) as error:  # noqa: BLE001  its neighbors go on
            if limit.expired():
                told = f"not done after {self._limit_s:g} s; @metric(timeout_s=…) gives it more"
                return Score(reason=f"metric: {told}")
            return Score(reason=_short(f"metric: {_told(error, self.function)}"))
        return self._guarded(result)

    @property
    def _limit_s(self) -> float | None:
        """The seconds it may take: none where it can wait for a model, or cannot be stopped."""
        waits = self.model is not None or self.embedder is not None
        stops = self._is_async or self.in_thread
        return self.declaration.timeout_s if stops and not waits else None

    async def _result(self, values: Values) -> object:
        if self._is_async:
            return await cast("Awaitable[object]", self.function(**values))
        if self.in_thread:
            result = await call_in_thread(partial(self.function, **values))
            return await result if inspect.isawaitable(result) else result
        return self.function(**values)

    def _guarded(self, result: object) -> Score:
        """A score whose value is finite and within the range, or missing."""
        score = result if isinstance(result, Score) else None
        if score is not None and score.value is None:
            return score
        value = result if score is None else score.value
        value = cast("object", value.item()) if isinstance(value, np.generic) else value
        if not isinstance(value, Real):
            wanted = "a metric returns a float, a bool or a Score"
            return Score(reason=_short(f"metric: returned {_shown(result)}; {wanted}"))
        number = _as_float(value)
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


def _as_float(value: Real) -> float:
    """The value; infinite where no float is as large."""
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _told(error: BaseException, function: MetricFunction) -> str:
    """What was raised, and where in the metric's own file."""
    frames = extract_tb(error.__traceback__)
    code = getattr(inspect.unwrap(function), "__code__", None)
    own = [frame for frame in frames if code is not None and frame.filename == code.co_filename]
    frame = (own or frames)[-1]
    told = str(error)
    if isinstance(error, ValidationError):
        told = "; ".join(each["msg"] for each in error.errors(include_url=False))
    return f"{type(error).__name__}: {told} at {Path(frame.filename).name}:{frame.lineno}"


def _shown(result: object) -> str:
    """What was returned, the same each time: without its place in memory."""
    shown = repr(result)
    return f"something of type {type(result).__name__}" if " at 0x" in shown else shown


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _LONGEST else f"{flat[: _LONGEST - 1]}…"
