"""Orders to a model in what it is given: inputs and retrieved passages."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import cast

from pydantic import JsonValue

from genaiops.metrics.declare import metric
from genaiops.metrics.injection_features import NAMES, features_of, sentences_of
from genaiops.metrics.values import texts_in
from genaiops.records import Passage, Score

ALARM = 0.5
"""From here on a text is taken for an attack; chosen on queries and e-mails of training parts."""
WEIGHTS = "injection.json"
_LONGEST = 160


@dataclass(frozen=True, slots=True)
class Suspect:
    """The sentence of a text that looks most like an order to a model, and how likely it is one."""

    sentence: str
    chance: float


@metric(direction="lower")
def injection(inputs: JsonValue = None, passages: Sequence[Passage] = ()) -> Score:
    """How likely the inputs or the passages hold an order to the model; above 0.5 is an alarm.

    Each sentence is judged by a logistic regression over some twenty readable features: whether it
    overrides instructions, speaks of the answer, begins with an order, names another role, holds
    code, and so on, against whether it speaks of oneself or of an everyday matter. The score is
    that of the most suspect sentence. It judges what the flow is given, not what it makes of it:
    `injection_success` does that.

    Args:
        inputs: All texts of the inputs of the flow.
        passages: What was retrieved.

    Source: OWASP Top 10 for LLM applications 2025, LLM01; weights by benchmarks/train_injection.py.
    """
    worst, place = Suspect("", 0.0), ""
    for where, text in _texts(inputs, passages):
        found = suspect_of(text)
        if found.chance > worst.chance:
            worst, place = found, where
    told = "looks like an order to the model" if worst.chance >= ALARM else "no alarm"
    return Score(
        value=worst.chance,
        explanation=f"{told} ({place})" if place else told,
        evidence=(_shortened(worst.sentence),) if worst.chance >= ALARM else (),
    )


def suspect_of(text: str) -> Suspect:
    """The most suspect sentence of a text; nothing is suspect of a text without any."""
    weights, bias = _weights()
    best = Suspect("", 0.0)
    for sentence in sentences_of(text):
        total = bias + sum(w * x for w, x in zip(weights, features_of(sentence), strict=True))
        chance = 1 / (1 + math.exp(-total))
        if chance > best.chance:
            best = Suspect(sentence, chance)
    return best


def _texts(inputs: JsonValue, passages: Sequence[Passage]) -> Iterator[tuple[str, str]]:
    for text in texts_in(inputs):
        yield "in the inputs", text
    for passage in passages:
        yield f"in a passage of {passage.document}", passage.text


def _shortened(sentence: str) -> str:
    flat = " ".join(sentence.split())
    return flat if len(flat) <= _LONGEST else f"{flat[: _LONGEST - 1]}…"


@cache
def _weights() -> tuple[tuple[float, ...], float]:
    """The weights in the order of the features, and the bias."""
    text = files("genaiops.metrics").joinpath(WEIGHTS).read_text("utf-8")
    read = cast("Mapping[str, Mapping[str, float] | float]", json.loads(text))
    by_name = cast("Mapping[str, float]", read["weights"])
    return tuple(by_name[name] for name in NAMES), cast("float", read["bias"])
