"""No weights: the sentences of the given passages that best answer the question, or a refusal.

The floor that a language model has to beat. The rule, all of it:

* Passages are cut into sentences, list items and table rows; headings only lend their words.
* A content word of the question weighs `log(1 + (n + 1) / (df + 0.5))`, where df of the n units
  hold it; weights are shares of the question's whole weight. Words are stems, in English.
* A unit scores the weight of the words that it holds, and 0.3 of that of the words that only the
  headings above it or the unit before it hold. A number adds 0.05 where the question asks for one;
  a unit of fewer than three content words scores half.
* The best unit answers. Another one joins it, up to the limit, if it adds words of the question
  with a weight of 0.2 or more. The answer keeps the order of the passages.
* The support is the weight of the words that any passage holds; below `min_support` it refuses.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from genaiops.digests import digest
from genaiops.models.pricing import estimated_usage
from genaiops.models.sentences import split_units
from genaiops.models.stems import content_words
from genaiops.protocols import FREELY, Allowance, OnText
from genaiops.records import Completion, CompletionRequest, Passage
from genaiops.specs import catalog

_RULE = 1
"""Counts up with every change of the rule, which changes answers."""
_CONTEXT = 0.3
_NUMBER = 0.05
_JOINS = 0.2
_FEW_WORDS = 3
_ASKS_FOR_A_NUMBER = re.compile(
    r"\bhow (much|many|long|soon|often|quick|quickly|late|early|far|old)\b|\bwhen\b"
    r"|\bwhat (date|day|time|price|rate|number)\b|\b(cost|charge|fee|deadline)",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")


class ExtractiveModel:
    """Answers at once, for nothing, and always the same."""

    def __init__(self, name: str, spec: catalog.ExtractiveModel) -> None:
        self._name = name
        self._spec = spec

    @property
    def name(self) -> str:
        return self._name

    @property
    def identity(self) -> str:
        spec = self._spec
        said = {name: getattr(spec, name) for name in ("sentences", "min_support", "refusal")}
        return digest({"provider": "extractive", "rule": _RULE, **said})

    @property
    def decided_by(self) -> frozenset[str]:
        return frozenset({"passages", "question", "messages"})

    @property
    def allowance(self) -> Allowance:
        return FREELY

    async def complete(
        self, request: CompletionRequest, on_text: OnText | None = None
    ) -> Completion:
        """Answer `question`, or the last user message, from `passages`; without them it refuses."""
        asked = [message.content for message in request.messages if message.role == "user"]
        question = request.question if request.question is not None else "".join(asked[-1:])
        text = extract(question, request.passages, self._spec)
        if on_text is not None:
            on_text(text)
        return Completion(text=text, usage=estimated_usage(request.messages, text, cost_usd=0.0))

    async def aclose(self) -> None:
        """There is nothing to give back."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A unit with its own content words, and those that stand around it."""

    text: str
    words: frozenset[str]
    around: frozenset[str]


def extract(question: str, passages: Sequence[Passage], spec: catalog.ExtractiveModel) -> str:
    """The answer by the rule above, or the refusal."""
    candidates = [unit for passage in passages for unit in _candidates(passage.text)]
    weights = _weights(frozenset(content_words(question)), candidates)
    held = frozenset[str]().union(*(unit.words | unit.around for unit in candidates))
    support = sum(weight for word, weight in weights.items() if word in held)
    if not candidates or not weights or support < spec.min_support:
        return spec.refusal
    bonus = _NUMBER if _ASKS_FOR_A_NUMBER.search(question) else 0.0
    scores = [_score(unit, weights, bonus) for unit in candidates]
    chosen = _choose(candidates, scores, weights, spec.sentences)
    return " ".join(candidates[place].text for place in sorted(chosen))


def _candidates(text: str) -> list[_Candidate]:
    found: list[_Candidate] = []
    headings, before = frozenset[str](), frozenset[str]()
    for unit in split_units(text):
        words = frozenset(content_words(unit.text))
        if unit.kind == "heading":
            headings |= words
        else:
            found.append(_Candidate(unit.text, words, (headings | before) - words))
            before = words
    return found


def _weights(question: frozenset[str], candidates: Sequence[_Candidate]) -> dict[str, float]:
    """The share of each word in the question; rarer words have larger ones."""
    held_by = Counter(word for unit in candidates for word in unit.words)
    raw = {w: math.log(1 + (len(candidates) + 1) / (held_by[w] + 0.5)) for w in sorted(question)}
    return {word: weight / sum(raw.values()) for word, weight in raw.items()}


def _score(unit: _Candidate, weights: Mapping[str, float], bonus: float) -> float:
    score = sum(
        weight * (1.0 if word in unit.words else _CONTEXT)
        for word, weight in weights.items()
        if word in unit.words or word in unit.around
    )
    if len(unit.words) < _FEW_WORDS:
        score /= 2
    return score + bonus if _DIGIT.search(unit.text) else score


def _choose(
    candidates: Sequence[_Candidate],
    scores: Sequence[float],
    weights: Mapping[str, float],
    limit: int,
) -> list[int]:
    """The places of the units that answer; of equal ones the first."""
    ranked = sorted(range(len(candidates)), key=lambda place: (-scores[place], place))
    chosen = ranked[:1]
    known = candidates[chosen[0]].words
    for place in ranked[1:]:
        words = candidates[place].words
        added = sum(weight for word, weight in weights.items() if word in words - known)
        if len(chosen) < limit and added >= _JOINS:
            chosen.append(place)
            known |= words
    return chosen
