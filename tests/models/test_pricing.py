from genaiops.models.pricing import estimated_usage, priced
from genaiops.records import Message, Usage
from genaiops.specs.catalog import Price


def test_the_cost_is_tokens_by_price_per_million() -> None:
    price = Price(input_usd_per_mtok=0.15, output_usd_per_mtok=0.6)
    assert priced(1_000_000, 500_000, price).cost_usd == 0.45
    assert priced(7, 7, None) == Usage(input_tokens=7, output_tokens=7, cost_usd=None)


def test_an_estimate_counts_four_characters_a_token() -> None:
    messages = [Message(role="user", content="12345"), Message(role="user", content="")]
    assert estimated_usage(messages, "1234") == Usage(input_tokens=2, output_tokens=1)
