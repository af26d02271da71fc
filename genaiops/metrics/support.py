"""How a claim stands to what it may rest on: what is shared, and what speaks against it. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from genaiops.metrics.claims import Claim
from genaiops.metrics.grounds import Grounds, Weighed, Window
from genaiops.metrics.names import names_in
from genaiops.metrics.negations import is_contrary, is_negated
from genaiops.metrics.numbers_held import claimed_numbers
from genaiops.metrics.opposites import OPPOSITES
from genaiops.metrics.tokens import content_of, content_stem, tokens_of

_CLAUSE = re.compile(r"[,;:]\s+|\s(?:and|but|while|whereas|or)\s+")
_FEWEST_WORDS = 2
"""Content words that a clause has at least, to be looked up by itself."""
_WIDE = re.compile(
    r"\b(?:all|every|each|any|always|everyone|everybody|everything|everywhere|whatever|whenever"
    r"|anything|anybody|anyone|regardless|entire|entirely|completely|never|none|nobody|no matter)"
    r"\b",
    re.IGNORECASE,
)
_NEAR_IN_CLAIM, _NEAR_IN_PASSAGE = 3, 5
"""Content words on either side of a number or a name that belong to it."""
_ORDERED = 0.7
"""Share of a claim's words from which their order in the passage tells something."""
_LONGEST_ORDER = 40
_TOLD = {
    "foreign_number": "no passage has {}",
    "displaced_number": "the nearest text has another number than {}",
    "foreign_name": "no passage names {}",
    "contrary": "only one of the two is negated",
    "wider": "the nearest text does not say {}",
    "opposite": "the nearest text says the opposite of {}",
}
"""What each check found, in words."""


class Features(NamedTuple):
    """What tells whether a claim is supported; the first are shares, the others found or not."""

    words: float
    """Of all its words, as stems, those that a passage has."""
    neighbors: float
    """Of its pairs of neighboring words, those that are neighbors in a passage."""
    content: float
    """Of its content words, weighted by rarity, those that the best window has."""
    clause: float
    """The same of its worst clause, by the own words of whatever holds most of it."""
    slip: float
    """How far its words near a number or a name are not those near it in a passage."""
    order: float
    """Of the pairs of words that it shares with the best window, those in another order."""
    foreign_number: float
    displaced_number: float
    foreign_name: float
    contrary: float
    negated: float
    wider: float
    opposite: float


@dataclass(frozen=True, slots=True)
class Finding:
    """A claim with its features, the best window, and what speaks against it in words."""

    claim: Claim
    features: Features
    window: Window | None
    problems: tuple[str, ...]


def look_up(claim: Claim, grounds: Grounds) -> Finding:
    """Look for a claim in what it may rest on."""
    window, content = grounds.best(claim.words)
    against = _against(claim, grounds, window)
    features = Features(
        words=_share([stem in grounds.stems for stem in claim.stems]),
        neighbors=_share([pair in grounds.neighbors for pair in pairwise(claim.stems)]),
        content=content,
        clause=_worst_clause(claim, grounds),
        slip=max(0.0, content - _worst_anchor(claim, grounds, content)),
        order=_disorder(claim, window) if content >= _ORDERED else 0.0,
        negated=float(is_negated(claim.text) and not (window and is_negated(window.text))),
        **{name: float(bool(found)) for name, found in against.items()},
    )
    told = (_TOLD[name].format(", ".join(found)) for name, found in against.items() if found)
    return Finding(claim, features, window, tuple(told))


def _against(claim: Claim, grounds: Grounds, window: Window | None) -> dict[str, list[str]]:
    """What of a claim is not that of the passages, by the name of the feature."""
    foreign, displaced = _numbers(claim, grounds, window)
    return {
        "foreign_number": foreign,
        "displaced_number": displaced,
        "foreign_name": [name for name in names_in(claim.text) if not grounds.has_name(name)],
        "contrary": [claim.text] if _is_contrary(claim, window) else [],
        "wider": _wider(claim, window),
        "opposite": _opposite(claim, window),
    }


def _is_contrary(claim: Claim, window: Window | None) -> bool:
    return bool(window) and is_contrary(claim.text, claim.words, window.text, window.own)


def _numbers(claim: Claim, grounds: Grounds, window: Window | None) -> tuple[list[str], list[str]]:
    """The numbers that no text has, and those that the window has another one for."""
    foreign, displaced = list[str](), list[str]()
    for each in claimed_numbers(claim.text):
        wanted = each.quantity
        near = window.numbers.of_kind(wanted) if window else []
        is_near = window is not None and window.numbers.has(wanted)
        if is_near or any(each.allows(found) for found in near):
            continue
        if not grounds.has_number(wanted) or (each.limit and near):
            foreign.append(wanted.text)
        elif near:
            displaced.append(wanted.text)
    return foreign, displaced


def _worst_clause(claim: Claim, grounds: Grounds) -> float:
    clauses = [frozenset(content_of(text)) for text in _CLAUSE.split(claim.text)]
    clauses = [words for words in clauses if len(words) >= _FEWEST_WORDS] or [claim.words]
    weighed = [grounds.weigh(words) for words in clauses]
    return min(_most_held(each, grounds) for each in weighed)


def _most_held(weighed: Weighed, grounds: Grounds) -> float:
    units = grounds.holding(weighed.words, grounds.units)
    return max((weighed.share(unit.own) for unit in units), default=0.0)


def _worst_anchor(claim: Claim, grounds: Grounds, default: float) -> float:
    """The least share of the words near a number or a name that are near it in a passage."""
    names = {content_stem(token) for name in names_in(claim.text) for token in tokens_of(name)}
    worst = default
    for place, word in enumerate(claim.content):
        if word in names or word[0].isdigit():
            start = max(0, place - _NEAR_IN_CLAIM)
            near = {*claim.content[start : place + _NEAR_IN_CLAIM + 1]} - {word}
            if near:
                found = max((len(near & each) for each in _around(word, grounds)), default=0)
                worst = min(worst, found / len(near))
    return worst


def _around(word: str, grounds: Grounds) -> Iterator[set[str]]:
    """The words near each place of a word in the passages."""
    for unit in grounds.holding([word], grounds.units):
        for place in (place for place, each in enumerate(unit.sequence) if each == word):
            start = max(0, place - _NEAR_IN_PASSAGE)
            yield {*unit.sequence[start : place + _NEAR_IN_PASSAGE + 1]}


def _disorder(claim: Claim, window: Window | None) -> float:
    if window is None:
        return 0.0
    shared = [word for word in dict.fromkeys(claim.content) if word in window.own]
    order = [window.sequence.index(word) for word in shared[:_LONGEST_ORDER]]
    pairs = len(order) * (len(order) - 1) / 2
    turned = sum(later < place for n, place in enumerate(order) for later in order[n + 1 :])
    return turned / pairs if pairs else 0.0


def _wider(claim: Claim, window: Window | None) -> list[str]:
    """Words such as `all` that the claim has and the window has not."""
    said = dict.fromkeys(map(str.casefold, _WIDE.findall(claim.text)))
    if not said or window is None:
        return []
    there = set(map(str.casefold, _WIDE.findall(window.text)))
    return [word for word in said if word not in there]


def _opposite(claim: Claim, window: Window | None) -> list[str]:
    """Words that the window has only the opposite of."""
    pairs = zip(claim.tokens, claim.stems, strict=True)
    known = [(token, stem) for token, stem in pairs if stem in OPPOSITES]
    if not known or window is None:
        return []
    held = window.words | window.tokens
    return [
        token for token, stem in known if stem not in held and not OPPOSITES[stem].isdisjoint(held)
    ]


def _share(found: Sequence[bool]) -> float:
    return sum(found) / len(found) if found else 0.0
