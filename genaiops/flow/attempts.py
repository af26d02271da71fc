"""The attempts at an answer: the one layer that makes a call again when it failed."""

import asyncio
import random
from dataclasses import dataclass
from itertools import count

from genaiops.digests import digest
from genaiops.errors import CallError
from genaiops.flow.deadline import standing_still
from genaiops.flow.retrying import LONGEST_WAIT_S, RetryBudget, attempts_at, backoff_s
from genaiops.flow.turnstile import Turnstile
from genaiops.models.pricing import estimated_tokens_of
from genaiops.protocols import Allowance, Model, OnText
from genaiops.records import Completion, CompletionRequest


class Attempts:
    """Asks one model, within its limits, until it answers or nothing speaks for another attempt."""

    def __init__(self, allowance: Allowance) -> None:
        self._turnstile = Turnstile(allowance)
        self._budget = RetryBudget()

    async def complete(
        self, model: Model, request: CompletionRequest, on_text: OnText | None
    ) -> Completion:
        """Answer; what was handed out piece by piece is not begun anew.

        Raises:
            CallError: there is no answer, and a further attempt would be no use.
        """
        self._budget.first += 1
        heard = _Heard(on_text) if on_text is not None else None
        draw: random.Random | None = None
        for attempt in count(1):
            try:
                return await self._once(model, request, heard and heard.take)
            except CallError as error:
                draw = draw or _generator(request)
                self._turnstile.failed(error, draw)
                is_final = not model.allowance.is_remote or (heard is not None and heard.is_any)
                if is_final or not self._may_go_on(error, attempt):
                    raise self._final(error) from error
                wait_s = backoff_s(attempt, error.retry_after_s, draw)
            with standing_still():
                await asyncio.sleep(wait_s)
        raise AssertionError

    async def _once(
        self, model: Model, request: CompletionRequest, on_text: OnText | None
    ) -> Completion:
        allowance = model.allowance
        tokens = 0 if allowance.tokens_per_minute is None else _expected_tokens(request)
        await self._turnstile.enter(allowance, tokens)
        missed = 0
        try:
            completion = await model.complete(request, on_text)
            self._turnstile.well()
            if tokens:
                used = completion.usage
                missed = used.input_tokens + used.output_tokens - tokens
        finally:
            self._turnstile.leave(missed)
        return completion

    def _may_go_on(self, error: CallError, attempt: int) -> bool:
        outage, asked_s = self._turnstile.outage, error.retry_after_s
        if attempt >= attempts_at(error.kind, has_answered=outage.has_answered):
            return False
        if asked_s is not None and asked_s > LONGEST_WAIT_S:
            return False
        # Who comes back when told to makes no storm, as long as something is answered in between.
        if error.kind == "rate_limit" and asked_s and not outage.is_given_up:
            return True
        self._budget.most_at_once = self._turnstile.most_at_once
        return self._budget.take()

    def _final(self, error: CallError) -> CallError:
        told, asked_s = str(error), error.retry_after_s
        if asked_s is not None and asked_s > LONGEST_WAIT_S:
            told += f" (it asks for {asked_s:.0f} s, and {LONGEST_WAIT_S:.0f} s are waited at most)"
        return CallError(error.kind, told, retry_after_s=asked_s, is_final=True)


@dataclass(slots=True)
class _Heard:
    """Hands on the pieces of an answer, and knows whether there was one."""

    on_text: OnText
    is_any: bool = False

    def take(self, text: str) -> None:
        self.is_any = True
        self.on_text(text)


def _expected_tokens(request: CompletionRequest) -> int:
    return estimated_tokens_of(request) + (request.parameters.max_tokens or 0)


def _generator(request: CompletionRequest) -> random.Random:
    return random.Random(digest(["retry", request.case_id, request.repeat]))  # noqa: S311  no secret
