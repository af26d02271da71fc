"""What a call used and what it cost."""

from collections.abc import Sequence

from genaiops.digests import canonical_json
from genaiops.models.known_prices import known_price
from genaiops.models.words import estimated_tokens
from genaiops.records import CompletionRequest, Message, Usage
from genaiops.specs.catalog import (
    ExtractiveModel,
    LangchainModel,
    LocalModel,
    ModelSpec,
    ModerationModel,
    OpenAIModel,
    Price,
    ReplayModel,
)

ASSUMED_ANSWER_TOKENS = 500
"""How long an answer is taken to be where nothing tells: neither max_tokens nor other answers."""

FREE = Price(input_usd_per_mtok=0, output_usd_per_mtok=0)


def price_of(entry: ModelSpec) -> Price | None:
    """What the calls of an entry cost: as it says, else nothing if it runs here, else as listed.

    None is not known.
    """
    match entry:
        case ExtractiveModel() | ReplayModel() | ModerationModel():
            return FREE
        case LocalModel():
            return entry.price or FREE
        case OpenAIModel():
            return entry.price or known_price(entry.model, entry.base_url)
        case LangchainModel():
            return entry.price


def priced(input_tokens: int, output_tokens: int, price: Price | None) -> Usage:
    """The usage with its cost in US dollars; without a price the cost is unknown."""
    cost = None
    if price is not None:
        micro = input_tokens * price.input_usd_per_mtok + output_tokens * price.output_usd_per_mtok
        cost = micro / 1_000_000
    return Usage(input_tokens=input_tokens, output_tokens=output_tokens, cost_usd=cost)


def estimated_usage(
    messages: Sequence[Message], answer: str, cost_usd: float | None = None
) -> Usage:
    """A usage that nobody reported: tokens by length."""
    asked = sum(estimated_tokens(message.content) for message in messages)
    return Usage(input_tokens=asked, output_tokens=estimated_tokens(answer), cost_usd=cost_usd)


def estimated_tokens_of(request: CompletionRequest) -> int:
    """About how many tokens a request has: characters / 4 of its messages, tools and schema."""
    told = [message.content for message in request.messages]
    told += [call.arguments for message in request.messages for call in message.tool_calls]
    told += [canonical_json(tool.model_dump(mode="json")) for tool in request.tools]
    if request.response_schema is not None:
        told.append(canonical_json(request.response_schema))
    return sum(estimated_tokens(text) for text in told)
