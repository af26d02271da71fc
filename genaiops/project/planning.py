"""A dry run: cases go through the flow, and models only note what they are asked."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from genaiops.errors import InputError
from genaiops.evaluations.evaluation import Evaluation
from genaiops.evaluations.recorded_flow import RecordedFlow
from genaiops.flow.calls import call_key
from genaiops.flow.engine import CompiledFlow
from genaiops.models.batches import batch_price, takes_batches
from genaiops.models.pricing import FREE, estimated_tokens_of, price_of
from genaiops.models.wrapped import WrappedModel
from genaiops.project.call_counts import Counts, PlannedRequest, count_calls
from genaiops.project.evaluating import Asked
from genaiops.project.overrides import FlowOverrides
from genaiops.project.session import Session
from genaiops.project.wants import used_by_eval
from genaiops.project.wiring import Wiring
from genaiops.protocols import FREELY, Allowance, Ledger, Model, OnText
from genaiops.records import Case, Completion, CompletionRequest
from genaiops.specs.catalog import ModelSpec
from genaiops.specs.evaluation import EvalSpec
from genaiops.store import Store

Draw = tuple[Case, int]
"""A case and the number of its repeat."""

Done = tuple[int, int]
"""The place of a case in the dataset and the number of a repeat that has its result."""

LOOKED_AT = 200
"""So many draws of cases at most are looked at; the counts of the others follow from them."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What an evaluation would do. `requests` are those of the case `case_id`.

    `looked_at` is how many of cases times repeats were looked at; with `runs_code` it was one, for
    the flow would run Python code each time.
    """

    eval: str
    cases: int
    repeats: int
    case_id: str
    requests: tuple[PlannedRequest, ...]
    looked_at: int
    runs_code: bool
    counts: Counts


@dataclass(slots=True)
class _Notes:
    """What models were asked; without `reuse` recorded answers only tell how long answers are.

    While it `is_scoring`, nothing is noted that only asks again, for a placeholder is no score.
    """

    ledger: Ledger
    reuse: bool
    is_scoring: bool = False
    requests: list[PlannedRequest] = field(default_factory=list[PlannedRequest])
    _asked: set[str] = field(default_factory=set[str])

    def take(self, model: Model, request: CompletionRequest) -> Completion:
        """Note a request; the answer is the recorded one, or a placeholder."""
        if self.is_scoring and _answers_a_placeholder(request):
            return _placeholder(request)
        key = call_key(model, request)
        found, was_asked = self.ledger.find(key), key in self._asked
        if found is None and was_asked:
            found = _placeholder(request)
        self._asked.add(key)
        self.requests.append(
            PlannedRequest(
                model.name,
                request.messages,
                found,
                estimated_tokens_of(request),
                request.parameters.max_tokens,
                is_made_anew=not (self.reuse or was_asked),
            )
        )
        return found or _placeholder(request)


def _placeholder(request: CompletionRequest) -> Completion:
    """Stands for an answer; another one for each case, so that what is made of it differs too."""
    return Completion(text=f"<answer to {request.case_id}>" if request.case_id else "<answer>")


def _answers_a_placeholder(request: CompletionRequest) -> bool:
    said = [message.content for message in request.messages if message.role == "assistant"]
    return said[-1:] == [_placeholder(request).text]


class _Noting(WrappedModel):
    """A model that notes what it is asked."""

    def __init__(self, model: Model, notes: _Notes) -> None:
        super().__init__(model)
        self._notes = notes

    @property
    def allowance(self) -> Allowance:
        return FREELY

    async def complete(
        self, request: CompletionRequest, on_text: OnText | None = None
    ) -> Completion:
        completion = self._notes.take(self, request)
        if on_text is not None:
            on_text(completion.text)
        return completion


async def plan_evaluation(session: Session, asked: Asked) -> Plan:
    """Render the prompts, look up which answers are recorded, and count; no model is called.

    Raises:
        InputError: a file does not fit, or no case is left by filter and limit.
    """
    with session.read_store() as store:
        notes = _Notes(store, asked.reuse)
        async with Wiring(session, None, wrap=lambda model: _Noting(model, notes)) as wiring:
            evaluation = await wiring.evaluation(asked.name, asked.overrides)
            models = session.project.catalog.spec.models
            if asked.batched:
                models = {name: _batched(entry) for name, entry in models.items()}
            left = asked.unfinished
            done = frozenset(store.places(left.run.id)) if left is not None else frozenset[Done]()
            return await _plan(_Draws(evaluation, done), notes, models)


def _batched(entry: ModelSpec) -> ModelSpec:
    if not takes_batches(entry):
        return entry
    return entry.model_copy(update={"price": batch_price(price_of(entry))})


async def expected_cost(session: Session, asked: Sequence[Asked]) -> float:
    """About how many US dollars evaluations would cost together, as far as prices are known.

    Where no model has a price, no case is looked at.

    Raises:
        InputError: as for `plan_evaluation`.
    """
    costs = [
        (await plan_evaluation(session, each)).counts.cost_usd
        for each in asked
        if _may_cost(session, each.name, each.overrides.flow)
    ]
    return sum(cost or 0.0 for cost in costs)


async def scoring_cost(
    session: Session, store: Store, name: str, spec: EvalSpec, recorded: RecordedFlow
) -> float:
    """About how many US dollars judges of answers that are there would cost, as far as is known.

    Raises:
        InputError: a file does not fit, or no case is left by filter and limit.
        TrustError: a metric uses what is not trusted yet.
    """
    notes = _Notes(store, reuse=True)
    async with Wiring(session, None, wrap=lambda model: _Noting(model, notes)) as wiring:
        evaluation = wiring.scoring(name, spec, recorded)
        models = session.project.catalog.spec.models
        plan = await _plan(_Draws(evaluation, frozenset()), notes, models)
    return plan.counts.cost_usd or 0.0


def _may_cost(session: Session, name: str, over: FlowOverrides) -> bool:
    used = used_by_eval(session.project, name, variant=over.variant, model=over.model).models
    names = used if over.model is None else used | {over.model}
    models = session.project.catalog.spec.models
    entries = [models.get(session.lock.models.get(model, model)) for model in names]
    return any(price_of(entry) not in (None, FREE) for entry in entries if entry is not None)


async def _plan(draws: "_Draws", notes: _Notes, models: Mapping[str, ModelSpec]) -> Plan:
    evaluation = draws.evaluation
    spec = evaluation.spec
    cases = sum(1 for _ in evaluation.dataset.cases(spec.filter, spec.limit))
    if not cases:
        raise InputError(f"no case of {evaluation.dataset.shown} is left by filter and limit")
    count = sum(1 for _ in draws)
    runs_code = _runs_code(evaluation)
    # of draws that cost time or money to look at, the one that is least likely to be recorded
    places = {count - 1} if runs_code and count else _spread(count, LOOKED_AT)
    shown: tuple[PlannedRequest, ...] = ()
    first = ""
    for place, (case, repeat) in enumerate(draws):
        if place not in places:
            continue
        await _ask(evaluation, case, repeat, notes)
        if not first:
            first, shown = case.id, tuple(notes.requests)
    return Plan(
        eval=evaluation.name,
        cases=cases,
        repeats=spec.repeats,
        case_id=first,
        requests=shown,
        looked_at=len(places),
        runs_code=runs_code,
        counts=count_calls(notes.requests, count / max(1, len(places)), models),
    )


@dataclass(frozen=True, slots=True)
class _Draws:
    """The draws of cases that can be asked; of all cases, where none can. `done` are no more."""

    evaluation: Evaluation
    done: frozenset[Done]

    def __iter__(self) -> Iterator[Draw]:
        evaluation = self.evaluation
        spec = evaluation.spec
        found = False
        for check in (True, False):
            for place, case in enumerate(evaluation.dataset.cases(spec.filter, spec.limit)):
                if check and not _has_inputs(evaluation, case):
                    continue
                found = True
                left = (n for n in range(spec.repeats) if (place, n) not in self.done)
                yield from ((case, repeat) for repeat in left)
            if found:
                return


def _has_inputs(evaluation: Evaluation, case: Case) -> bool:
    try:
        evaluation.flow.bind(evaluation.inputs_of(case))
    except InputError:
        return False
    return True


def _runs_code(evaluation: Evaluation) -> bool:
    flow = evaluation.flow
    if isinstance(flow, RecordedFlow):
        return False
    is_compiled = isinstance(flow, CompiledFlow)
    return not is_compiled or any(name.startswith("python ") for name in flow.parts)


def _spread(count: int, most: int) -> frozenset[int]:
    """At most so many places, evenly from all, with the first.

    One is drawn from each of equal parts: a fixed step could meet one repeat of each case only.
    """
    if count <= most:
        return frozenset(range(count))
    ends = [count * part // most for part in range(most + 1)]
    drawn = random.Random(count)  # noqa: S311  no secret
    return frozenset({0, *(drawn.randrange(*part) for part in pairwise(ends[1:]))})


async def _ask(evaluation: Evaluation, case: Case, repeat: int, notes: _Notes) -> None:
    inputs = evaluation.flow.bind(evaluation.inputs_of(case))
    notes.is_scoring = False
    run = await evaluation.flow.run(inputs, case_id=case.id, repeat=repeat)
    notes.is_scoring = True
    for metric in evaluation.metrics:
        if metric.info.judge is not None:
            await metric.score(case, run, repeat=repeat)
