"""How far the passages say what an answer says: lexical, with checks that words alone would miss.

What it is: a floor that needs no model, good for gates on averages and for finding suspects. What
it is not: a judge. A true paraphrase in other words scores low, and a false sentence that shuffles
the words of a passage scores high. Cosine alone would be blind to negation, so embeddings only
ever add to the support by words, and the checks come after both.
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import JsonValue

from genaiops.metrics.claims import (
    Claim,
    foreign_names,
    foreign_numbers,
    is_contrary,
    split_claims,
    split_sentences,
)
from genaiops.metrics.declare import metric
from genaiops.metrics.values import Text, texts_in
from genaiops.models.stems import content_words
from genaiops.protocols import Embedder
from genaiops.records import Passage, Score

SUPPORTED = 0.5
"""A claim with less support is named in the evidence."""
_NEAREST = 3
"""Windows of a claim that are embedded: those with the best support by words."""


@dataclass(frozen=True, slots=True)
class _Window:
    """A unit of a passage; `words` are its own, those of the unit before, and of headings above."""

    document: str
    text: str
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Support:
    """How far a claim is supported, by which window, and what speaks against it."""

    claim: Claim
    share: float
    window: _Window | None
    problem: str | None = None

    @property
    def value(self) -> float:
        return 0.0 if self.problem else self.share


@dataclass(frozen=True, slots=True)
class _Ground:
    """What claims may rest on: windows with the weights of words, and all text that was given."""

    windows: Sequence[_Window]
    weights: Mapping[str, float]
    rarest: float
    given: str

    def share(self, claim: Claim, window: _Window) -> float:
        """The weight of the claim's words that the window has, of that of all its words."""
        weights = {word: self.weights.get(word, self.rarest) for word in claim.words}
        held = math.fsum(weights[word] for word in claim.words & window.words)
        return held / math.fsum(weights.values())


@metric()
async def groundedness(
    answer: Text,
    passages: Sequence[Passage],
    inputs: JsonValue = None,
    embedder: Embedder | None = None,
) -> Score:
    """The mean support of the claims of an answer in [0, 1].

    A claim is a sentence that says something: refusals, questions and empty phrases are none,
    and an answer without claims is grounded. Its support is the share of its content words,
    weighted by rarity in the passages, that the best sentence of a passage has (with what stands
    right before and above it); with an embedder the mean of that and the best cosine, if larger.
    It is 0 where a number, a name or a negation of the claim is not that of the passage.

    Args:
        answer: What is judged, in English.
        passages: What it should rest on.
        inputs: The inputs of the flow; numbers and names that the question brought are no claims.
        embedder: Only where a use names one: on human labels it brought nothing (docs/metrics.md).
    """
    claims = split_claims(answer)
    if not claims:
        return Score(value=1.0, explanation="the answer claims nothing")
    ground = _ground(passages, inputs)
    supports = [_checked(await _support(claim, ground, embedder), ground) for claim in claims]
    weak = [support for support in supports if support.value < SUPPORTED]
    return Score(
        value=min(1.0, math.fsum(support.value for support in supports) / len(supports)),
        explanation=f"{len(claims) - len(weak)} of {len(claims)} sentences supported",
        evidence=tuple(_told(support) for support in weak),
    )


def _ground(passages: Sequence[Passage], inputs: JsonValue) -> _Ground:
    windows = [window for passage in passages for window in _windows(passage)]
    held_by = Counter(word for window in windows for word in window.words)
    count = len(windows) + 1
    weights = {word: math.log(1 + count / (n + 0.5)) for word, n in held_by.items()}
    given = "\n".join((*(passage.text for passage in passages), *texts_in(inputs)))
    return _Ground(windows, weights, math.log(1 + count / 0.5), given)


def _windows(passage: Passage) -> Iterator[_Window]:
    headings = before = frozenset[str]()
    for unit in split_sentences(passage.text):
        words = frozenset(content_words(unit.text))
        yield _Window(passage.document, unit.text, words | before | headings)
        headings = headings | words if unit.kind == "heading" else headings
        before = words


async def _support(claim: Claim, ground: _Ground, embedder: Embedder | None) -> _Support:
    shares = [ground.share(claim, window) for window in ground.windows]
    ranked = sorted(range(len(shares)), key=lambda place: (-shares[place], place))[:_NEAREST]
    if not ranked:
        return _Support(claim, 0.0, None)
    best = ranked[0]
    if embedder is None:
        return _Support(claim, shares[best], ground.windows[best])
    vectors = await embedder.embed([claim.text, *(ground.windows[n].text for n in ranked)])
    cosine = min(1.0, max(0.0, float((vectors[1:] @ vectors[0]).max())))
    share = max(shares[best], (shares[best] + cosine) / 2)
    return _Support(claim, share, ground.windows[best])


def _checked(support: _Support, ground: _Ground) -> _Support:
    """The support with what speaks against the claim: numbers, names, a negation."""
    claim, window = support.claim, support.window
    problem = None
    if numbers := foreign_numbers(claim.text, ground.given):
        problem = f"no passage has {', '.join(numbers)}"
    elif names := foreign_names(claim.text, ground.given):
        problem = f"no passage names {', '.join(names)}"
    elif window is not None and is_contrary(claim, window.text):
        problem = "only one of the two is negated"
    return replace(support, problem=problem)


def _told(support: _Support) -> str:
    nearest = f"{support.window.document}: {support.window.text}" if support.window else "nothing"
    why = support.problem or f"support {support.share:.2f}"
    return f"{support.claim.text} ({why}; nearest: {nearest})"
