import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest

from genaiops.errors import CallError
from genaiops.models.batches import BatchState
from genaiops.models.openai_batch import OpenAIBatches
from genaiops.records import Completion, CompletionRequest, Message, Parameters
from genaiops.specs.catalog import OpenAIModel, Price
from tests.batch_endpoint import BatchEndpoint, serving_batches
from tests.endpoint import KEY

pytestmark = pytest.mark.anyio


@pytest.fixture
def batch_endpoint() -> Iterator[BatchEndpoint]:
    with serving_batches() as running:
        yield running


@pytest.fixture
async def batches(
    batch_endpoint: BatchEndpoint, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[OpenAIBatches]:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-elsewhere")
    spec = OpenAIModel(
        provider="openai",
        model="m",
        base_url=batch_endpoint.url,
        price=Price(input_usd_per_mtok=1e6, output_usd_per_mtok=2e6),
        parameters=Parameters(max_tokens=9),
    )
    found = OpenAIBatches("hosted", spec, api_key=KEY)
    yield found
    await found.aclose()


def asked(text: str) -> CompletionRequest:
    return CompletionRequest(messages=(Message(role="user", content=text),))


async def ended(batches: OpenAIBatches, *texts: str) -> BatchState:
    """A batch of these, polled until its end; the key of a text is `k:` and the text."""
    file = await batches.upload(batches.line(f"k:{text}", asked(text)) for text in texts)
    state = await batches.create(file)
    while not state.is_ended:
        state = await batches.state(state.id)
    return state


async def test_a_line_asks_what_the_call_would_ask(batches: OpenAIBatches) -> None:
    assert json.loads(batches.line("k", asked("Hello"))) == {
        "custom_id": "k",
        "method": "POST",
        "url": "/v1/chat/completions",
        "body": {
            "model": "m",
            "messages": [{"role": "user", "content": "Hello"}],
            "max_tokens": 9,
        },
    }


async def test_answers_come_by_their_key_at_half_the_price_and_without_a_latency(
    batches: OpenAIBatches, batch_endpoint: BatchEndpoint
) -> None:
    state = await ended(batches, "one two", "line\u2028break")
    assert (state.status, state.done, state.total) == ("completed", 2, 2)
    found = {key: outcome async for key, outcome in batches.outcomes(state)}
    answer = found["k:one two"]
    assert isinstance(answer, Completion)
    assert (answer.text, answer.usage.input_tokens, answer.usage.output_tokens) == (
        "You said: one two", 2, 4,
    )  # fmt: skip
    assert answer.usage.cost_usd == (2 * 1 + 4 * 2) / 2
    assert (answer.batched, answer.latency_s) == (True, 0)
    other = found["k:line\u2028break"]
    assert isinstance(other, Completion)
    assert other.text == "You said: line\u2028break"
    assert batch_endpoint.keys == [f"Bearer {KEY}"]


async def test_what_was_not_answered_has_its_reason(batches: OpenAIBatches) -> None:
    state = await ended(batches, "refuse this", "expire now", "lose it", "good")
    found = {key: outcome async for key, outcome in batches.outcomes(state)}
    assert found.keys() == {"k:refuse this", "k:expire now", "k:good"}
    refused, expired = found["k:refuse this"], found["k:expire now"]
    assert isinstance(refused, CallError)
    assert isinstance(expired, CallError)
    assert refused.kind == "content_filter"
    assert f"in batch {state.id}: status 400: content_filter: content policy" in str(refused)
    assert (expired.kind, "batch_expired: Not executed in time." in str(expired)) == (
        "server", True,
    )  # fmt: skip


async def test_a_batch_that_is_refused_as_a_whole_says_why(
    batches: OpenAIBatches, batch_endpoint: BatchEndpoint
) -> None:
    batch_endpoint.refusal = "Enqueued token limit reached"
    state = await ended(batches, "one")
    assert (state.status, state.reason) == ("failed", "Enqueued token limit reached")


async def test_a_batch_is_found_by_its_file_and_never_begun_twice(
    batches: OpenAIBatches, batch_endpoint: BatchEndpoint
) -> None:
    file = await batches.upload([batches.line("k", asked("one"))])
    assert await batches.find(file) is None
    batch_endpoint.breaks = {"begin": 1}
    with pytest.raises(CallError, match=r"status 500") as told:
        await batches.create(file)
    assert told.value.kind == "server"
    found = await batches.find(file)
    assert found is not None
    assert (found.id, len(batch_endpoint.batches)) == ("batch_1", 1)


async def test_results_that_are_none_are_told(
    batches: OpenAIBatches, batch_endpoint: BatchEndpoint
) -> None:
    state = await ended(batches, "one")
    batch_endpoint.files["file-9"] = b"<html>\n"
    with pytest.raises(CallError, match="a line of its results is no result"):
        async for _ in batches.outcomes(replace(state, files=("file-9",))):
            pass
