"""Refusals, answer_relevance and completeness.

What counts as a refusal: in our own set its label; of the recorded answers of the shipped models,
all of which were read, those that are `… does not say.` and nothing else, and those of REFUSALS; in
MTRAG-UN the task, for its writers refused the unanswerable ones and answered the answerable ones.
"""

import asyncio
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from agreement.embedder import minilm
from agreement.intervals import auroc, balanced_accuracy, bootstrap, spearman
from agreement.row import NotThere, Row
from agreement.text import DATA, WRITER, mean_rating
from genaiops.metrics.completeness import completeness
from genaiops.metrics.refusal import is_refusal
from genaiops.metrics.relevance import answer_relevance
from genaiops.protocols import Embedder

ROOT = Path(__file__).resolve().parents[2]
DOES_NOT_SAY = re.compile(r"[#\s]*The [\w ]+ does not say\.?\s*")
REFUSALS = {("smollm2-135m", "moving-014")}
"""Recorded answers that refuse in other words."""
WANTED = "≥ 0.95"

Pair = tuple[str, str]
"""A question and an answer."""
Labelled = tuple[str, bool, str]
"""An answer, whether it refuses, and what it is drawn together with."""


def rows(data: Path) -> Iterator[Row]:
    """All figures of this part."""
    if not (data / "mt-rag").is_dir():
        raise NotThere(f"{data} holds no public data; name the folder by --data")
    yield _refusals("our own set, test half", _of_our_own(), "written with the other half in view")
    yield _refusals(
        "recorded answers of the shipped models", _recorded(), "most are the phrase of the prompt"
    )
    yield _refusals(
        "MTRAG-UN, people's answers, unanswerable or answerable", _of_people(data / "mt-rag"),
        "not held out when the patterns were written",
    )  # fmt: skip
    embedder = minilm()
    for name, pairs in (
        ("PubMedQA, test questions", _papers(data / "pubmedqa")),
        ("own handbook, test split", _handbook()),
        ("MTRAG-UN, every second answerable task, last turn", _last_turns(data / "mt-rag")),
    ):
        yield _relevance(name, list(pairs), embedder)
    yield _completeness(data / "mt-rag")


def _refusals(data: str, answers: Iterator[Labelled], note: str) -> Row:
    texts, labels, groups = zip(*answers, strict=True)
    found = [is_refusal(text) for text in texts]
    figure = bootstrap(balanced_accuracy, found, labels, groups=groups)
    return Row("refused", data, "balanced accuracy", len(texts), *figure, WANTED, note)


def _of_our_own() -> Iterator[Labelled]:
    for case in _lines(ROOT / "datasets/refusals.jsonl"):
        if case["tags"]["split"] == "test":
            yield case["inputs"]["answer"], case["expected"]["refused"], case["id"]


def _recorded() -> Iterator[Labelled]:
    for file in sorted((ROOT / "evals/recordings").glob("*.jsonl")):
        for call in _lines(file):
            key = (call["model"], call["case_id"])
            refuses = key in REFUSALS or DOES_NOT_SAY.fullmatch(call["text"]) is not None
            yield call["text"], refuses, call["case_id"]


def _of_people(folder: Path) -> Iterator[Labelled]:
    """The writers' answers; to tasks that are answerable in part, or underspecified, left out."""
    for task in _lines(folder / "unanswerable_tasks.jsonl"):
        if task["answerability"] in (["UNANSWERABLE"], ["ANSWERABLE"]):
            refuses = task["answerability"] == ["UNANSWERABLE"]
            yield task["targets"][0]["text"], refuses, task["conversation_id"]


def _relevance(data: str, pairs: Sequence[Pair], embedder: Embedder) -> Row:
    """Each question with its own answer, and with that of the next question."""
    asked = [question for question, _ in pairs] * 2
    own = [answer for _, answer in pairs]
    values = asyncio.run(_relevant(asked, [*own, *own[1:], own[0]], embedder))
    is_own = [True] * len(pairs) + [False] * len(pairs)
    figure = bootstrap(auroc, values, is_own, groups=[*range(len(pairs))] * 2)
    measure = "AUROC, its own answer against that of the next question"
    note = "MiniLM int8; nothing was chosen on these"
    return Row("answer_relevance", data, measure, len(values), *figure, note=note)


async def _relevant(
    asked: Sequence[str], answers: Sequence[str], embedder: Embedder
) -> list[float]:
    scores = [
        await answer_relevance(answer, question, embedder)
        for question, answer in zip(asked, answers, strict=True)
    ]
    return [score.value or 0.0 for score in scores]


def _papers(folder: Path) -> Iterator[Pair]:
    test = json.loads((folder / "test_ground_truth.json").read_text("utf-8"))
    papers = json.loads((folder / "ori_pqal.json").read_text("utf-8"))
    for name in test:
        yield papers[name]["QUESTION"], papers[name]["LONG_ANSWER"]


def _handbook() -> Iterator[Pair]:
    for case in _lines(ROOT / "datasets/handbook.jsonl"):
        if case["expected"]["answerable"] and case["tags"]["split"] == "test":
            yield case["inputs"]["question"], case["expected"]["answer"]


def _last_turns(folder: Path) -> Iterator[Pair]:
    tasks = list(_lines(folder / "unanswerable_tasks.jsonl"))
    for task in [each for each in tasks if each["answerability"] == ["ANSWERABLE"]][1::2]:
        yield task["input"][-1]["text"], task["targets"][0]["text"]


def _completeness(folder: Path) -> Row:
    """Against the human writer, as the other metrics that compare texts."""
    known = json.loads((folder / "human_eval.json").read_text("utf-8"))
    tasks = {each["task_id"]: each for each in known["tasks"]}
    scores, ratings, groups = list[float](), list[float](), list[str]()
    for answer in known["evaluations"]:
        task = tasks[answer["task_id"]]
        written, question = task["targets"][0]["text"], task["input"][-1]["text"]
        score = completeness(answer["model_response"], (written,), question)
        if answer["model_id"] != WRITER and score.value is not None:
            scores.append(score.value)
            ratings.append(mean_rating(answer, "completeness"))
            groups.append(answer["task_id"])
    figure = bootstrap(spearman, scores, ratings, groups=groups)
    measure = "Spearman with the raters' mean completeness"
    note = "against the human writer, where he claims something"
    return Row("completeness", DATA, measure, len(scores), *figure, note=note)


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    return map(json.loads, file.read_text("utf-8").splitlines())
