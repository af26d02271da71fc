"""Calls that an evaluation would make, counted, with what they would take. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from genaiops.models.pricing import ASSUMED_ANSWER_TOKENS, price_of, priced
from genaiops.records import Completion, Message, Usage
from genaiops.specs.catalog import ModelSpec


@dataclass(frozen=True, slots=True)
class PlannedRequest:
    """What a model would be asked, and the answer if it is recorded or was asked for before.

    `input_tokens` is estimated; `max_tokens` is what the request itself allows.
    """

    model: str
    messages: tuple[Message, ...]
    answer: Completion | None
    input_tokens: int = 0
    max_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """Calls and what they would cost, about.

    `calls` are all, `recorded` those among them that need not be made; tokens and money are those
    of the others. An answer is taken to be as long as the recorded ones of its model are on
    average; `is_assumed` says that there are none of some model, whose answers are taken to have
    `ASSUMED_ANSWER_TOKENS`, or what the request allows. `cost_usd` is None where a price is not
    known.
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


def count_calls(
    requests: Sequence[PlannedRequest], scale: float, models: Mapping[str, ModelSpec]
) -> Counts:
    """Count what was looked at, times `scale`; tokens are characters / 4."""
    open_ = [request for request in requests if request.answer is None]
    lengths = _answer_lengths(requests)
    uses = [_use(request, lengths, models.get(request.model)) for request in open_]
    costs = [use.cost_usd for use in uses if use.cost_usd is not None]
    return Counts(
        calls=round(scale * len(requests)),
        recorded=round(scale * (len(requests) - len(open_))),
        input_tokens=round(scale * sum(use.input_tokens for use in uses)),
        output_tokens=round(scale * sum(use.output_tokens for use in uses)),
        is_assumed=any(request.model not in lengths for request in open_),
        cost_usd=scale * sum(costs) if len(costs) == len(uses) else None,
    )


def _answer_lengths(requests: Sequence[PlannedRequest]) -> dict[str, float]:
    """The mean number of tokens of each model's recorded answers."""
    tokens, answers = Counter[str](), Counter[str]()
    for request in requests:
        if request.answer is not None and request.answer.usage.output_tokens:
            tokens[request.model] += request.answer.usage.output_tokens
            answers[request.model] += 1
    return {model: tokens[model] / count for model, count in answers.items()}


def _use(request: PlannedRequest, lengths: Mapping[str, float], entry: ModelSpec | None) -> Usage:
    """What a call is expected to take."""
    allowed = request.max_tokens or (entry.parameters.max_tokens if entry else None)
    assumed = min(ASSUMED_ANSWER_TOKENS, allowed or ASSUMED_ANSWER_TOKENS)
    answer = round(lengths.get(request.model, assumed))
    return priced(request.input_tokens, answer, price_of(entry) if entry else None)
