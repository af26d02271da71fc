"""What differs between two texts, word by word. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

MAX_WORDS = 4_000
"""Longer texts are not compared."""
MIN_ALIKE, MIN_HELD = 0.4, 0.8
"""Texts are edits of one where they share this part of their mean length, or of the shorter one."""

_WORD = re.compile(
    r"([\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff]"  # a character of a script without spaces
    r"|\w+(?:['’.,:/-]\w+)*"  # don't, 12.50, 10:30, on-line
    r"|[^\w\s])"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text; `is_own` says that the other text does not have it."""

    text: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """Both texts in pieces; the texts of the pieces add up to the text."""

    first: tuple[Piece, ...]
    second: tuple[Piece, ...]


def compare_words(first: str, second: str) -> Difference | None:
    """Mark the words that only one of two texts has; the rest is a longest common sequence.

    None where marks would not help: the texts share too little, or are too long.
    """
    mine, theirs = _WORD.split(first), _WORD.split(second)
    a, b = mine[1::2], theirs[1::2]
    if max(len(a), len(b)) > MAX_WORDS:
        return None
    in_first, in_second = _shared(a, b)
    if not _are_alike(sum(in_first), len(a), len(b)):
        return None
    return Difference(tuple(_pieces(mine, in_first)), tuple(_pieces(theirs, in_second)))


def _are_alike(shared: int, first: int, second: int) -> bool:
    return shared >= MIN_ALIKE * (first + second) / 2 or shared >= MIN_HELD * min(first, second) > 0


def _shared(a: Sequence[str], b: Sequence[str]) -> tuple[list[bool], list[bool]]:
    """Which words of each side are in their longest common subsequence.

    One integer holds a row of the table of lengths: bit j is 0 where word j of `b` adds one.

    Source: Hyyrö 2004, bit-parallel LCS-length computation revisited.
    """
    places: dict[str, int] = {}
    for j, word in enumerate(b):
        places[word] = places.get(word, 0) | 1 << j
    full = (1 << len(b)) - 1
    rows, row = list[int](), full
    for word in a:
        hits = row & places.get(word, 0)
        row = ((row + hits) | (row - hits)) & full
        rows.append(row)
    in_a, in_b = [False] * len(a), [False] * len(b)
    i, j = len(a), len(b)
    while i and j:
        if rows[i - 1] >> (j - 1) & 1:
            j -= 1
        elif i > 1 and not rows[i - 2] >> (j - 1) & 1:
            i -= 1
        else:
            i, j = i - 1, j - 1
            in_a[i] = in_b[j] = True
    return in_a, in_b


def _pieces(parts: Sequence[str], is_shared: Sequence[bool]) -> list[Piece]:
    """Runs of words with what stands between them: parts are space, word, space, word, … space."""
    found = list[Piece]()
    kept, own = parts[0], ""
    for place, shared in enumerate(is_shared):
        word, space = parts[2 * place + 1], parts[2 * place + 2]
        if shared:
            trimmed = own.rstrip()
            if trimmed:
                found += [Piece(kept, is_own=False), Piece(trimmed, is_own=True)]
                kept = own[len(trimmed) :]
            kept, own = kept + word + space, ""
        else:
            own += word + space
    trimmed = own.rstrip()
    found.append(Piece(kept, is_own=False))
    if trimmed:
        found += [Piece(trimmed, is_own=True), Piece(own[len(trimmed) :], is_own=False)]
    return [piece for piece in found if piece.text]
