"""A text cut into its headings and the units that can answer: sentences, list items, rows."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["heading", "item", "row", "sentence"]

_MARK = r"[ \t]*(?:(?P<heading>#{1,6}[ \t])|(?P<item>(?:[-*+•]|\d{1,3}[.)])[ \t])|(?P<row>\|))"
_MARKED: tuple[Kind, ...] = ("heading", "item", "row")
_UNNAMED = re.sub(r"\?P<\w+>", "?:", _MARK)
_BLOCK = re.compile(rf"^(?:{_MARK}.*|(?:(?!{_UNNAMED})[^\n]*\S[^\n]*(?:\n|\Z))+)", re.MULTILINE)
_ONLY_DRAWS = re.compile(r"[\s|:=*_-]*\Z")
_END = re.compile(r"(?<![.!?…])[.!?…]+[\"'”’)\]*_]*\s+(?=[\"'“‘(\[*_]*[A-Z0-9£$€])")
_NO_END = re.compile(
    r"\b(?:e\.g|i\.e|etc|vs|cf|approx|[Nn]o|[Mm]rs?|[Mm]s|[Dd]r|[Ss]t|[A-Z])\.\s+\Z"
)
_LONGEST = 8
"""Characters of the longest of these before its last point."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece of a text, without the white space around it."""

    text: str
    kind: Kind


def split_units(text: str) -> list[Unit]:
    """The units of a text in order, without lines that only draw.

    The first row of a table is a heading if such a line follows it.
    """
    units: list[Unit] = []
    for block in _BLOCK.finditer(text):
        kind = _kind(block)
        if not _ONLY_DRAWS.match(block[0]):
            pieces = _sentences(block[0]) if kind == "sentence" else [block[0]]
            units += [Unit(piece.strip(), kind) for piece in pieces]
        elif kind == "row" and units and units[-1].kind == "row":
            units[-1] = Unit(units[-1].text, "heading")
    return units


def _kind(block: re.Match[str]) -> Kind:
    for kind in _MARKED:
        if block[kind]:
            return kind
    return "sentence"


def _sentences(block: str) -> Iterator[str]:
    start = 0
    for end in _END.finditer(block):
        if not _NO_END.search(block, max(start, end.start() - _LONGEST), end.end()):
            yield block[start : end.end()]
            start = end.end()
    yield block[start:]
