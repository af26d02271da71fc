"""P(supported) of a claim from its features: a logistic regression whose weights can be read."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from math import exp, fsum
from typing import Annotated

from pydantic import Field, JsonValue

from genaiops.metrics.support import Features
from genaiops.specs.base import Spec

FILE = "support_weights.json"
"""Stands beside this module; `python benchmarks/train_groundedness.py` writes it."""
COSINE = "cosine"
"""The name of the weight of the best cosine, which only the tier with embeddings has."""


class Tier(Spec):
    """A logistic regression: log-odds are the intercept and the sum of weight × feature."""

    intercept: float
    weights: Mapping[str, float]

    def probability(self, features: Features, cosine: float | None = None) -> float:
        """P(supported) of a claim; the cosine is that of its nearest window."""
        values = features._asdict() | ({} if cosine is None else {COSINE: cosine})
        odds = fsum(self.weights[name] * value for name, value in values.items())
        return 1 / (1 + exp(-(self.intercept + odds)))


class Weights(Spec):
    """The weights of both tiers, with what they were made from."""

    provenance: Mapping[str, JsonValue]
    words: Tier
    embeddings: Annotated[Tier, Field(description="the same with the best cosine")]


@cache
def load_weights() -> Weights:
    """The weights that come with genaiops."""
    text = files("genaiops.metrics").joinpath(FILE).read_text("utf-8")
    return Weights.model_validate(json.loads(text))
