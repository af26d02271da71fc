"""Batches before an evaluation: what it asks for is answered by them, and so recorded."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from genaiops.errors import CallError, InputError
from genaiops.evaluations.budget import Budget
from genaiops.evaluations.evaluation import Evaluation
from genaiops.flow.calls import call_key
from genaiops.models.batches import batch_price, takes_batches
from genaiops.models.lock import only_writer
from genaiops.models.parameters import with_defaults
from genaiops.models.pricing import ASSUMED_ANSWER_TOKENS, estimated_tokens_of, price_of, priced
from genaiops.models.wrapped import WrappedModel
from genaiops.project.batch_desk import BatchDesk, Waiting
from genaiops.project.gathering import Draw, Gathering, Wanted
from genaiops.project.overrides import Overrides
from genaiops.project.paying import budgeted
from genaiops.project.pending_batches import PendingBatches
from genaiops.project.session import Session
from genaiops.project.wiring import Wiring
from genaiops.protocols import FREELY, Allowance, Model, OnText
from genaiops.records import Completion, CompletionRequest
from genaiops.store import Store

MOST_ROUNDS = 8
"""Each step of a flow that needs the answer of a step before takes a round."""


class Batched:
    """What batches left undone: the calls that failed, and those that the money did not reach."""

    def __init__(self, session: Session, budget: Budget | None) -> None:
        self.failures: dict[str, CallError] = {}
        self._models = session.project.catalog.spec.models
        self._budget = budget
        self._reserved_usd: dict[str, float] = {}
        self._unpaid: set[str] = set()
        self.other = budgeted(session, budget) or _as_it_is

    def takes(self, name: str) -> bool:
        """Whether a model answers batches."""
        return takes_batches(self._models.get(name))

    def wrap(self, model: Model) -> Model:
        """A model of the evaluation itself, which makes no call: what is to be had is recorded."""
        return _Answered(model, self._failure) if self.takes(model.name) else self.other(model)

    def affords(self, model: Model, key: str, request: CompletionRequest) -> bool:
        """Whether a request can go into a batch, by what is left of the money."""
        if self._budget is None:
            return True
        estimated_usd = self._estimated_usd(model, request)
        if not self._budget.reserve(estimated_usd):
            self._unpaid.add(key)
            return False
        self._unpaid.discard(key)
        self._reserved_usd[key] = estimated_usd
        return True

    def settle(self, key: str, outcome: Completion | CallError) -> None:
        """Take in what became of a request."""
        paid_usd = 0.0
        if isinstance(outcome, CallError):
            self.failures[key] = outcome
        else:
            paid_usd = outcome.usage.cost_usd or 0.0
        if self._budget is not None:
            self._budget.settle(self._reserved_usd.pop(key, 0.0), paid_usd)

    def _failure(self, key: str, request: CompletionRequest) -> CallError:
        if key in self.failures:
            return CallError(self.failures[key].kind, str(self.failures[key]))
        if self._budget is not None and key in self._unpaid:
            return self._budget.turn_away(request.case_id, request.repeat)
        return CallError(
            "interrupted",
            f"not asked: --batch goes {MOST_ROUNDS} rounds at most, and asks for nothing that "
            "changes from one to the next; without --batch it is asked at once",
        )

    def _estimated_usd(self, model: Model, request: CompletionRequest) -> float:
        entry = self._models[model.name]
        price = price_of(entry)
        if price is None:
            raise InputError(
                f"model {model.name!r} has no price, so --max-cost could not hold: give its entry "
                "in the catalog one"
            )
        allowed = with_defaults(request.parameters, entry.parameters).max_tokens
        tokens = allowed or ASSUMED_ANSWER_TOKENS
        return priced(estimated_tokens_of(request), tokens, batch_price(price)).cost_usd or 0


class _Answered(WrappedModel):
    """A model whose answers are all recorded; what is not has a reason."""

    def __init__(
        self, model: Model, failure: Callable[[str, CompletionRequest], CallError]
    ) -> None:
        super().__init__(model)
        self._failure = failure

    @property
    def allowance(self) -> Allowance:
        return FREELY

    async def complete(
        self,
        request: CompletionRequest,
        on_text: OnText | None = None,  # noqa: ARG002  the protocol has it
    ) -> Completion:
        raise self._failure(call_key(self._model, request), request)


async def answer_by_batches(
    session: Session,
    store: Store,
    name: str,
    runs: Sequence[Overrides],
    *,
    budget: Budget | None,
    waiting: Waiting,
) -> Batched:
    """Record what runs of an evaluation ask of models that take batches, in rounds for all of them.

    Raises:
        InputError: no model takes batches, the extra is missing, or no run fits.
        ExecutionError: the endpoint refuses a batch as a whole, or cannot be reached; or another
            process is at it.
    """
    batched = Batched(session, budget)
    pending = PendingBatches(session.root)
    desk = BatchDesk(session, store, pending, waiting, batched.settle)
    with only_writer(pending.folder / "lock", "the batches of this project"):
        async with AsyncExitStack() as opened:
            opened.push_async_callback(desk.aclose)
            asking: list[_Asking] = []
            errors: list[InputError] = []
            for overrides in runs:
                gathering = Gathering(store, batched, grace_s=waiting.grace_s)
                wiring = Wiring(session, None, wrap=gathering.wrap)
                await opened.enter_async_context(wiring)
                try:
                    evaluation = await wiring.evaluation(name, overrides)
                except InputError as error:  # which the run itself tells of
                    errors.append(error)
                else:
                    asking.append(_Asking(evaluation, gathering))
            if not asking:
                raise errors[0]
            await _rounds(asking, desk)
    return batched


def _as_it_is(model: Model) -> Model:
    return model


@dataclass(slots=True)
class _Asking:
    """A run that asks; `only` has its draws that still wait, once that is known."""

    evaluation: Evaluation
    gathering: Gathering
    only: set[Draw] | None = None

    async def look(self) -> Iterable[Wanted]:
        """What it asks for now."""
        gathered = await self.gathering.look(self.evaluation, self.only)
        self.only = gathered.waiting
        return gathered.wanted.values()


async def _rounds(asking: Sequence[_Asking], desk: BatchDesk) -> None:
    for _ in range(MOST_ROUNDS):
        wanted: dict[str, Wanted] = {}
        for each in asking:
            for more in await each.look():
                wanted.setdefault(more.model.name, Wanted(more.model)).requests.update(
                    more.requests
                )
        if not any(each.gathering.batched for each in asking):
            raise InputError("--batch is for models of provider openai, and none was asked here")
        if not wanted:
            return
        await desk.answer(wanted.values())
