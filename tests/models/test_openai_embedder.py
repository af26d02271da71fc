from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
import pytest

from genaiops.errors import CallError
from genaiops.models.openai_embedder import OpenAIEmbedder
from genaiops.specs import catalog
from tests.endpoint import DIMENSIONS, KEY, FakeEndpoint

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def opened(base_url: str, **fields: object) -> AsyncIterator[OpenAIEmbedder]:
    said = {"provider": "openai", "model": "e", "base_url": base_url, "dimensions": DIMENSIONS}
    spec = catalog.OpenAIEmbedder.model_validate(said | fields)
    embedder = OpenAIEmbedder("fake", spec, api_key=KEY, environment={})
    try:
        yield embedder
    finally:
        await embedder.aclose()


async def test_rows_are_unit_vectors_in_the_order_of_the_texts(endpoint: FakeEndpoint) -> None:
    async with opened(endpoint.url()) as embedder:
        rows = await embedder.embed(["a", "four"])
    assert rows.dtype == np.float32
    assert rows.shape == (2, DIMENSIONS)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, rtol=1e-6)
    np.testing.assert_allclose(rows[1] / rows[1, 1], [4, 1, 1, 2], rtol=1e-6)


async def test_texts_go_in_batches(endpoint: FakeEndpoint) -> None:
    before = len(endpoint.asked)
    async with opened(endpoint.url(), batch=2) as embedder:
        rows = await embedder.embed(["a", "b", "c"])
    assert rows.shape == (3, DIMENSIONS)
    assert [asked.body["input"] for asked in endpoint.asked[before:]] == [["a", "b"], ["c"]]


async def test_no_text_is_no_call(endpoint: FakeEndpoint) -> None:
    before = len(endpoint.asked)
    async with opened(endpoint.url()) as embedder:
        assert (await embedder.embed([])).shape == (0, DIMENSIONS)
    assert len(endpoint.asked) == before


async def test_other_dimensions_than_the_catalog_says_are_an_error(endpoint: FakeEndpoint) -> None:
    async with opened(endpoint.url(), dimensions=5) as embedder:
        with pytest.raises(CallError, match=r"\[4\] dimensions .* catalog says dimensions: 5"):
            await embedder.embed(["a"])


async def test_azure_embeds_by_its_deployment(endpoint: FakeEndpoint) -> None:
    async with opened(endpoint.url("guarded"), api_version="2025-01-01") as embedder:
        await embedder.embed(["a"])
    assert endpoint.last.path == "/guarded/openai/deployments/e/embeddings"


async def test_a_refusal_names_the_embedder(endpoint: FakeEndpoint) -> None:
    async with opened(endpoint.url("rate_limit")) as embedder:
        with pytest.raises(CallError, match=r"embedder 'fake' at .* status 429"):
            await embedder.embed(["a"])


async def test_words_and_marks_stand_in_for_tokens(endpoint: FakeEndpoint) -> None:
    async with opened(endpoint.url()) as embedder:
        assert embedder.token_spans("It's £5.") == [
            (0, 2),
            (2, 3),
            (3, 4),
            (5, 6),
            (6, 7),
            (7, 8),
        ]
        assert embedder.dimensions == DIMENSIONS
