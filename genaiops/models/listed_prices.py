"""Prices that are published for models of known endpoints: the door of genai-prices, offline."""

from genai_prices import Usage, calc_price

from genaiops.specs.catalog import Price

_TOKENS = 1_000
"""Few enough for the lowest tier of a price that grows with the length of the prompt."""


def listed_price(model: str, base_url: str) -> Price | None:
    """The list price of a model at an endpoint; None where it is not known."""
    try:
        found = calc_price(
            Usage(input_tokens=_TOKENS, output_tokens=_TOKENS), model, provider_api_url=base_url
        )
    except LookupError:
        return None
    return Price(
        input_usd_per_mtok=float(found.input_price) * 1_000_000 / _TOKENS,
        output_usd_per_mtok=float(found.output_price) * 1_000_000 / _TOKENS,
    )
