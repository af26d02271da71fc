"""A model as flows ask it: within its limits, again where it failed, twice where it is slow."""

from dataclasses import dataclass
from functools import partial

from genaiops.flow.attempts import Attempts, Tries
from genaiops.flow.hedging import Hedging
from genaiops.flow.hold import OnHold
from genaiops.models.pricing import estimated_tokens_of
from genaiops.protocols import Allowance, Model, OnText
from genaiops.records import Completion, CompletionRequest


class AskedModel:
    """All calls of one model, whoever makes them."""

    def __init__(self, name: str, allowance: Allowance, *, seed: int, on_hold: OnHold) -> None:
        """As for `Attempts`."""
        self._attempts = Attempts(name, allowance, seed=seed, on_hold=on_hold)
        self._hedging = Hedging(self._attempts.turnstile)

    async def complete(
        self, model: Model, request: CompletionRequest, key: str, on_text: OnText | None
    ) -> Completion:
        """Answer, and tell which further calls that took.

        Args:
            model: The model, or what stands before it.
            request: What is asked.
            key: Of the call.
            on_text: Takes the answer in pieces; what was handed out so is not begun anew.

        Raises:
            CallError: there is no answer, and a further attempt would be no use.
        """
        tries = Tries((request.case_id, request.repeat, key))
        take = None if on_text is None else _Heard(on_text, tries).take
        once = partial(self._once, model, request, tries, take)
        completion = await self._attempts.make(once, tries)
        if not tries.made_again:
            return completion
        return completion.model_copy(update={"made_again": tuple(tries.made_again)})

    async def _once(
        self, model: Model, request: CompletionRequest, tries: Tries, on_text: OnText | None
    ) -> Completion:
        allowance, turnstile = model.allowance, self._attempts.turnstile
        tokens = 0 if allowance.tokens_per_minute is None else _expected_tokens(request)
        await turnstile.enter(allowance, tokens)
        missed = 0
        try:
            if allowance.hedge and on_text is None and not request.tools:
                ask = partial(model.complete, request)
                completion = await self._hedging.complete(ask, tokens, tries)
            else:
                completion = await model.complete(request, on_text)
            turnstile.well()
            if tokens:
                used = completion.usage
                missed = used.input_tokens + used.output_tokens - tokens
        finally:
            turnstile.leave(missed)
        return completion


@dataclass(frozen=True, slots=True)
class _Heard:
    """Hands on the pieces of an answer, and notes that there was one."""

    on_text: OnText
    tries: Tries

    def take(self, text: str) -> None:
        self.tries.heard = True
        self.on_text(text)


def _expected_tokens(request: CompletionRequest) -> int:
    return estimated_tokens_of(request) + (request.parameters.max_tokens or 0)
