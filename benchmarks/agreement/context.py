"""Whether context_relevance tells labelled passages from others, by the embeddings of MiniLM."""

import asyncio
import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from agreement.embedder import minilm
from agreement.intervals import auroc, bootstrap
from agreement.row import Row
from genaiops.index.chunking import Span, chunk
from genaiops.metrics.context_relevance import context_relevance
from genaiops.metrics.words import letter_words
from genaiops.protocols import Embedder
from genaiops.records import Passage

CHARACTERS = 800
"""The size of chunks."""
EVERY = 4
"""One question of so many is asked, for embedding takes long."""
HARD = "AUROC against the passage with most of the question's words, by length"


@dataclass(frozen=True, slots=True)
class Pair:
    """A question with a passage that is labelled for it, and one that is not."""

    question: str
    labelled: str
    other: str


@dataclass(frozen=True, slots=True)
class Labelled:
    """A question with a labelled passage and those that are not labelled for it."""

    question: str
    passage: str
    others: Sequence[str]

    def hard(self) -> Pair:
        """Beside the passage that has most of the question's words."""
        words = _words(self.question)
        return Pair(self.question, self.passage, max(self.others, key=lambda t: _has(t, words)))


def rows(data: Path) -> Iterator[Row]:
    """AUROC on both data sets; nothing was trained or tuned on them."""
    embedder = minilm()
    sets = {
        "chunking evaluation, every fourth question": list(_of_chunking(data / "chunking")),
        "MTRAG-UN, every fourth answerable task, last turn": list(_of_mt_rag(data / "mt-rag")),
    }
    for name, labelled in sets.items():
        yield _row(embedder, name, [each.hard() for each in labelled[::EVERY]])


def _row(embedder: Embedder, data: str, pairs: Sequence[Pair]) -> Row:
    values = asyncio.run(_scored(embedder, pairs))
    is_good = [True] * len(pairs) + [False] * len(pairs)
    groups = [*range(len(pairs))] * 2
    figure = bootstrap(auroc, values, is_good, groups=groups)
    note = "MiniLM int8, one passage at a time, chunks of 800 characters"
    return Row("context_relevance", data, HARD, len(values), *figure, note=note)


async def _scored(embedder: Embedder, pairs: Sequence[Pair]) -> list[float]:
    asked = [(pair.question, pair.labelled) for pair in pairs]
    asked += [(pair.question, pair.other) for pair in pairs]
    scores = [await context_relevance([_passage(text)], asks, embedder) for asks, text in asked]
    return [score.value or 0.0 for score in scores]


def _passage(text: str) -> Passage:
    return Passage(document="d", start=0, end=len(text), text=text)


def _of_chunking(folder: Path) -> Iterator[Labelled]:
    """For each question the chunk with most labelled text, beside those of the corpus without."""
    cut = {path.stem: path.read_text("utf-8") for path in sorted((folder / "corpora").iterdir())}
    chunks = {name: chunk(text, CHARACTERS) for name, text in cut.items()}
    with (folder / "questions_df.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            text, spans = cut[row["corpus_id"]], chunks[row["corpus_id"]]
            labels = json.loads(row["references"])
            shared = [sum(_shared(span, label) for label in labels) for span in spans]
            best = spans[int(np.argmax(shared))]
            others = [span for span, part in zip(spans, shared, strict=True) if not part]
            yield Labelled(
                question=row["question"],
                passage=text[best.start : best.end],
                others=[text[span.start : span.end] for span in others],
            )


def _shared(span: Span, label: Mapping[str, int]) -> int:
    return max(0, min(span.end, label["end_index"]) - max(span.start, label["start_index"]))


def _of_mt_rag(folder: Path) -> Iterator[Labelled]:
    """For each task its first reference passage, beside those of other conversations."""
    lines = (folder / "unanswerable_tasks.jsonl").read_text("utf-8").splitlines()
    tasks = [task for task in map(json.loads, lines) if task["answerability"] == ["ANSWERABLE"]]
    for task in tasks:
        others = [
            each["text"]
            for other in tasks
            if other["Collection"] == task["Collection"]
            and other["conversation_id"] != task["conversation_id"]
            for each in other["contexts"]
        ]
        question = task["input"][-1]["text"]
        yield Labelled(question, task["contexts"][0]["text"], list(dict.fromkeys(others)))


@cache
def _words(text: str) -> frozenset[str]:
    return frozenset(letter_words(text))


def _has(text: str, words: frozenset[str]) -> int:
    return sum(len(word) for word in words & _words(text))
