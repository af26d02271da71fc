import pytest

from genaiops.models.pricing import FREE, estimated_tokens_of, estimated_usage, price_of, priced
from genaiops.records import CompletionRequest, Message, Tool, Usage
from genaiops.specs.catalog import (
    ExtractiveModel,
    LocalModel,
    ModelSpec,
    OpenAIModel,
    Price,
    ReplayModel,
)

OWN = Price(input_usd_per_mtok=1, output_usd_per_mtok=2)


def test_the_cost_is_tokens_by_price_per_million() -> None:
    price = Price(input_usd_per_mtok=0.15, output_usd_per_mtok=0.6)
    assert priced(1_000_000, 500_000, price).cost_usd == 0.45
    assert priced(7, 7, None) == Usage(input_tokens=7, output_tokens=7, cost_usd=None)


def test_an_estimate_counts_four_characters_a_token() -> None:
    messages = [Message(role="user", content="12345"), Message(role="user", content="")]
    assert estimated_usage(messages, "1234") == Usage(input_tokens=2, output_tokens=1)


def test_tools_and_schema_are_part_of_a_request() -> None:
    asked = CompletionRequest(messages=(Message(role="user", content="12345678"),))
    tool = Tool(name="t", description="d" * 40, parameters={})
    assert estimated_tokens_of(asked) == 2
    assert estimated_tokens_of(asked.model_copy(update={"tools": (tool,)})) > 2 + 10
    schema = {"type": "object"}
    assert estimated_tokens_of(asked.model_copy(update={"response_schema": schema})) == 2 + 5


@pytest.mark.parametrize(
    ("entry", "price"),
    [
        (ExtractiveModel(provider="extractive", price=OWN), FREE),
        (ReplayModel(provider="replay", recording="r", model="m", price=OWN), FREE),
        (LocalModel(provider="local", weights="w"), FREE),
        (LocalModel(provider="local", weights="w", price=OWN), OWN),
        (OpenAIModel(provider="openai", model="m", base_url="http://localhost/v1"), None),
        (OpenAIModel(provider="openai", model="m", base_url="http://h/v1", price=OWN), OWN),
    ],
)
def test_what_runs_here_is_free_and_what_is_written_holds(
    entry: ModelSpec, price: Price | None
) -> None:
    assert price_of(entry) == price


def test_a_price_that_is_not_written_is_the_list_price() -> None:
    pytest.importorskip("genai_prices")
    url = "https://api.openai.com/v1"
    listed = price_of(OpenAIModel(provider="openai", model="gpt-4o-mini", base_url=url))
    assert listed is not None
    assert 0 < listed.input_usd_per_mtok < listed.output_usd_per_mtok
    assert price_of(OpenAIModel(provider="openai", model="no-such-model", base_url=url)) is None
