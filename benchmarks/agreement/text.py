"""Metrics that compare texts against raters of MTRAG, and answer_language on English queries."""

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from agreement.intervals import bootstrap, share, spearman
from agreement.row import Row
from genaiops.metrics.answer_language import answer_language
from genaiops.metrics.bleu import bleu
from genaiops.metrics.chrf import chrf
from genaiops.metrics.rouge import rouge_1, rouge_2, rouge_l
from genaiops.metrics.text import answer_f1

COMPARED: dict[str, Callable[[str, tuple[str, ...]], float]] = {
    "answer_f1": answer_f1,
    "rouge_1": rouge_1,
    "rouge_2": rouge_2,
    "rouge_l": rouge_l,
    "bleu": bleu,
    "chrf": chrf,
}
WRITER = "reference"
"""The human writer of MTRAG's answers, with which the two models are compared."""
DATA = "MTRAG human evaluation, answers of two models"


def rows(data: Path) -> Iterator[Row]:
    """Rank correlations, and false alarms; nothing was trained or tuned on these data."""
    known = json.loads((data / "mt-rag/human_eval.json").read_text("utf-8"))
    answers = [each for each in known["evaluations"] if each["model_id"] != WRITER]
    written = {each["task_id"]: each["targets"][0]["text"] for each in known["tasks"]}
    tasks = [each["task_id"] for each in answers]
    ratings = [mean_rating(each, "completeness") for each in answers]
    for name, compare in COMPARED.items():
        scores = [compare(each["model_response"], (written[each["task_id"]],)) for each in answers]
        figure = bootstrap(spearman, scores, ratings, groups=tasks)
        measure = "Spearman with the raters' mean completeness"
        yield Row(name, DATA, measure, len(answers), *figure, note="against the human writer")
    yield _english(data / "banking77")


def mean_rating(answer: dict[str, dict[str, dict[str, dict[str, str]]]], scale: str) -> float:
    """What the raters of an answer of MTRAG say on a scale, from 1 to 4, on average."""
    return float(np.mean([float(each["value"]) for each in answer["annotations"][scale].values()]))


def _english(folder: Path) -> Row:
    """How many English queries count as another language."""
    queries = list[str]()
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            queries += [row["text"] for row in csv.DictReader(lines)]
    wrong = sum(answer_language(each, language="en").value == 0 for each in queries)
    figure = share(wrong, len(queries))
    measure = "English taken for another language"
    note = "its common words were extended once after a look at this figure"
    data = "banking77, customer queries"
    return Row("answer_language", data, measure, len(queries), *figure, note=note)
