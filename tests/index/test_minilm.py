"""The shipped handbook through real embeddings."""

import json
import os
from contextlib import closing
from pathlib import Path

import pytest

pytest.importorskip("onnxruntime", reason="the local extra is not installed")
pytest.importorskip("tokenizers", reason="the local extra is not installed")

from genaiops.errors import InputError
from genaiops.flow.rerank import EmbedderReranker
from genaiops.flow.trace import Ask, Trace
from genaiops.models.local_embedder import LocalEmbedder
from genaiops.models.remembered import RememberedEmbedder
from genaiops.models.weights import WeightsCatalog
from genaiops.protocols import Embedder
from genaiops.records import Passage
from genaiops.specs import catalog
from genaiops.store import VectorFile
from tests.index.project import Project

NAME = "all-minilm-l6-v2-int8"
DATASETS = Path(__file__).parents[2] / "datasets"

pytestmark = [pytest.mark.weights, pytest.mark.slow, pytest.mark.anyio]


def minilm() -> LocalEmbedder:
    weights = WeightsCatalog.load(dict(os.environ))
    try:
        model, tokenizer = weights.path(NAME, "model.onnx"), weights.path(NAME, "tokenizer.json")
    except InputError as error:
        pytest.skip(str(error))
    spec = catalog.LocalEmbedder(provider="local", weights=NAME)
    return LocalEmbedder(spec, model, tokenizer, weights.digest(NAME))


def is_met(label: dict[str, int | str], passages: tuple[Passage, ...]) -> bool:
    """Whether a passage holds half of a labelled span, or more."""
    start, end = int(label["start"]), int(label["end"])
    return any(
        passage.document == label["document"]
        and 2 * (min(end, passage.end) - max(start, passage.start)) >= end - start
        for passage in passages
    )


async def test_most_questions_about_the_handbook_meet_their_passage_in_four(
    tmp_path: Path,
) -> None:
    articles = (DATASETS / "handbook").rglob("*.md")
    project = Project(tmp_path, {path.name: path.read_text("utf-8") for path in articles})
    project.say(chunk={"size": 200, "overlap": 20, "unit": "tokens"})
    project.embedder = minilm()
    await project.build()
    index = project.open()
    lines = (DATASETS / "handbook.jsonl").read_text("utf-8").splitlines()
    met = [
        any(is_met(label, found) for label in case["expected"]["passages"])
        for case in map(json.loads, lines[::5])
        if case["expected"].get("passages")
        for found in [await index.retrieve(case["inputs"]["question"], 4)]
    ]
    assert len(met) >= 25
    assert sum(met) / len(met) >= 0.75
    await project.embedder.aclose()


async def test_remembered_vectors_give_the_same_scores_bit_by_bit(tmp_path: Path) -> None:
    articles = sorted((DATASETS / "handbook").rglob("*.md"))[:6]
    passages = tuple(
        Passage(document=path.name, start=0, end=len(text), text=text)
        for path in articles
        for text in path.read_text("utf-8").split("\n\n")[:2]
    )
    lines = (DATASETS / "handbook.jsonl").read_text("utf-8").splitlines()[::40]
    questions = [json.loads(line)["inputs"]["question"] for line in lines]

    async def scores(embedder: Embedder) -> list[tuple[Passage, ...]]:
        reranker = EmbedderReranker(embedder)
        return [await reranker.order(each, passages, Ask(), Trace()) for each in questions]

    plain = await scores(minilm())
    for _ in range(2):
        with closing(VectorFile(tmp_path / "vectors.sqlite")) as memory:
            assert await scores(RememberedEmbedder(minilm(), memory)) == plain
