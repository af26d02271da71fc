"""Train the classifier of groundedness, and say how well it does on what it has not seen.

    python benchmarks/train_groundedness.py [--data ../shared/data] [--write DATE]

Trained on BEGIN's dev responses (one by one), the pairs of the dev split of the contrast set, and
sentences of people that are made false by one change (as pairs: which of the two is the true one).
Never on MTRAG's human evaluation, nor on the test split of the contrast set. Prints figures of
cross-validation in which items on one text are never parted; `--write` puts the weights of all of
it, with the date, into genaiops/metrics/support_weights.json. Embeds with MiniLM, whose own weights
have to be there (genaiops weights pull all-minilm-l6-v2-int8): some two minutes on one core.
"""

import argparse
import asyncio
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from agreement.embedder import NAME, minilm
from agreement.intervals import auroc
from numpy.typing import NDArray
from training.labelled import BEGIN_PARTS, ROOT, Answer, Pair, begin, contrast, sentences
from training.logistic import Fitted, Floats, Items, fit, folds
from training.spoiled import spoiled

from genaiops.digests import digest
from genaiops.metrics.claim_support import nearest_cosine
from genaiops.metrics.claims import split_claims
from genaiops.metrics.groundedness import REFUSED
from genaiops.metrics.grounds import grounds_of
from genaiops.metrics.refusal import is_refusal
from genaiops.metrics.support import Features, look_up
from genaiops.metrics.support_classifier import COSINE, FILE
from genaiops.protocols import Embedder
from genaiops.records import Passage

WEIGHTS = ROOT / "genaiops" / "metrics" / FILE
HELPFUL = ("words", "neighbors", "content", "clause", COSINE)
"""Features that can only speak for a claim; all others only against it."""
L2 = 5.0
PAIR_WEIGHTS = {"contrast": 1.0, "spoiled": 0.1}
"""Of what a pair says of the difference of its two sentences."""
SINGLE_WEIGHTS = {"contrast": 0.3, "spoiled": 0.03}
"""Of what the two say one by one; BEGIN's responses weigh 1."""
SPOILED, SEED, FOLDS, REPEATS = 1500, 1, 5, 3
DATA = {
    "BEGIN dev, WoW and CMU": "CC-BY-4.0",
    "datasets/contrast.jsonl, dev": "Apache-2.0",
    "MTRAG-UN, answers of people, spoiled": "Apache-2.0",
    "PubMedQA PQA-L without its test part, conclusions, spoiled": "MIT",
}


@dataclass(frozen=True, slots=True)
class Rows:
    """Answers as rows, each with those of its claims; of pairs the true one stands first."""

    answers: Sequence[Answer]
    claims: Sequence[Floats]
    kinds: Sequence[str]
    """Of an answer: `begin`, `contrast` or `spoiled`."""
    without_claims: Sequence[float | None]
    """What groundedness makes of an answer that has no claims; None of others."""

    @property
    def means(self) -> Floats:
        return np.array([each.mean(0) for each in self.claims])

    @property
    def labels(self) -> Floats:
        return np.array([float(each.is_supported) for each in self.answers])

    def items(self, chosen: Sequence[int]) -> Items:
        """What is fitted of the chosen rows; a pair is chosen as a whole."""
        means, kinds = self.means, self.kinds
        chosen = [n for n in chosen if self.without_claims[n] is None]
        first = [n for n in chosen if kinds[n] != "begin" and self.answers[n].is_supported]
        return Items(
            single=means[chosen],
            labels=self.labels[chosen],
            weights=np.array([SINGLE_WEIGHTS.get(kinds[n], 1.0) for n in chosen]),
            pairs=means[first] - means[[n + 1 for n in first]],
            pair_weights=np.array([PAIR_WEIGHTS[kinds[n]] for n in first]),
        )

    def values(self, fitted: Fitted) -> Floats:
        """What groundedness makes of each answer."""
        pairs = zip(self.claims, self.without_claims, strict=True)
        return np.array(
            [
                np.mean(1 / (1 + np.exp(-fitted.odds(rows)))) if without is None else without
                for rows, without in pairs
            ]
        )


async def rows_of(answers: Iterable[tuple[str, Answer]], embedder: Embedder) -> Rows:
    """The features of all claims; an answer without claims has a row of zeros."""
    kept, claims, kinds = list[Answer](), list[Floats](), list[str]()
    without = list[float | None]()
    for kind, answer in answers:
        passages = [
            Passage(document="", start=0, end=len(text), text=text) for text in answer.passages
        ]
        grounds = grounds_of(passages, [answer.question])
        rows = [
            (*look_up(claim, grounds).features, await nearest_cosine(claim, grounds, embedder))
            for claim in split_claims(answer.text)
        ]
        kept.append(answer)
        kinds.append(kind)
        without.append(None if rows else REFUSED * is_refusal(answer.text))
        claims.append(np.array(rows or [[0.0] * (len(Features._fields) + 1)], float))
    return Rows(kept, claims, kinds, without)


def left_out(rows: Rows, names: Sequence[str], repeat: int = 0) -> Floats:
    """What groundedness makes of each answer by weights that have not seen its text."""
    fold, values = _folds(rows, repeat), np.zeros(len(rows.answers))
    for left in range(FOLDS):
        fitted = fit_rows(rows, np.flatnonzero(fold != left).tolist(), names)
        values[fold == left] = rows.values(fitted)[fold == left]
    return values


def cross_validated(rows: Rows, names: Sequence[str]) -> dict[str, float]:
    """Figures on what was left out, means of several cuts; the spread is that of the folds."""
    found, spread = dict[str, list[float]](), dict[str, list[float]]()
    sources, kinds = np.array([answer.source for answer in rows.answers]), np.array(rows.kinds)
    for repeat in range(REPEATS):
        fold, values = _folds(rows, repeat), left_out(rows, names, repeat)
        for part in BEGIN_PARTS:
            name, chosen = f"AUROC begin {part}", sources == f"begin {part}"
            found.setdefault(name, []).append(auroc(values[chosen], rows.labels[chosen]))
            for left in range(FOLDS):
                inside = chosen & (fold == left)
                value = auroc(values[inside], rows.labels[inside])
                spread.setdefault(f"{name}, sd of folds", []).append(value)
        for kind in PAIR_WEIGHTS:
            true, false = values[kinds == kind][::2], values[kinds == kind][1::2]
            right = np.mean(true > false) + np.mean(true == false) / 2
            found.setdefault(f"pairs {kind}", []).append(float(right))
    means = {name: round(float(np.mean(each)), 4) for name, each in found.items()}
    return means | {name: round(float(np.std(each)), 4) for name, each in spread.items()}


def _folds(rows: Rows, repeat: int) -> NDArray[np.int64]:
    return folds([answer.group for answer in rows.answers], FOLDS, SEED + repeat)


def fit_rows(rows: Rows, chosen: Sequence[int], names: Sequence[str]) -> Fitted:
    """The weights for the features of these names, which are the first of a row."""
    items = rows.items(chosen)
    width = len(names)
    narrow = Items(
        items.single[:, :width], items.labels, items.weights, items.pairs[:, :width],
        items.pair_weights,
    )  # fmt: skip
    fitted = fit(narrow, [1 if name in HELPFUL else -1 for name in names], L2)
    rest = np.zeros(items.single.shape[1] - width)
    return Fitted(fitted.intercept, np.concatenate([fitted.weights, rest]))


def answers_of(data: Path) -> list[tuple[str, Answer]]:
    """All that is trained on, each with its kind."""
    found = [("begin", answer) for part in BEGIN_PARTS for answer in begin(data, part)]
    false = list(spoiled(list(sentences(data)), SEED))
    chosen = np.random.default_rng(SEED).permutation(len(false))[:SPOILED]
    pairs: list[tuple[str, Pair]] = [("contrast", pair) for pair in contrast("dev")]
    pairs += [("spoiled", false[n]) for n in chosen]
    for kind, pair in pairs:
        if not all(split_claims(each.text) for each in (pair.supported, pair.contradicted)):
            continue
        found += [(kind, pair.supported), (kind, pair.contradicted)]
    return found


def tier(rows: Rows, names: Sequence[str]) -> dict[str, Any]:
    """A tier as it is written down."""
    fitted = fit_rows(rows, range(len(rows.answers)), names)
    weights = {
        name: round(float(weight), 3) for name, weight in zip(names, fitted.weights, strict=False)
    }
    return {"intercept": round(fitted.intercept, 3), "weights": weights}


def main(data: Path, day: str | None) -> None:
    """Train, print the figures, and write the weights if asked to."""
    rows = asyncio.run(rows_of(answers_of(data), minilm()))
    tiers = {"words": Features._fields, "embeddings": (*Features._fields, COSINE)}
    figures = {name: cross_validated(rows, names) for name, names in tiers.items()}
    fitted = {name: tier(rows, names) for name, names in tiers.items()}
    text = json.dumps(
        {
            "provenance": {
                "script": "benchmarks/train_groundedness.py",
                "date": day,
                "data": DATA,
                "items": {kind: rows.kinds.count(kind) for kind in dict.fromkeys(rows.kinds)},
                "embedder": NAME,
                "cross_validated": figures,
                "digest": digest(fitted),
            },
            **fitted,
        },
        indent=2,
    )
    print(text)
    if day:
        WEIGHTS.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT / "../shared/data")
    parser.add_argument("--write", metavar="DATE", help="the day of today")
    asked = parser.parse_args()
    main(asked.data, asked.write)
