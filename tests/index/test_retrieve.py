from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from genaiops.index import BuiltIndex
from genaiops.protocols import Index
from tests.fakes import HashEmbedder
from tests.index.project import Project

pytestmark = pytest.mark.anyio

ANIMALS = {
    "birds.md": "Birds have feathers and lay eggs.",
    "cats.md": "A cat sleeps. A cat hunts mice.",
    "dogs.md": "A dog barks.",
    "eggs.md": "Eggs of birds and of fish.",
}


async def built(root: Path, mode: str) -> BuiltIndex:
    project = Project(root, ANIMALS)
    project.say(retrieve={"mode": mode})
    await project.build()
    return project.open()


@pytest.mark.parametrize("mode", ["dense", "lexical", "fused"])
async def test_the_passage_with_the_words_of_the_query_is_first(tmp_path: Path, mode: str) -> None:
    index = await built(tmp_path, mode)
    best, *_ = await index.retrieve("which cat hunts mice", 3)
    assert (best.document, best.start, best.end) == ("cats.md", 0, 31)


@pytest.mark.parametrize("mode", ["dense", "lexical", "fused"])
async def test_scores_fall_and_are_there(tmp_path: Path, mode: str) -> None:
    passages = await (await built(tmp_path, mode)).retrieve("birds lay eggs", 4)
    scores = [passage.score for passage in passages if passage.score is not None]
    assert len(scores) == len(passages) > 1
    assert all(a >= b for a, b in pairwise(scores))


async def test_dense_scores_are_cosines(tmp_path: Path) -> None:
    (best,) = await (await built(tmp_path, "dense")).retrieve("A dog barks.", 1)
    assert best.score == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("mode", ["dense", "lexical", "fused"])
@pytest.mark.parametrize(("query", "k"), [("cat", 0), ("", 3), (" \n", 3)])
async def test_nothing_asked_is_nothing_found(
    tmp_path: Path, mode: str, query: str, k: int
) -> None:
    assert await (await built(tmp_path, mode)).retrieve(query, k) == ()


@pytest.mark.parametrize("mode", ["dense", "fused"])
async def test_k_beyond_the_passages_gives_them_all(tmp_path: Path, mode: str) -> None:
    assert len(await (await built(tmp_path, mode)).retrieve("cat", 1000)) == len(ANIMALS)


@pytest.mark.parametrize("mode", ["dense", "lexical", "fused"])
async def test_ties_come_in_the_order_of_document_and_start(tmp_path: Path, mode: str) -> None:
    project = Project(tmp_path, {f"{name}.md": "Equal words here." for name in "cab"})
    project.say(retrieve={"mode": mode})
    await project.build()
    found = await project.open().retrieve("equal words", 3)
    assert [passage.document for passage in found] == ["a.md", "b.md", "c.md"]


async def test_inspecting_tells_what_found_each_passage(tmp_path: Path) -> None:
    index = await built(tmp_path, "fused")
    found = await index.inspect("dog", 4)
    assert [one.passage for one in found] == list(await index.retrieve("dog", 4))
    assert found[0].passage.document == "dogs.md"
    assert (found[0].dense_rank, found[0].lexical_rank) == (1, 1)
    assert all(one.lexical_rank is None and one.lexical_score is None for one in found[1:])
    assert found[0].passage.score == pytest.approx(2 / 61)


async def test_lexical_retrieval_never_embeds(tmp_path: Path) -> None:
    index = await built(tmp_path, "lexical")
    embedder = HashEmbedder()
    assert await index.retrieve("cat", 2)
    assert embedder.texts == []


async def test_the_digest_tells_what_decides_an_answer(tmp_path: Path) -> None:
    project = Project(tmp_path, ANIMALS)
    await project.build()
    fused = project.open().digest
    assert project.open().digest == fused
    project.say(retrieve={"mode": "dense"})
    assert project.open().digest != fused
    project.write({"dogs.md": "A dog sleeps."})
    await project.build()
    project.say(retrieve={"mode": "fused"})
    assert project.open().digest != fused


async def test_a_reader_keeps_its_version_while_others_are_built(tmp_path: Path) -> None:
    project = Project(tmp_path, ANIMALS)
    await project.build()
    index = project.open()
    before = await index.retrieve("dog barks", 4)
    for i in range(4):
        project.write({"dogs.md": f"Version {i} of the dog."})
        await project.build()
    assert await index.retrieve("dog barks", 4) == before


async def test_exact_search_agrees_with_a_full_sort(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    words = [f"w{i}" for i in range(40)]
    texts = {f"{i:03}.md": " ".join(rng.choice(words, 12)) for i in range(120)}
    project = Project(tmp_path, texts)
    project.say(retrieve={"mode": "dense"})
    vectors = (await project.build()).vectors()
    query = " ".join(rng.choice(words, 5))
    (vector,) = await HashEmbedder().embed([query])
    cosines = np.round(vectors @ vector, 6)
    best = sorted(range(len(cosines)), key=lambda row: (-cosines[row], row))[:10]
    found = await project.open().retrieve(query, 10)
    assert [passage.document for passage in found] == [f"{row:03}.md" for row in best]


def meets_the_protocol(index: BuiltIndex) -> Index:
    return index
