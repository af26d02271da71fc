"""Judges and raters of others beside people: PandaLM's two judges, and the raters of mt-rag."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean

import numpy as np
from judge_labels import MTRAG_METRICS, PANDALM, Labelled, mtrag, pandalm

from agreement.intervals import bootstrap, spearman
from agreement.row import Row
from genaiops.gates.agreeing import Agreement
from genaiops.stats import Measured

PUBLISHED = {
    "pandalm-7b": ("66.77", "57.38", "57.50", "57.43"),
    "gpt-3.5": ("71.07", "58.79", "57.36", "57.55"),
}
"""Accuracy and macro precision, recall and F1 in percent, as PandaLM's notes have them."""
NAMES = ("accuracy", "macro precision", "macro recall", "macro F1")
ASPECT = "faithfulness"


def rows(data: Path) -> Iterator[Row]:
    """The published figures, and how far judges, metrics and single raters agree with people."""
    for judge in PANDALM:
        yield from _pandalm(data, judge)
    yield from _mtrag(data)


def figures(agreement: Agreement) -> tuple[float, ...]:
    """Accuracy and macro precision, recall and F1 in percent, of a table of people and judge."""
    table = agreement.table
    right = np.diag(table)
    precision, recall = right / table.sum(0), right / table.sum(1)
    f1 = 2 * precision * recall / (precision + recall)
    found = (right.sum() / table.sum(), precision.mean(), recall.mean(), f1.mean())
    return tuple(round(100 * float(each), 2) for each in found)


def _pandalm(data: Path, judge: str) -> Iterator[Row]:
    agreement, name = _agreement(pandalm(data, judge)), f"judge ({judge})"
    source, n = "PandaLM test set, majority of three people", len(agreement.answers)
    reproduced = 0
    for measure, value, published in zip(NAMES, figures(agreement), PUBLISHED[judge], strict=True):
        reproduced += f"{value:.2f}" == published
        note = f"published {published}"
        yield Row(name, source, f"{measure} (%)", n, value, None, None, note=note)
    yield Row(
        name, source, "published figures reproduced", len(NAMES), reproduced, None, None,
        wanted=f"≥ {len(NAMES)}",
    )  # fmt: skip
    for measure, found in (("kappa", agreement.kappa), ("AC1", agreement.ac1)):
        yield Row(name, source, measure, n, *_interval(found))
    same = "PandaLM test set, one of three people"
    yield Row(name, same, "says the same as a rater", n, *_interval(agreement.judge_agreeing))
    yield Row("people", same, "two raters say the same", n, *_interval(agreement.raters_agreeing))


def _mtrag(data: Path) -> Iterator[Row]:
    labels = mtrag(data, ASPECT, "RougeL")
    source = f"mt-rag, {ASPECT} of two models' answers"
    alpha = _agreement(labels).raters_alpha
    yield Row("people", source, "alpha (squared distances)", len(labels), *_interval(alpha))
    ratings = [tuple(map(float, label.people)) for label in labels]
    one = [each for given in ratings for each in given]
    others = [(sum(given) - each) / (len(given) - 1) for given in ratings for each in given]
    answer = [label.id for label in labels for _ in label.people]
    found = bootstrap(spearman, one, others, groups=answer)
    yield Row("people", source, "Spearman of a rater with the mean of others", len(labels), *found)
    for metric in MTRAG_METRICS:
        scored = mtrag(data, ASPECT, metric)
        people = [fmean(map(float, label.people)) for label in scored]
        judge = [float(label.judge) for label in scored]
        yield Row(
            f"judge ({metric})", source, "Spearman with the mean of raters", len(scored),
            *bootstrap(spearman, people, judge),
        )  # fmt: skip


def _agreement(labels: Sequence[Labelled]) -> Agreement:
    return Agreement(tuple(label.rated for label in labels))


def _interval(found: Measured) -> tuple[float, float | None, float | None]:
    return float("nan") if found.value is None else found.value, found.low, found.high
