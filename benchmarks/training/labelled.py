"""The labelled answers that groundedness is trained on, with the passages they should rest on."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from genaiops.metrics.claims import split_claims

ROOT = Path(__file__).resolve().parents[2]
BEGIN_PARTS = ("wow", "cmu")
_SHORTEST = 25
"""Characters of a sentence that is worth being made false."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, what was asked and given, and whether it is supported.

    `source` names the data, `group` what it must not be parted from in cross-validation.
    """

    text: str
    passages: tuple[str, ...]
    question: str
    is_supported: bool
    source: str
    group: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence that is supported, and the same made false; `kind` says how."""

    supported: Answer
    contradicted: Answer
    kind: str


def begin(data: Path, part: str) -> Iterator[Answer]:
    """BEGIN's dev responses: `wow` or `cmu`; fully attributable ones against the rest."""
    with (data / f"begin/begin_dev_{part}.tsv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield Answer(
                text=row["response"],
                passages=(row["knowledge"],),
                question=row["message"],
                is_supported=row["begin_label"] == "Fully attributable",
                source=f"begin {part}",
                group=row["knowledge"],
            )


def contrast(split: str) -> Iterator[Pair]:
    """The pairs of datasets/contrast.jsonl of a split."""
    for line in (ROOT / "datasets/contrast.jsonl").read_text("utf-8").splitlines():
        case = json.loads(line)
        if case["tags"]["split"] == split:
            passages = tuple(each["text"] for each in case["expected"]["passages"])
            true, false = (
                Answer(
                    case["inputs"][name], passages, "", name == "supported", "contrast",
                    case["cluster"],
                )
                for name in ("supported", "contradicted")
            )  # fmt: skip
            yield Pair(true, false, case["tags"]["kind"])


def sentences(data: Path) -> Iterator[Answer]:
    """Sentences of people on passages: MTRAG-UN's answers, PubMedQA's conclusions."""
    for line in (data / "mt-rag/unanswerable_tasks.jsonl").read_text("utf-8").splitlines():
        task = json.loads(line)
        if task["answerability"] == ["ANSWERABLE"]:
            question = " ".join(turn["text"] for turn in task["input"])
            passages = tuple(each["text"] for each in task["contexts"])
            group = task["conversation_id"]
            yield from _claims(task["targets"][0]["text"], passages, question, "mtrag-un", group)
    test = json.loads((data / "pubmedqa/test_ground_truth.json").read_text("utf-8"))
    papers = json.loads((data / "pubmedqa/ori_pqal.json").read_text("utf-8"))
    for name, paper in papers.items():
        if name not in test:
            passages = tuple(paper["CONTEXTS"])
            yield from _claims(paper["LONG_ANSWER"], passages, paper["QUESTION"], "pubmedqa", name)


def _claims(
    answer: str, passages: tuple[str, ...], question: str, source: str, group: str
) -> Iterator[Answer]:
    for claim in split_claims(answer):
        if len(claim.text) >= _SHORTEST:
            yield Answer(
                text=claim.text,
                passages=passages,
                question=question,
                is_supported=True,
                source=source,
                group=f"{source} {group}",
            )
