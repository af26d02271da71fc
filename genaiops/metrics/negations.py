"""Sentences of which one negates what the other says. Pure."""

import re
from collections.abc import Collection

from genaiops.metrics.tokens import content_of

_NEGATION = re.compile(
    r"\b(?:not|no(?![-,.])|never|none|nobody|nothing|neither|nor|without|cannot|hardly|unable|lack(?:s|ing)?)\b"
    r"|n['’]t\b|\b(?:fail(?:s|ed)?|refus(?:es?|ed)) to\b",
    re.IGNORECASE,
)
_END_OF_CLAUSE = re.compile(r"[.;:!?,()]|\b(?:but|and|which|because|unless|if)\b", re.IGNORECASE)
_SAME_CLAIM, _SAME_SENTENCE, _SAME_WORDS = 0.5, 0.3, 3
"""From which shares of shared words, or how many, a claim and a sentence say nearly the same."""
_NEGATED_HERE, _NEGATED_THERE = 4, 2
"""Content words behind a negation that it is of: in a claim, and in a sentence of a passage."""
_REACH = 200
"""Characters behind a negation that are looked at for them."""


def is_negated(text: str) -> bool:
    """Whether a text negates anything."""
    return _NEGATION.search(text) is not None


def is_contrary(claim: str, words: Collection[str], sentence: str, own: Collection[str]) -> bool:
    """Whether a sentence says nearly the same as a claim, but only one of the two negates it.

    Args:
        claim: Its text.
        words: Its content words, as stems.
        sentence: One of a passage.
        own: Its content words, as stems.
    """
    shared = sum(word in own for word in words)
    few = shared < _SAME_SENTENCE * len(own) and shared < _SAME_WORDS
    if shared < _SAME_CLAIM * len(words) or few:
        return False
    here, there = _scopes(claim), _scopes(sentence)
    if bool(here) == bool(there):
        return False
    if here:
        return any(not scope or set(scope[:_NEGATED_HERE]) & set(own) for scope in here)
    return any(set(scope[:_NEGATED_THERE]) & set(words) for scope in there)


def _scopes(text: str) -> list[list[str]]:
    """The content words behind each negation, within its clause."""
    clauses = (
        _END_OF_CLAUSE.split(text[match.end() : match.end() + _REACH], 1)[0]
        for match in _NEGATION.finditer(text)
    )
    return [content_of(clause) for clause in clauses]
