"""How far a claim is supported: one number from all that was found of it, without a model."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from genaiops.metrics.claims import Claim
from genaiops.metrics.grounds import Grounds, Window
from genaiops.metrics.support import Finding
from genaiops.metrics.support_classifier import load_weights
from genaiops.protocols import Embedder

SUPPORTED = 0.5
"""A claim with less support is named in the evidence."""
_NEAREST = 3
"""Windows of a claim that are embedded: those with the best support by words."""

By = Literal["classifier", "words"]


@dataclass(frozen=True, slots=True)
class ClaimSupport:
    """What was found of a claim, and how far it is supported, in [0, 1]."""

    finding: Finding
    value: float

    @property
    def is_enough(self) -> bool:
        """Whether the claim counts as supported."""
        return self.value >= SUPPORTED


def is_said(finding: Finding, grounds: Grounds) -> bool:
    """Whether the claim stands there word for word, and nothing speaks against it."""
    return not finding.problems and grounds.says(finding.claim.tokens)


def support_value(finding: Finding, by: By = "classifier", cosine: float | None = None) -> float:
    """The support in [0, 1] of a claim that is not said word for word.

    Args:
        finding: What was found of it.
        by: What makes one number of all that was found.
        cosine: The best one of the claim and the windows, where there is an embedder.
    """
    return _by_words(finding, cosine) if by == "words" else _by_classifier(finding, cosine)


def _by_classifier(finding: Finding, cosine: float | None) -> float:
    weights = load_weights()
    tier = weights.words if cosine is None else weights.embeddings
    return tier.probability(finding.features, cosine)


def _by_words(finding: Finding, cosine: float | None) -> float:
    found = finding.features
    if found.foreign_number or found.foreign_name or found.contrary:
        return 0.0
    share = (found.words + found.content) / 2
    return share if cosine is None else max(share, (share + cosine) / 2)


async def nearest_cosine(claim: Claim, grounds: Grounds, embedder: Embedder) -> float:
    """The best cosine of a claim and the windows that are nearest by words, not below 0."""
    nearest = _nearest(claim, grounds)
    if not nearest:
        return 0.0
    texts = [claim.text, *(window.text for window in nearest)]
    vectors = await embedder.embed(texts)
    return min(1.0, max(0.0, float((vectors[1:] @ vectors[0]).max())))


def _nearest(claim: Claim, grounds: Grounds) -> list[Window]:
    """The windows with most of the words, of equals the first."""
    weighed = grounds.weigh(claim.words)
    holding = grounds.holding(claim.words, grounds.windows)
    found = sorted(holding, key=lambda window: -weighed.share(window.words))[:_NEAREST]
    if len(found) < _NEAREST:
        found += [window for window in grounds.windows if window not in found]
    return found[:_NEAREST]


def mean_support(supports: Sequence[ClaimSupport]) -> float:
    """The mean over the claims, of which there is at least one."""
    return min(1.0, math.fsum(support.value for support in supports) / len(supports))
