import hashlib
import json
from importlib.resources import files

import pytest

from genaiops.metrics.declare import declaration_of
from genaiops.metrics.groundedness import groundedness
from genaiops.metrics.support import Features
from genaiops.metrics.support_classifier import COSINE, FILE, Tier, load_weights

NONE = Features(*[0.0] * len(Features._fields))


def test_the_log_odds_are_the_intercept_and_the_weighted_features() -> None:
    tier = Tier(intercept=-1, weights={**dict.fromkeys(Features._fields, 0.0), "words": 3})
    assert tier.probability(NONE) == pytest.approx(0.2689414)
    assert tier.probability(NONE._replace(words=1.0)) == pytest.approx(0.8807971)


def test_a_cosine_counts_where_there_is_one() -> None:
    tier = Tier(intercept=0, weights={**dict.fromkeys(Features._fields, 0.0), COSINE: 2})
    assert tier.probability(NONE, 1.0) == pytest.approx(0.8807971)


def test_the_weights_name_all_features_and_speak_for_or_against_a_claim() -> None:
    weights = load_weights()
    for tier, more in ((weights.words, ()), (weights.embeddings, (COSINE,))):
        assert tuple(tier.weights) == (*Features._fields, *more)
        for name, weight in tier.weights.items():
            is_helpful = name in {"words", "neighbors", "content", "clause", COSINE}
            assert weight >= 0 if is_helpful else weight <= 0, name


def test_the_weights_say_what_they_were_made_from() -> None:
    told = load_weights().provenance
    assert told["script"] == "benchmarks/train_groundedness.py"
    assert set(told) >= {"date", "data", "digest", "cross_validated", "embedder", "items"}


def test_other_weights_are_another_version_of_the_metric() -> None:
    text = files("genaiops.metrics").joinpath(FILE).read_text("utf-8")
    decisive = {name: json.loads(text)[name] for name in ("words", "embeddings")}
    digest = hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()[:12]
    assert {"2": "b28b6b3de213"}[declaration_of(groundedness).version] == digest
