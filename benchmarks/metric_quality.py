"""How good the metrics that judge are, on real data; docs/metrics.md has the results.

    python benchmarks/metric_quality.py [--data ../shared/data] [--embedder]

AUROC is the chance that a good answer scores above a bad one, ties counted half. `--embedder` adds
MiniLM to groundedness (its weights have to be there: genaiops weights pull all-minilm-l6-v2-int8).
"""

import argparse
import asyncio
import csv
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from genaiops.metrics.groundedness import groundedness
from genaiops.metrics.refusal import is_refusal
from genaiops.models.catalog import Catalog
from genaiops.protocols import Embedder
from genaiops.records import Passage
from genaiops.specs.catalog import CatalogSpec

ROOT = Path(__file__).resolve().parents[1]
FAITHFUL = 3.5


def auroc(scores: Sequence[float], good: Sequence[bool]) -> float:
    values, is_good = np.array(scores), np.array(good)
    above, below = values[is_good][:, None], values[~is_good]
    return float(np.mean(above > below) + 0.5 * np.mean(above == below))


def rank_correlation(left: Sequence[float], right: Sequence[float]) -> float:
    def ranks(values: Sequence[float]) -> np.ndarray:
        array = np.array(values)
        return (array[:, None] > array).sum(1) + 0.5 * (array[:, None] == array).sum(1)

    return float(np.corrcoef(ranks(left), ranks(right))[0, 1])


def passages(texts: Iterable[str]) -> list[Passage]:
    return [
        Passage(document=str(place), start=0, end=len(text), text=text)
        for place, text in enumerate(texts)
    ]


async def grounded(
    answer: str, texts: Iterable[str], question: str, embedder: Embedder | None
) -> float:
    score = await groundedness(answer, passages(texts), question, embedder)
    return score.value if score.value is not None else float("nan")


async def begin(data: Path, embedder: Embedder | None) -> None:
    for part in ("wow", "cmu"):
        with (data / f"begin/begin_dev_{part}.tsv").open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
        scores = [
            await grounded(row["response"], [row["knowledge"]], row["message"], embedder)
            for row in rows
        ]
        labels = [row["begin_label"] for row in rows]
        full = [label == "Fully attributable" for label in labels]
        print(f"groundedness, BEGIN {part}: AUROC of full attribution {auroc(scores, full):.3f}, "
              f"{len(rows)} responses, {sum(full)} fully attributable")  # fmt: skip


async def mt_rag(data: Path, embedder: Embedder | None) -> None:
    known = json.loads((data / "mt-rag/human_eval.json").read_text("utf-8"))
    texts = {each["document_id"]: each["text"] for each in known["documents"]}
    tasks = {each["task_id"]: each for each in known["tasks"]}
    scores, ratings, models = list[float](), list[float](), list[str]()
    for answer in known["evaluations"]:
        task = tasks[answer["task_id"]]
        raters = answer["annotations"]["faithfulness"].values()
        ratings.append(float(np.mean([float(rater["value"]) for rater in raters])))
        models.append(answer["model_id"])
        given = [texts[each["document_id"]] for each in task["contexts"]]
        question = " ".join(turn["text"] for turn in task["input"])
        scores.append(await grounded(answer["model_response"], given, question, embedder))
    faithful = [rating >= FAITHFUL for rating in ratings]
    print(f"groundedness, MTRAG: AUROC of faithful {auroc(scores, faithful):.3f}, rank correlation "
          f"{rank_correlation(scores, ratings):.3f}, {len(scores)} answers, "
          f"{sum(faithful)} faithful")  # fmt: skip
    for model in sorted(set(models)):
        chosen = np.array(models) == model
        print(f"  {model}: groundedness {np.array(scores)[chosen].mean():.3f}, "
              f"raters {np.array(ratings)[chosen].mean():.2f} of 4")  # fmt: skip


def damaged(answer: str) -> Iterator[tuple[str, str]]:
    """The answer with one number changed, and with its first auxiliary verb negated or affirmed."""
    number = re.search(r"\d+", answer)
    if number:
        changed = str(int(number[0]) * 3 + 7)
        yield "number", answer[: number.start()] + changed + answer[number.end() :]
    if re.search(r"\b(?:do|does|is|are|can|will) not\b", answer):
        yield "negation", re.sub(r"\b(do|does|is|are|can|will) not\b", r"\1", answer, count=1)
    elif re.search(r"\b(?:is|are|can|will)\b", answer):
        yield "negation", re.sub(r"\b(is|are|can|will)\b", r"\1 not", answer, count=1)


async def handbook(embedder: Embedder | None) -> None:
    """Expected answers against their gold passages, and the same with one thing made wrong."""
    lines = (ROOT / "datasets/handbook.jsonl").read_text("utf-8").splitlines()
    good, bad = list[float](), dict[str, list[float]]()
    wrong_zero = 0
    for case in map(json.loads, lines):
        expected = case["expected"]
        if not expected["answerable"]:
            continue
        documents = {each["document"] for each in expected["passages"]}
        texts = [(ROOT / "datasets/handbook" / name).read_text("utf-8") for name in documents]
        question = case["inputs"]["question"]
        value = await grounded(expected["answer"], texts, question, embedder)
        good.append(value)
        wrong_zero += value == 0
        for kind, answer in damaged(expected["answer"]):
            lowered = await grounded(answer, texts, question, embedder) < value
            bad.setdefault(kind, []).append(lowered)
    print(f"groundedness, own handbook: mean of {len(good)} expected answers {np.mean(good):.3f}, "
          f"{wrong_zero} of them 0")  # fmt: skip
    for kind, seen in bad.items():
        print(f"  a wrong {kind} lowers the score in {sum(seen)} of {len(seen)}")


def refusals(data: Path) -> None:
    lines = (data / "mt-rag/unanswerable_tasks.jsonl").read_text("utf-8").splitlines()
    seen, all_ = Counter[str](), Counter[str]()
    for task in map(json.loads, lines):
        kind = task["answerability"][0]
        all_[kind] += 1
        seen[kind] += is_refusal(task["targets"][0]["text"])
    shown = ", ".join(f"{kind.lower()} {seen[kind]}/{all_[kind]}" for kind in sorted(all_))
    print(f"refusal, MTRAG-UN: human answers seen as refusals: {shown}")


def embedder_of() -> Embedder:
    spec = CatalogSpec.model_validate(
        {"embedders": {"minilm": {"provider": "local", "weights": "all-minilm-l6-v2-int8"}}}
    )
    return Catalog(spec, root=ROOT, environment={}, locked={}).build_embedder("minilm")


async def main(data: Path, embedder: Embedder | None) -> None:
    await begin(data, embedder)
    await mt_rag(data, embedder)
    await handbook(embedder)
    refusals(data)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT / "../shared/data")
    parser.add_argument("--embedder", action="store_true")
    chosen = parser.parse_args()
    asyncio.run(main(chosen.data, embedder_of() if chosen.embedder else None))
