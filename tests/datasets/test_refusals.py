"""The answers of datasets/refusals.jsonl are labelled, of many styles, and in two equal halves."""

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

from genaiops.specs.dataset import DatasetCard
from genaiops.specs.load import load_spec

DATA = Path(__file__).resolve().parents[2] / "datasets" / "refusals.jsonl"
CASES: list[dict[str, Any]] = [json.loads(line) for line in DATA.read_text("utf-8").splitlines()]


def test_half_of_the_answers_refuse_in_either_split() -> None:
    for split in ("dev", "test"):
        labels = [case["expected"]["refused"] for case in CASES if case["tags"]["split"] == split]
        assert sum(labels) / len(labels) == 0.5


def test_each_style_is_in_both_halves() -> None:
    styles = Counter((case["tags"]["style"], case["tags"]["split"]) for case in CASES)
    assert {style for style, split in styles if split == "dev"} == {
        style for style, split in styles if split == "test"
    }


def test_no_answer_stands_twice() -> None:
    assert len({case["inputs"]["answer"] for case in CASES}) == len(CASES)
    assert len({case["id"] for case in CASES}) == len(CASES)


def test_the_card_tells_of_this_file() -> None:
    card = load_spec(DATA.with_suffix(".card.yaml"), DatasetCard, "refusals.card.yaml").spec
    assert card.sha256 == hashlib.sha256(DATA.read_bytes()).hexdigest()
    assert card.splits == Counter(case["tags"]["split"] for case in CASES)
    assert str(len(CASES)) in card.description
