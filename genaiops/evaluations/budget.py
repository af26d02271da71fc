"""What calls may cost: one that could go over the cap is not made, and its case waits."""

import asyncio
from dataclasses import dataclass, field, replace

from genaiops.errors import CallError, FailureKind
from genaiops.models.parameters import with_defaults
from genaiops.models.pricing import ASSUMED_ANSWER_TOKENS, estimated_tokens_of, priced
from genaiops.models.wrapped import WrappedModel
from genaiops.protocols import Allowance, Model, OnText
from genaiops.records import Completion, CompletionRequest, Parameters, Usage
from genaiops.specs.catalog import Price
from genaiops.text.quantities import money

_MAY_BE_BILLED: frozenset[FailureKind] = frozenset({"timeout", "truncated", "malformed"})
"""Failures after which a provider may have answered all the same: they count as estimated."""


@dataclass(slots=True)
class Budget:
    """US dollars that may be spent, over all models and runs of one command.

    `called` is what the user calls the cap. `spent_usd` is what finished calls cost, `turned_away`
    counts the calls that were not made.
    """

    cap_usd: float
    called: str = "--max-cost"
    spent_usd: float = 0.0
    turned_away: int = 0
    _under_way_usd: float = 0.0
    _under_way: int = 0
    _settled: asyncio.Event = field(default_factory=asyncio.Event)
    _waiting: set[tuple[str | None, int]] = field(default_factory=set[tuple[str | None, int]])

    def reserve(self, estimated_usd: float) -> bool:
        """Set aside what a call is expected to cost; False where that is more than is left."""
        planned_usd = self.spent_usd + self._under_way_usd + estimated_usd
        if estimated_usd > 0 and planned_usd > self.cap_usd:
            return False
        self._under_way_usd += estimated_usd
        self._under_way += estimated_usd > 0
        return True

    async def set_aside(self, estimated_usd: float) -> bool:
        """Reserve, if need be when calls under way have cost less than what was set aside."""
        while not self.reserve(estimated_usd):
            if not self._under_way:
                return False
            await self._settled.wait()
        return True

    def settle(self, estimated_usd: float, paid_usd: float) -> None:
        """Put what a call cost in the place of what was set aside for it."""
        self._under_way -= estimated_usd > 0
        left_usd = self._under_way_usd - estimated_usd
        self._under_way_usd = left_usd if self._under_way else 0.0
        self.spent_usd += paid_usd
        self._settled.set()
        self._settled = asyncio.Event()

    def turn_away(self, case_id: str | None, repeat: int) -> CallError:
        """Note that a case has to wait for more money; gives the error that says so."""
        self.turned_away += 1
        self._waiting.add((case_id, repeat))
        return CallError(
            "budget",
            f"not made: {self.reached}",
        )

    @property
    def reached(self) -> str:
        """What is told once a call was not made."""
        return f"{self.called} {money(self.cap_usd)} is reached, {money(self.spent_usd)} spent"

    def release(self, case_id: str, repeat: int) -> bool:
        """Whether a case waits for more money; it is forgotten by that."""
        is_waiting = (case_id, repeat) in self._waiting
        self._waiting.discard((case_id, repeat))
        return is_waiting


class BudgetedModel(WrappedModel):
    """A model whose calls have to fit a budget."""

    def __init__(self, model: Model, price: Price, parameters: Parameters, budget: Budget) -> None:
        """Put a budget before a model.

        Args:
            model: Makes the calls.
            price: What they cost.
            parameters: The defaults of the model.
            budget: Is shared with other models.
        """
        super().__init__(model)
        self._price = price
        self._parameters = parameters
        self._budget = budget
        self._longest_answer = 0
        self._told = model.allowance
        self._allowance = _unhedged(self._told)

    @property
    def allowance(self) -> Allowance:
        """As the model's, but without second calls, for which nothing is set aside."""
        told = self._model.allowance
        if told is not self._told:
            self._told, self._allowance = told, _unhedged(told)
        return self._allowance

    async def complete(
        self, request: CompletionRequest, on_text: OnText | None = None
    ) -> Completion:
        """Answer, if the answer is likely to be paid by what is left.

        Raises:
            CallError: it is not (`budget`), or there is no usable answer.
        """
        estimated_usd = self._cost_usd(self._estimate(request))
        try:
            is_affordable = await self._budget.set_aside(estimated_usd)
        except asyncio.CancelledError:  # a case that ran out of time here was not slow: it waited
            self._budget.turn_away(request.case_id, request.repeat)
            raise
        if not is_affordable:
            raise self._budget.turn_away(request.case_id, request.repeat)
        paid_usd = estimated_usd
        try:
            completion = await self._model.complete(request, on_text)
            paid_usd = self._paid_usd(completion.usage)
        except CallError as error:
            paid_usd = estimated_usd if error.kind in _MAY_BE_BILLED else 0.0
            raise
        else:
            return completion
        finally:
            self._budget.settle(estimated_usd, paid_usd)

    def _estimate(self, request: CompletionRequest) -> Usage:
        """Of an answer without max_tokens: as long as the longest so far."""
        most = with_defaults(request.parameters, self._parameters).max_tokens
        answer = most or self._longest_answer or ASSUMED_ANSWER_TOKENS
        return Usage(input_tokens=estimated_tokens_of(request), output_tokens=answer)

    def _paid_usd(self, usage: Usage) -> float:
        self._longest_answer = max(self._longest_answer, usage.output_tokens)
        return self._cost_usd(usage) if usage.cost_usd is None else usage.cost_usd

    def _cost_usd(self, usage: Usage) -> float:
        return priced(usage.input_tokens, usage.output_tokens, self._price).cost_usd or 0.0


def _unhedged(allowance: Allowance) -> Allowance:
    return replace(allowance, hedge=False) if allowance.hedge else allowance
