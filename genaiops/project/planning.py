"""A dry run: cases go through the flow, and models only note what they are asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from genaiops.errors import InputError
from genaiops.evaluations.evaluation import Evaluation
from genaiops.flow.calls import call_key
from genaiops.flow.engine import CompiledFlow
from genaiops.models.pricing import priced
from genaiops.models.words import estimated_tokens
from genaiops.project.evaluating import Asked
from genaiops.project.session import Session
from genaiops.project.wiring import Wiring
from genaiops.protocols import Ledger, Model, OnText
from genaiops.records import Case, Completion, CompletionRequest, Message
from genaiops.specs.catalog import (
    CatalogSpec,
    ExtractiveModel,
    LocalModel,
    ModelSpec,
    ReplayModel,
)

Draw = tuple[Case, int]
"""A case and the number of its repeat."""

LOOKED_AT = 200
"""So many draws of cases at most are looked at; the counts of the others follow from them."""
_PLACEHOLDER = "<answer>"


@dataclass(frozen=True, slots=True)
class PlannedRequest:
    """What a model would be asked, and the answer if it is recorded or was asked for before."""

    model: str
    messages: tuple[Message, ...]
    answer: Completion | None


@dataclass(frozen=True, slots=True)
class Counts:
    """Calls and what they would cost, about.

    `calls` are all, `recorded` those among them that need not be made; tokens and money are those
    of the others. `output_tokens` is as many as recorded answers have on average, None without any;
    `cost_usd` is None where a price is not known.
    """

    calls: int
    recorded: int
    input_tokens: int
    output_tokens: int | None
    cost_usd: float | None


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
    """What models were asked; `ledger` is None where recorded answers do not count."""

    ledger: Ledger | None
    requests: list[PlannedRequest] = field(default_factory=list[PlannedRequest])
    _asked: set[str] = field(default_factory=set[str])

    def take(self, model: Model, request: CompletionRequest) -> Completion:
        """Note a request; the answer is the recorded one, or a placeholder."""
        key = call_key(model, request)
        found = self.ledger.find(key) if self.ledger is not None else None
        if found is None and key in self._asked:
            found = Completion(text=_PLACEHOLDER)
        self._asked.add(key)
        self.requests.append(PlannedRequest(model.name, request.messages, found))
        return found or Completion(text=_PLACEHOLDER)


class _Noting:
    """A model that notes what it is asked."""

    def __init__(self, model: Model, notes: _Notes) -> None:
        self.name = model.name
        self.identity = model.identity
        self.decided_by = model.decided_by
        self.concurrency = model.concurrency
        self._model = model
        self._notes = notes

    async def complete(
        self, request: CompletionRequest, on_text: OnText | None = None
    ) -> Completion:
        completion = self._notes.take(self, request)
        if on_text is not None:
            on_text(completion.text)
        return completion

    async def aclose(self) -> None:
        await self._model.aclose()


async def plan_evaluation(session: Session, asked: Asked) -> Plan:
    """Render the prompts, look up which answers are recorded, and count; no model is called.

    Raises:
        InputError: a file does not fit, or no case is left by filter and limit.
    """
    with session.read_store() as store:
        notes = _Notes(store if asked.reuse else None)
        async with Wiring(session, None, wrap=lambda model: _Noting(model, notes)) as wiring:
            evaluation = await wiring.evaluation(asked.name, asked.overrides)
            return await _plan(asked.name, evaluation, notes, session.project.catalog.spec)


async def _plan(name: str, evaluation: Evaluation, notes: _Notes, catalog: CatalogSpec) -> Plan:
    spec = evaluation.spec
    cases = list(evaluation.dataset.cases(spec.filter, spec.limit))
    if not cases:
        raise InputError(f"no case of {evaluation.dataset.shown} is left by filter and limit")
    askable = [case for case in cases if _has_inputs(evaluation, case)] or cases
    draws = [(case, repeat) for case in askable for repeat in range(spec.repeats)]
    runs_code = _runs_code(evaluation)
    await _ask(evaluation, *draws[0])
    shown = tuple(notes.requests)
    others = () if runs_code else _spread(draws[1:], LOOKED_AT - 1)
    for case, repeat in others:
        await _ask(evaluation, case, repeat)
    looked_at = 1 + len(others)
    return Plan(
        eval=name,
        cases=len(cases),
        repeats=spec.repeats,
        case_id=draws[0][0].id,
        requests=shown,
        looked_at=looked_at,
        runs_code=runs_code,
        counts=count_calls(notes.requests, len(draws) / looked_at, catalog.models),
    )


def count_calls(
    requests: Sequence[PlannedRequest], scale: float, models: Mapping[str, ModelSpec]
) -> Counts:
    """Count what was looked at, times `scale`; tokens are characters / 4."""
    open_ = [request for request in requests if request.answer is None]
    tokens = [sum(estimated_tokens(m.content) for m in request.messages) for request in open_]
    answers = [request.answer.usage for request in requests if request.answer is not None]
    out = [usage.output_tokens for usage in answers if usage.output_tokens]
    each = sum(out) / len(out) if out else None
    costs = [
        _cost_usd(models.get(request.model), count, each or 0)
        for request, count in zip(open_, tokens, strict=True)
    ]
    known = [cost for cost in costs if cost is not None]
    return Counts(
        calls=round(scale * len(requests)),
        recorded=round(scale * (len(requests) - len(open_))),
        input_tokens=round(scale * sum(tokens)),
        output_tokens=None if each is None else round(scale * each * len(open_)),
        cost_usd=scale * sum(known) if len(known) == len(costs) else None,
    )


def _cost_usd(entry: ModelSpec | None, input_tokens: int, output_tokens: float) -> float | None:
    if isinstance(entry, ExtractiveModel | LocalModel | ReplayModel):
        return 0.0
    price = entry.price if entry is not None else None
    return priced(input_tokens, round(output_tokens), price).cost_usd


def _has_inputs(evaluation: Evaluation, case: Case) -> bool:
    try:
        evaluation.flow.bind(evaluation.inputs_of(case))
    except InputError:
        return False
    return True


def _runs_code(evaluation: Evaluation) -> bool:
    flow = evaluation.flow
    is_compiled = isinstance(flow, CompiledFlow)
    return not is_compiled or any(name.startswith("python ") for name in flow.parts)


def _spread(draws: Sequence[Draw], most: int) -> Sequence[Draw]:
    """At most so many, evenly from all."""
    if len(draws) <= most:
        return draws
    return [draws[len(draws) * place // most] for place in range(most)]


async def _ask(evaluation: Evaluation, case: Case, repeat: int) -> None:
    inputs = evaluation.flow.bind(evaluation.inputs_of(case))
    await evaluation.flow.run(inputs, case_id=case.id, repeat=repeat)
