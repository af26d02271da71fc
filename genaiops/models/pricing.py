"""What a call used and what it cost."""

from collections.abc import Sequence

from genaiops.models.words import estimated_tokens
from genaiops.records import Message, Usage
from genaiops.specs.catalog import Price


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
