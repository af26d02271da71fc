"""What an evaluation asks of models that is not recorded: its cases run until they have to wait."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from genaiops.errors import CallError, InputError
from genaiops.evaluations.evaluation import Evaluation
from genaiops.flow.calls import call_key
from genaiops.flow.functions import first_error
from genaiops.models.wrapped import WrappedModel
from genaiops.protocols import FREELY, Allowance, Ledger, Model, OnText
from genaiops.records import Case, Completion, CompletionRequest, FlowRun

Draw = tuple[str | None, int]
"""The id of a case and the number of its repeat."""
DRAWS_AT_ONCE = 256
GRACE_S = 0.3
"""After its last new request a draw may go on so long: what runs side by side asks meanwhile."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A model and what is asked of it, by the key of the call."""

    model: Model
    requests: dict[str, CompletionRequest] = field(default_factory=dict[str, CompletionRequest])


@dataclass(slots=True)
class Gathered:
    """What was asked for in one round, by the name of the model, and by whom."""

    wanted: dict[str, Wanted] = field(default_factory=dict[str, Wanted])
    waiting: set[Draw] = field(default_factory=set[Draw])


class Rules(Protocol):
    """Whom to ask by batches, and for what.

    `failures` has the calls that were asked for before and failed, by key: they fail again. `other`
    is put around a model that takes no batches.
    """

    @property
    def failures(self) -> Mapping[str, CallError]: ...
    @property
    def other(self) -> Callable[[Model], Model]: ...

    def takes(self, name: str) -> bool:
        """Whether a model answers batches."""
        ...

    def affords(self, model: Model, key: str, request: CompletionRequest) -> bool:
        """Whether a request can go into a batch, by what is left of the money."""
        ...


class Gathering:
    """Runs cases as far as recorded answers lead, and gathers what they ask for.

    A case that asks for an answer that is not there waits there and is ended, so nothing is ever
    asked that would follow from an answer that nobody gave.
    """

    def __init__(
        self,
        ledger: Ledger,
        rules: Rules,
        *,
        grace_s: float = GRACE_S,
    ) -> None:
        self.batched: set[str] = set()
        self._ledger = ledger
        self._rules = rules
        self._grace_s = grace_s
        self._limits: dict[Draw, asyncio.Timeout] = {}
        self._gathered = Gathered()
        self._given_up: set[Draw] = set()

    def wrap(self, model: Model) -> Model:
        """A model whose missing answers are gathered; those of others are made and recorded."""
        if self._rules.takes(model.name):
            self.batched.add(model.name)
            return _Gathered(model, self._ask)
        return _Recorded(self._rules.other(model), self._ledger)

    async def look(self, evaluation: Evaluation, only: set[Draw] | None) -> Gathered:
        """Run all draws of the cases, or only some, and gather what they ask for."""
        self._gathered = Gathered()
        self._given_up.clear()
        draws = _draws(evaluation, only)
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(DRAWS_AT_ONCE):
                    group.create_task(self._run(evaluation, draws))
        except ExceptionGroup as errors:
            raise first_error(errors) from errors
        return self._gathered

    async def _run(self, evaluation: Evaluation, draws: Iterator[tuple[Case, int]]) -> None:
        for case, repeat in draws:
            try:
                inputs = evaluation.flow.bind(evaluation.inputs_of(case))
            except InputError:
                continue
            limit = asyncio.timeout(evaluation.spec.timeout_s)
            self._limits[case.id, repeat] = limit
            try:
                async with limit:
                    run = await evaluation.flow.run(inputs, case_id=case.id, repeat=repeat)
                    if (case.id, repeat) not in self._given_up:
                        await _judge(evaluation, case, run, repeat)
            except TimeoutError:
                if not limit.expired():
                    raise
            finally:
                del self._limits[case.id, repeat]

    async def _ask(self, model: Model, request: CompletionRequest) -> Completion:
        """The recorded answer, else wait until the draw is ended.

        Once a node gave up waiting by a time limit of its own, nothing more is noted for its draw:
        it may follow from what stands in for an answer.

        Raises:
            CallError: it was asked for before, and failed.
        """
        key = call_key(model, request)
        found = self._ledger.find(key)
        if found is not None:
            return found
        failed = self._rules.failures.get(key)
        if failed is not None:
            raise CallError(failed.kind, str(failed))
        draw = (request.case_id, request.repeat)
        self._gathered.waiting.add(draw)
        if draw not in self._given_up:
            self._note(model, key, request)
        never: asyncio.Future[Completion] = asyncio.get_running_loop().create_future()
        try:
            return await never
        finally:
            self._given_up.add(draw)

    def _note(self, model: Model, key: str, request: CompletionRequest) -> None:
        wanted = self._gathered.wanted.get(model.name)
        is_new = wanted is None or key not in wanted.requests
        if is_new and self._rules.affords(model, key, request):
            wanted = self._gathered.wanted.setdefault(model.name, Wanted(model))
            wanted.requests[key] = request
        limit = self._limits[request.case_id, request.repeat]
        if not limit.expired():
            limit.reschedule(asyncio.get_running_loop().time() + self._grace_s)


class _Gathered(WrappedModel):
    """A model whose missing answers are waited for."""

    def __init__(
        self,
        model: Model,
        ask: Callable[[Model, CompletionRequest], Awaitable[Completion]],
    ) -> None:
        super().__init__(model)
        self._ask = ask

    @property
    def allowance(self) -> Allowance:
        return FREELY

    async def complete(
        self, request: CompletionRequest, on_text: OnText | None = None
    ) -> Completion:
        completion = await self._ask(self._model, request)
        if on_text is not None:
            on_text(completion.text)
        return completion


class _Recorded(WrappedModel):
    """A model that is asked at once for what is not recorded."""

    def __init__(self, model: Model, ledger: Ledger) -> None:
        super().__init__(model)
        self._ledger = ledger

    async def complete(
        self, request: CompletionRequest, on_text: OnText | None = None
    ) -> Completion:
        key = call_key(self._model, request)
        completion = self._ledger.find(key)
        if completion is None:
            completion = await self._model.complete(request)
            self._ledger.keep(key, self.name, completion)
        if on_text is not None:
            on_text(completion.text)
        return completion


async def _judge(evaluation: Evaluation, case: Case, run: FlowRun, repeat: int) -> None:
    """Let all judges ask, side by side; what is to be had of them is recorded then."""
    async with asyncio.TaskGroup() as judging:
        for metric in evaluation.metrics:
            if metric.info.judge is not None:
                judging.create_task(metric.score(case, run, repeat=repeat))


def _draws(evaluation: Evaluation, only: set[Draw] | None) -> Iterator[tuple[Case, int]]:
    spec = evaluation.spec
    for case in evaluation.dataset.cases(spec.filter, spec.limit):
        for repeat in range(spec.repeats):
            if only is None or (case.id, repeat) in only:
                yield case, repeat
