"""One call of a model: what is asked, and the finished answer with its usage."""

from typing import Literal

from pydantic import Field, JsonValue

from genaiops.errors import Again
from genaiops.records.messages import Message, Passage, Tool, ToolCall
from genaiops.records.record import Record


class Parameters(Record):
    """Sampling parameters; what is None is left to the provider."""

    temperature: float | None = Field(default=None, ge=0)
    top_p: float | None = Field(default=None, gt=0, le=1)
    max_tokens: int | None = Field(default=None, ge=1)
    seed: int | None = None
    stop: tuple[str, ...] = ()


class CompletionRequest(Record):
    """All that a model is asked at once.

    `passages` and `question` repeat in plain form what the messages hold in prose, for models that
    pick from passages instead of reading a prompt. `top_logprobs` > 0 asks for log-probabilities.
    `attempt` > 0 wants another answer than the one that did not do.
    """

    messages: tuple[Message, ...]
    parameters: Parameters = Parameters()
    tools: tuple[Tool, ...] = ()
    response_schema: dict[str, JsonValue] | None = None
    top_logprobs: int = 0
    passages: tuple[Passage, ...] = ()
    question: str | None = None
    case_id: str | None = None
    repeat: int = 0
    attempt: int = 0


class Usage(Record):
    """Tokens and money; `cost_usd` is None where no price is known."""

    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = None

    def __add__(self, other: "Usage") -> "Usage":
        """Add up; an unknown cost stays unknown unless nothing was used."""
        if other.is_nothing:
            return self
        if self.is_nothing:
            return other
        costs = (self.cost_usd, other.cost_usd)
        return Usage(
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            cost_usd=None if None in costs else sum(cost for cost in costs if cost is not None),
        )

    @property
    def is_nothing(self) -> bool:
        """Whether nothing was used, not even at no cost."""
        return self.cost_usd is None and not self.input_tokens and not self.output_tokens


class TokenLogprob(Record):
    """A generated token with its natural-log probability and its nearest rivals."""

    token: str
    logprob: float
    top: tuple[tuple[str, float], ...] = ()


class Completion(Record):
    """A model's finished answer; `latency_s` and `usage` are those of the call that was made.

    An answer that a batch gave (`batched`) has no latency of its own, and 0 stands there.
    `made_again` says of each further call that the answer took why it was made.
    """

    text: str
    finish_reason: Literal["stop", "length", "tool_calls", "content_filter"] = "stop"
    tool_calls: tuple[ToolCall, ...] = ()
    usage: Usage = Usage()
    latency_s: float = 0.0
    batched: bool = False
    made_again: tuple[Again, ...] = ()
    logprobs: tuple[TokenLogprob, ...] = ()
