"""Groundedness without a model, by tier: BEGIN, MTRAG's raters, the contrast set, and its cost.

The figures on BEGIN are of cross-validation with the weights fitted anew for each fold; all others
are of the weights that come with genaiops, which have not seen what they are measured on.
"""

import asyncio
import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import train_groundedness as trained
from training.labelled import BEGIN_PARTS as PARTS
from training.labelled import Answer, begin, contrast

from agreement.embedder import minilm
from agreement.intervals import auroc, bootstrap, share, spearman
from agreement.row import NotThere, Row
from genaiops.metrics.claim_support import By
from genaiops.metrics.groundedness import groundedness
from genaiops.metrics.grounds import forget_passages
from genaiops.metrics.support import Features
from genaiops.metrics.support_classifier import COSINE
from genaiops.protocols import Embedder
from genaiops.records import Passage, Score

NAMES = {"wow": "BEGIN dev, Wizard of Wikipedia", "cmu": "BEGIN dev, CMU"}
WANTED = {"wow": "≥ 0.945", "cmu": "≥ 0.955"}
PEOPLE = "reference"
"""The writer of MTRAG's answers who is no model."""
WORDS, PASSAGES = 120, 5
REPEATS = 5
"""Times that each answer is scored for its cost; the least is that without what else runs."""


@dataclass(frozen=True, slots=True)
class Tier:
    """A way to use the metric, by its name in the table."""

    name: str
    by: By
    embedder: Embedder | None


def rows(data: Path) -> Iterator[Row]:
    """All figures of this part."""
    if not (data / "begin").is_dir():
        raise NotThere(f"{data} holds no public data; name the folder by --data")
    embedder = minilm()
    tiers = [
        Tier("groundedness", "classifier", None),
        Tier("groundedness (embedder)", "classifier", embedder),
        Tier("groundedness (words)", "words", None),
        Tier("groundedness (words, embedder)", "words", embedder),
    ]
    trained_rows = asyncio.run(trained.rows_of(trained.answers_of(data), embedder))
    for tier in tiers:
        if tier.by == "classifier":
            yield from _cross_validated(tier, trained_rows)
        else:
            for part in PARTS:
                yield _begin(tier, part, list(begin(data, part)))
        yield from _raters(tier, data)
        yield from _pairs(tier)
        yield _cost(tier, data)


def _cross_validated(tier: Tier, found: trained.Rows) -> Iterator[Row]:
    names = (*Features._fields, *((COSINE,) if tier.embedder else ()))
    values, labels = trained.left_out(found, names), found.labels
    sources = np.array([answer.source for answer in found.answers])
    for part in PARTS:
        chosen = np.flatnonzero(sources == f"begin {part}")
        groups = [found.answers[n].group for n in chosen]
        measured = bootstrap(auroc, values[chosen], labels[chosen], groups=groups, draws=500)
        note = "five-fold cross-validation, items on one text together"
        yield Row(
            tier.name, NAMES[part], "AUROC, fully attributable", len(chosen), *measured,
            WANTED[part], note,
        )  # fmt: skip


def _begin(tier: Tier, part: str, answers: Sequence[Answer]) -> Row:
    measured = bootstrap(
        auroc,
        _values(answers, tier),
        [each.is_supported for each in answers],
        groups=[each.group for each in answers],
        draws=500,
    )
    return Row(tier.name, NAMES[part], "AUROC, fully attributable", len(answers), *measured)


def _raters(tier: Tier, data: Path) -> Iterator[Row]:
    """Against the mean faithfulness by three raters; answers to one task are drawn together."""
    rated = _rated(data)
    values = _values([answer for answer, _, _ in rated], tier)
    for name, chosen, wanted in (
        ("two models", [n for n, each in enumerate(rated) if each[1] != PEOPLE], 0.83),
        ("all answers", list(range(len(rated))), None),
    ):
        measured = bootstrap(
            spearman,
            [values[n] for n in chosen],
            [rated[n][2] for n in chosen],
            groups=[rated[n][0].group for n in chosen],
        )
        yield Row(
            tier.name, f"MTRAG human evaluation, {name}", "Spearman with mean faithfulness",
            len(chosen), *measured, f"≥ {wanted}" if wanted and tier.by == "classifier" else None,
        )  # fmt: skip


@cache
def _rated(data: Path) -> list[tuple[Answer, str, float]]:
    """The answers of MTRAG's human evaluation, who wrote each, and its mean faithfulness."""
    known = json.loads((data / "mt-rag/human_eval.json").read_text("utf-8"))
    texts = {each["document_id"]: each["text"] for each in known["documents"]}
    tasks = {each["task_id"]: each for each in known["tasks"]}
    found = list[tuple[Answer, str, float]]()
    for each in known["evaluations"]:
        task = tasks[each["task_id"]]
        raters = each["annotations"]["faithfulness"].values()
        answer = Answer(
            text=each["model_response"],
            passages=tuple(texts[context["document_id"]] for context in task["contexts"]),
            question=" ".join(turn["text"] for turn in task["input"]),
            is_supported=False,
            source="mt-rag",
            group=each["task_id"],
        )
        rating = float(np.mean([float(rater["value"]) for rater in raters]))
        found.append((answer, each["model_id"], rating))
    return found


def _pairs(tier: Tier) -> Iterator[Row]:
    """Pairs whose true sentence scores above the false one; a tie is half of one."""
    pairs = list(contrast("test"))
    true = _values([pair.supported for pair in pairs], tier)
    false = _values([pair.contradicted for pair in pairs], tier)
    points = [
        1.0 if right > wrong else 0.5 * (right == wrong)
        for right, wrong in zip(true, false, strict=True)
    ]
    found = list(zip(pairs, points, strict=True))
    kinds = dict.fromkeys(pair.kind for pair, _ in found)
    for kind in (None, *kinds) if tier.by == "classifier" else (None,):
        won = [each for pair, each in found if kind in {None, pair.kind}]
        value, low, high = share(round(sum(won)), len(won))
        wanted = "≥ 0.9" if kind is None and tier.by == "classifier" else None
        name = "contrast set, test split" + (f", {kind}" if kind else "")
        yield Row(tier.name, name, "pairs in the right order", len(won), value, low, high, wanted)


def _cost(tier: Tier, data: Path) -> Row:
    """CPU time of answers of 120 words on five passages that are read anew each time."""
    texts = list(dict.fromkeys(text for answer, _, _ in _rated(data) for text in answer.passages))
    words = [word for answer, _, _ in _rated(data) for word in answer.text.split()]
    answers = [
        Answer(
            text=" ".join(words[start * 50 : start * 50 + WORDS]),
            passages=tuple(texts[start : start + PASSAGES]),
            question="",
            is_supported=False,
            source="",
            group="",
        )
        for start in range(0, len(texts) - PASSAGES, PASSAGES)
    ]
    value = 1000 * float(np.median(asyncio.run(_seconds(answers, tier))))
    return Row(
        tier.name, "120 words on 5 passages of MTRAG", "ms of CPU, median", len(answers), value,
        None, None, "≤ 5", f"embeddings cached; the least of {REPEATS} times each",
    )  # fmt: skip


async def _seconds(answers: Sequence[Answer], tier: Tier) -> list[float]:
    if tier.embedder:
        for answer in answers:
            await _score(answer, tier)
    return [min([await _once(answer, tier) for _ in range(REPEATS)]) for answer in answers]


async def _once(answer: Answer, tier: Tier) -> float:
    forget_passages()
    before = time.process_time()
    await _score(answer, tier)
    return time.process_time() - before


def _values(answers: Iterable[Answer], tier: Tier) -> list[float]:
    """The scores; where there is none, the worst, as gates take it."""

    async def scored() -> list[float]:
        return [(await _score(answer, tier)).value or 0.0 for answer in answers]

    return asyncio.run(scored())


async def _score(answer: Answer, tier: Tier) -> Score:
    passages = [
        Passage(document=str(place), start=0, end=len(text), text=text)
        for place, text in enumerate(answer.passages)
    ]
    return await groundedness(answer.text, passages, answer.question, tier.by, tier.embedder)
