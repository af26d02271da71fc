from collections.abc import Iterable, Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.models.remembered import RememberedEmbedder
from genaiops.protocols import Vectors
from tests.fakes import HashEmbedder

pytestmark = pytest.mark.anyio


class Memory:
    """A memory that lasts as long as the test; `asked` counts the keys that it was asked for."""

    def __init__(self) -> None:
        self.vectors: dict[str, Vectors] = {}
        self.asked = 0

    def find(self, keys: Iterable[str]) -> Mapping[str, Vectors]:
        wanted = list(keys)
        self.asked += len(wanted)
        return {key: self.vectors[key] for key in wanted if key in self.vectors}

    def keep(self, vectors: Mapping[str, Vectors]) -> None:
        self.vectors.update(vectors)


@given(calls=st.lists(st.lists(st.text(max_size=3), max_size=4), max_size=5))
async def test_vectors_are_those_of_the_embedder_and_each_text_is_embedded_once(
    calls: list[list[str]],
) -> None:
    plain, memory = HashEmbedder(), Memory()
    for _ in range(2):
        embedder = RememberedEmbedder(plain, memory)
        for texts in calls:
            expected = await HashEmbedder().embed(texts)
            assert (await embedder.embed(texts)).tobytes() == expected.tobytes()
    assert sorted(plain.texts) == sorted({text for texts in calls for text in texts})


async def test_a_memory_is_asked_once_for_a_text() -> None:
    memory = Memory()
    embedder = RememberedEmbedder(HashEmbedder(), memory)
    await embedder.embed(["a", "b", "a"])
    await embedder.embed(["b", "a"])
    assert memory.asked == 2


async def test_another_embedder_has_other_vectors_in_one_memory() -> None:
    memory = Memory()
    for name in ("one", "other"):
        plain = HashEmbedder(name=name)
        await RememberedEmbedder(plain, memory).embed(["a"])
        assert plain.texts == ["a"]


@pytest.mark.parametrize(
    "damaged", [np.zeros(64), np.ones(64), np.ones(1), np.full(64, np.nan), np.zeros(0)]
)
async def test_what_is_no_vector_of_the_embedder_is_embedded_anew(damaged: Vectors) -> None:
    memory = Memory()
    right = await RememberedEmbedder(HashEmbedder(), memory).embed(["a"])
    memory.vectors = dict.fromkeys(memory.vectors, damaged.astype(np.float32))
    again = await RememberedEmbedder(HashEmbedder(), memory).embed(["a"])
    assert again.tobytes() == right.tobytes()


async def test_changing_what_was_given_changes_nothing_that_is_remembered() -> None:
    embedder = RememberedEmbedder(HashEmbedder(), Memory())
    first = await embedder.embed(["a"])
    first[:] = 0
    assert np.linalg.norm(await embedder.embed(["a"])) == pytest.approx(1)


async def test_a_process_remembers_so_many_and_no_more() -> None:
    memory = Memory()
    embedder = RememberedEmbedder(HashEmbedder(), memory, most=2)
    asked: list[int] = []
    for texts in ("a", "b", "ab", "c", "c", "abc", "c"):
        before = memory.asked
        await embedder.embed(list(texts))
        asked.append(memory.asked - before)
    assert asked == [1, 1, 0, 1, 0, 2, 1]


async def test_the_rest_is_the_embedders() -> None:
    plain = HashEmbedder()
    embedder = RememberedEmbedder(plain, Memory())
    assert (embedder.identity, embedder.dimensions) == (plain.identity, 64)
    assert embedder.token_spans("two words") == [(0, 3), (4, 9)]
    await embedder.aclose()
    assert plain.closed
