"""Public ratings as files of labels: what `genaiops judge calibrate` reads, no model asked.

    python benchmarks/judge_labels.py OUT [--data ../shared/data]

Writes pandalm-7b.jsonl and gpt-3.5.jsonl (verdicts of two judges beside three people each), and of
mt-rag a file for each published metric and one in which a rater is the judge of the others. Then:

    genaiops judge calibrate gpt-3.5 --labels OUT/gpt-3.5.jsonl
    genaiops judge calibrate rater --labels OUT/mt-rag-rater.jsonl --by model
    genaiops judge calibrate rb_llm --labels OUT/mt-rag-rb_llm.jsonl --good 4
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from genaiops.gates.agreeing import Rated, Rating

PANDALM = {
    "pandalm-7b": ("pandalm-7b-testset-v1.json", "pandalm_result"),
    "gpt-3.5": ("gpt-3.5-turbo-testset-v1.json", "gpt_result"),
}
MTRAG_METRICS = ("RougeL", "Bert-KPrec", "rb_llm", "rb_agg")
_VERDICTS = {"1": "first", "2": "second", "0": "tie"}
_MODELS = ("gpt-4o", "llama-3.1-405b-instruct")


@dataclass(frozen=True, slots=True)
class Labelled:
    """An answer, what its raters gave it, and what the judge did."""

    id: str
    people: tuple[Rating, ...]
    judge: Rating
    tags: dict[str, str]

    @property
    def rated(self) -> Rated:
        return Rated(self.people, self.judge)


def pandalm(data: Path, judge: str) -> list[Labelled]:
    """Which of two responses is better; a verdict that cannot be read is a tie, as published."""
    file, key = PANDALM[judge]
    people = json.loads((data / "pandalm" / "testset-v1.json").read_text("utf-8"))
    verdicts = json.loads((data / "pandalm" / file).read_text("utf-8"))
    return [
        Labelled(
            str(item["idx"]),
            tuple(_VERDICTS[str(item[f"annotator{rater}"])] for rater in (1, 2, 3)),
            _VERDICTS.get(str(verdict[key]), "tie"),
            {"application": item["motivation_app"]},
        )
        for item, verdict in zip(people, verdicts, strict=True)
    ]


def mtrag(data: Path, aspect: str, metric: str | None) -> list[Labelled]:
    """Ratings of 1 to 4 of the answers of two models; without a metric the last rater is judge."""
    read = json.loads((data / "mt-rag" / "human_eval.json").read_text("utf-8"))
    found: list[Labelled] = []
    for answer in read["evaluations"]:
        if answer["model_id"] not in _MODELS:
            continue
        given = answer["annotations"][aspect]
        people = [float(given[rater]["value"]) for rater in sorted(given)]
        judge = people.pop() if metric is None else _published(answer, metric)
        name = f"{answer['task_id']} {answer['model_id']}"
        found.append(Labelled(name, tuple(people), judge, {"model": answer["model_id"]}))
    return found


def _published(answer: dict[str, Any], metric: str) -> float:
    (score,) = answer["annotations"][metric].values()
    return float(score["value"])


def _write(path: Path, labels: Sequence[Labelled]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for label in labels:
            for rater, said in enumerate(label.people, start=1):
                line = {"id": label.id, "rater": str(rater), "label": said, "judge": label.judge}
                file.write(json.dumps({**line, **label.tags}, ensure_ascii=False) + "\n")
    print(f"wrote {path}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    root = Path(__file__).resolve().parents[1]
    parser.add_argument("out", type=Path)
    parser.add_argument("--data", type=Path, default=root / "../shared/data")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    for judge in PANDALM:
        _write(asked.out / f"{judge}.jsonl", pandalm(asked.data, judge))
    _write(asked.out / "mt-rag-rater.jsonl", mtrag(asked.data, "faithfulness", None))
    for metric in MTRAG_METRICS:
        labels = mtrag(asked.data, "faithfulness", metric)
        _write(asked.out / f"mt-rag-{metric}.jsonl", labels)


if __name__ == "__main__":
    main()
