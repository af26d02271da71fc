"""Sentences of an answer that claim something. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from genaiops.metrics.refusal import is_refusal
from genaiops.metrics.tokens import content_stem, stems_of, tokens_of
from genaiops.models.sentences import Unit, split_units

_OPENING = re.compile(
    r"\A(?:yes|no|sure|certainly|of course|indeed|correct)\b[\s,.:;!–—-]*", re.IGNORECASE
)
_ASKED = re.compile(r"\?[\"'”’)*_]*\Z")
_POLITE = re.compile(
    r"\b(?:hope (?:this|that) helps|let (?:me|us) know|feel free|happy to help|glad to help"
    r"|here (?:is|are) (?:the|some|a)\b.{0,200}:\Z|thank you\b.{0,200}[!.]\Z)",
    re.IGNORECASE,
)
_LIST_MARK = re.compile(r"\A\s*(?:[-*+•#|]+|\d{1,3}[.)])\s+")
_LABEL = re.compile(r"\A\*\*[^*\n]{1,80}\*\*:?\s+(?=\S)")
_NEXT_MARK = re.compile(r"(?:\A|\s)\d{1,2}[.)]\Z")
"""The mark of the next item of a list within a line, which ends up behind the item before it."""
_CITATION = re.compile(r"\[\^?\d{1,3}\]")
_PIECE = re.compile(r"[.!?,;]? (?:but|however)\b,? |(?<=[^.].[.!?]) +", re.IGNORECASE)
"""What parts a refusal from what is said beside it, also where no capital begins a sentence."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence: its tokens, what each is compared by, and its content words, as stems."""

    text: str
    tokens: tuple[str, ...]
    stems: tuple[str, ...]
    content: tuple[str, ...]

    @property
    def words(self) -> frozenset[str]:
        """Its content words."""
        return frozenset(self.content)


def split_sentences(text: str) -> Iterator[Unit]:
    """The sentences, headings and table rows of a text; list items are cut into sentences too."""
    for unit in split_units(text):
        if unit.kind == "item":
            yield from split_units(_LIST_MARK.sub("", unit.text))
        else:
            yield unit


def split_claims(answer: str) -> list[Claim]:
    """The sentences of an answer that say something that can be true or false.

    Refusals, questions and pleasantries are none. An answer that has nothing else is taken as it
    is, unless it refuses: no passage says small talk.
    """
    said = [sentence for unit in split_sentences(answer) for sentence in _said(unit)]
    claims = [claim_of(text) for text in said if not _says_nothing(text)]
    claims = [claim for claim in claims if claim.content]
    if claims or any(map(_refuses, said)):
        return claims
    return [claim for claim in map(claim_of, said) if claim.tokens]


def claim_of(sentence: str) -> Claim:
    """A sentence as what is compared."""
    tokens = tuple(tokens_of(sentence))
    content = tuple(word for word in map(content_stem, tokens) if word)
    return Claim(sentence, tokens, tuple(stems_of(tokens)), content)


def _said(unit: Unit) -> Iterator[str]:
    """The sentence without marks, unless it is a heading or a mere yes or no."""
    text = unit.text
    for noise in (_CITATION, _LIST_MARK, _LABEL, _NEXT_MARK):
        text = noise.sub("", text).strip()
    if text and unit.kind != "heading" and not _OPENING.fullmatch(text):
        yield text


def _says_nothing(text: str) -> bool:
    return bool(_ASKED.search(text) or _POLITE.search(text)) or _refuses(text)


def _refuses(text: str) -> bool:
    """Whether a sentence is a refusal and nothing else; `I am not sure, but …` says something."""
    if not is_refusal(text):
        return False
    pieces = (piece for piece in _PIECE.split(text) if claim_of(piece).content)
    return all(_ASKED.search(piece) or is_refusal(piece) for piece in pieces)
