"""Calls that an evaluation would make, counted, with what they would take. Pure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from genaiops.models.pricing import ASSUMED_ANSWER_TOKENS, price_of, priced
from genaiops.records import Completion, Message, Usage
from genaiops.specs.catalog import ModelSpec


@dataclass(frozen=True, slots=True)
class PlannedRequest:
    """What a model would be asked, and the answer if it is recorded or was asked for before.

    `input_tokens` is estimated; `max_tokens` is what the request itself allows; `is_made_anew` says
    that the call is made although its answer is recorded.
    """

    model: str
    messages: tuple[Message, ...]
    answer: Completion | None
    input_tokens: int = 0
    max_tokens: int | None = None
    is_made_anew: bool = False

    @property
    def is_to_make(self) -> bool:
        """Whether the call has to be made."""
        return self.answer is None or self.is_made_anew


@dataclass(frozen=True, slots=True)
class Counts:
    """Calls and what they would cost, about.

    `calls` are all, `recorded` those among them that need not be made; tokens and money are those
    of the others, as recorded calls of the same model took them for their length. `is_assumed` says
    that there are none of some model: then tokens are characters / 4, and an answer is taken to
    have `ASSUMED_ANSWER_TOKENS`, or what the request allows. `cost_usd` is None where a price is
    not known.
    """

    calls: int
    recorded: int
    input_tokens: int
    output_tokens: int
    is_assumed: bool
    cost_usd: float | None

    @property
    def to_make(self) -> int:
        """How many calls are not recorded."""
        return self.calls - self.recorded


@dataclass(frozen=True, slots=True)
class _Seen:
    """What recorded calls of a model took: tokens for one of characters / 4, and of an answer."""

    ratio: float
    answer: float

    @classmethod
    def of(cls, calls: Sequence[tuple[int, Usage]]) -> "_Seen":
        """From the estimate and the usage of each; its own tokenizer counted the latter."""
        estimated = sum(tokens for tokens, _ in calls)
        counted = sum(usage.input_tokens for _, usage in calls)
        answers = sum(usage.output_tokens for _, usage in calls)
        return cls(counted / estimated if estimated else 1.0, answers / len(calls))


def count_calls(
    requests: Sequence[PlannedRequest], scale: float, models: Mapping[str, ModelSpec]
) -> Counts:
    """Count what was looked at, times `scale`."""
    open_ = [request for request in requests if request.is_to_make]
    seen = _seen(requests)
    uses = [_use(each, seen.get(each.model), models.get(each.model)) for each in open_]
    costs = [use.cost_usd for use in uses if use.cost_usd is not None]
    return Counts(
        calls=round(scale * len(requests)),
        recorded=round(scale * (len(requests) - len(open_))),
        input_tokens=round(scale * sum(use.input_tokens for use in uses)),
        output_tokens=round(scale * sum(use.output_tokens for use in uses)),
        is_assumed=any(request.model not in seen for request in open_),
        cost_usd=scale * sum(costs) if len(costs) == len(uses) else None,
    )


def _seen(requests: Sequence[PlannedRequest]) -> dict[str, _Seen]:
    """What the recorded calls of each model took, where a usage was reported."""
    told: dict[str, list[tuple[int, Usage]]] = {}
    for request in requests:
        if request.answer is not None and request.answer.usage.output_tokens:
            told.setdefault(request.model, []).append((request.input_tokens, request.answer.usage))
    return {model: _Seen.of(calls) for model, calls in told.items()}


def _use(request: PlannedRequest, seen: _Seen | None, entry: ModelSpec | None) -> Usage:
    """What a call is expected to take."""
    allowed = request.max_tokens or (entry.parameters.max_tokens if entry else None)
    if seen is None:
        asked, answer = request.input_tokens, min(ASSUMED_ANSWER_TOKENS, allowed or math.inf)
    else:
        asked, answer = round(request.input_tokens * seen.ratio), round(seen.answer)
    return priced(asked, int(answer), price_of(entry) if entry else None)
