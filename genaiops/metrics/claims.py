"""Sentences of an answer that claim something, and what in passages speaks against one. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from genaiops.metrics.quantities import quantities
from genaiops.metrics.refusal import is_refusal
from genaiops.models.sentences import Unit, split_units
from genaiops.models.stems import content_words

_OPENING = re.compile(
    r"\A(?:yes|no|sure|certainly|of course|indeed|correct)\b[\s,.:;!–—-]*", re.IGNORECASE
)
_ASKED = re.compile(r"\?[\"'”’)*_]*\Z")
_POLITE = re.compile(
    r"\b(?:hope (?:this|that) helps|let (?:me|us) know|feel free|happy to help|glad to help"
    r"|here (?:is|are) (?:the|some|a)\b.*:\Z|thank you\b.*[!.]\Z)",
    re.IGNORECASE,
)
_LIST_MARK = re.compile(r"\A\s*(?:[-*+•#|]+|\d{1,3}[.)])\s+")
_LABEL = re.compile(r"\A\*\*[^*\n]{1,80}\*\*:?\s+(?=\S)")
_NEXT_MARK = re.compile(r"(?:\A|\s)\d{1,2}[.)]\Z")
"""The mark of the next item of a list within a line, which ends up behind the item before it."""
_CITATION = re.compile(r"\[\^?\d{1,3}\]")
_DIGITS = re.compile(r"\d+")
_WORDS = re.compile(r"\w+(?:['’]\w+)*")
_NAME = re.compile(
    r"(?<![.!?:\n] )(?<!\A)(?<![\"“‘*_(\[])\b[A-Z][\w'’-]*[a-z][\w'’-]*|\b[A-Z]{2,}\d*\b"
)
_NEGATION = re.compile(
    r"\b(?:not|no(?!-)|never|none|nobody|nothing|neither|nor|without|cannot)\b|n['’]t\b"
    r"|\b(?:fail(?:s|ed)?|refus(?:es?|ed)) to\b",
    re.IGNORECASE,
)
_END_OF_CLAUSE = re.compile(r"[.;:!?,()]")
_SAME_CLAIM, _SAME_SENTENCE = 0.5, 0.3
"""Shares of shared words, of a claim's and of a sentence's, from which both say nearly the same."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence with its content words, as stems."""

    text: str
    words: frozenset[str]


def split_sentences(text: str) -> Iterator[Unit]:
    """The sentences, headings and table rows of a text; list items are cut into sentences too."""
    for unit in split_units(text):
        if unit.kind == "item":
            yield from split_units(_LIST_MARK.sub("", unit.text))
        else:
            yield unit


def split_claims(answer: str) -> list[Claim]:
    """The sentences of an answer that say something that can be true or false."""
    claims: list[Claim] = []
    for unit in split_sentences(answer):
        said = unit.text
        for noise in (_CITATION, _LIST_MARK, _LABEL, _NEXT_MARK, _OPENING):
            said = noise.sub("", said).strip()
        words = frozenset(content_words(said))
        if words and unit.kind != "heading" and not _says_nothing(said):
            claims.append(Claim(said, words))
    return claims


def foreign_numbers(claim: str, given: str) -> list[str]:
    """The numbers of a claim that the given text does not have, or has in another kind of unit."""
    known = list(quantities(given))
    in_words = content_words(_DIGITS.sub(" ", given))
    words = {float(word) for word in in_words if word.isdigit()}
    return [
        number.text
        for number in quantities(claim)
        if number.number not in words
        and not any(
            number.is_same_kind(each) and number.distance(each) <= 1e-9 * number.size_of(each)
            for each in known
        )
    ]


def foreign_names(claim: str, given: str) -> list[str]:
    """The capitalized words inside a claim that the given text does not have, in any case."""
    known = {_plain(word) for word in _WORDS.findall(given)}
    names = (name for match in _NAME.findall(claim) for name in _WORDS.findall(match))
    return [name for name in names if _plain(name) not in known]


def is_contrary(claim: Claim, sentence: str) -> bool:
    """Whether a sentence says nearly the same, but only one of the two negates it."""
    words = frozenset(content_words(sentence))
    shared = len(claim.words & words)
    if shared < _SAME_CLAIM * len(claim.words) or shared < _SAME_SENTENCE * len(words):
        return False
    here, there = _negated(claim.text), _negated(sentence)
    return bool((here & words) - there or (there & claim.words) - here)


def _negated(text: str) -> frozenset[str]:
    """The first content word behind each negation, within its clause."""
    clauses = (
        _END_OF_CLAUSE.split(text[match.end() :], 1)[0] for match in _NEGATION.finditer(text)
    )
    return frozenset(word for clause in clauses for word in content_words(clause)[:1])


def _says_nothing(text: str) -> bool:
    return bool(_ASKED.search(text) or _POLITE.search(text)) or is_refusal(text)


def _plain(word: str) -> str:
    return word.replace("’", "'").casefold().removesuffix("'s").removesuffix("s")
