"""The pairs of datasets/contrast.jsonl differ by one thing, on passages that are there."""

import hashlib
import json
import re
from collections import Counter
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from genaiops.specs.dataset import DatasetCard
from genaiops.specs.load import load_spec

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "datasets" / "contrast.jsonl"
LINES = DATA.read_text("utf-8").splitlines()
PAIRS: list[dict[str, Any]] = [json.loads(line) for line in LINES]
WORDS = re.compile(r"[^\s,;.]+")


def kinds() -> Counter[str]:
    return Counter(pair["tags"]["kind"] for pair in PAIRS)


def test_seven_kinds_of_falsehood_have_thirty_pairs_each() -> None:
    assert len(kinds()) == 7
    assert min(kinds().values()) >= 30


def test_each_passage_is_what_its_document_says_there() -> None:
    for pair in PAIRS:
        (passage,) = pair["expected"]["passages"]
        text = (ROOT / "datasets" / "handbook" / passage["document"]).read_text("utf-8")
        assert text[passage["start"] : passage["end"]] == passage["text"], pair["id"]


def test_no_sentence_stands_twice() -> None:
    said = Counter(text for pair in PAIRS for text in pair["inputs"].values())
    assert said.most_common(1)[0][1] == 1
    assert len({pair["id"] for pair in PAIRS}) == len(PAIRS)


def test_the_sentences_of_a_pair_share_what_is_not_changed() -> None:
    for pair in PAIRS:
        here, there = (
            WORDS.findall(pair["inputs"][name]) for name in ("supported", "contradicted")
        )
        same = SequenceMatcher(None, here, there, autojunk=False).ratio()
        assert 0.4 <= same < 1, pair["id"]


def test_the_halves_share_no_article() -> None:
    dev, test = (
        {pair["cluster"] for pair in PAIRS if pair["tags"]["split"] == name}
        for name in ("dev", "test")
    )
    assert not dev & test


def test_the_card_tells_of_this_file() -> None:
    card = load_spec(DATA.with_suffix(".card.yaml"), DatasetCard, "contrast.card.yaml").spec
    assert card.sha256 == hashlib.sha256(DATA.read_bytes()).hexdigest()
    assert card.splits == Counter(pair["tags"]["split"] for pair in PAIRS)
    assert str(len(PAIRS)) in card.description
