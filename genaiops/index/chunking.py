"""Cutting a text into chunks with exact offsets, at the best boundary that fits. Pure."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

TokenSpans = Callable[[str], Sequence[tuple[int, int]]]
"""The (start, end) characters of each token of a text, in order."""

_HEADING = re.compile(r"^#{1,6}[ \t]+\S[^\n]*(?:\n\s*|\Z)", re.MULTILINE)
_SEPARATORS = (
    re.compile(r"\n[^\S\n]*\n\s*"),  # an empty line
    re.compile(r"\n\s*"),
    re.compile(r"[.!?…][\"'”’)\]]*\s+|[。！？][」』”）]*"),  # the end of a sentence
    re.compile(r"\s+"),
)
_LONG = 32


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The characters [start, end) of a text."""

    start: int
    end: int


class _Measure(Protocol):
    """Sizes of spans, in characters or tokens, without looking at the text again."""

    def size(self, start: int, end: int) -> int: ...

    def advance(self, start: int, size: int) -> int:
        """The furthest end for which the span from `start` has at most this size."""
        ...


def chunk(
    text: str, size: int, overlap: int = 0, *, token_spans: TokenSpans | None = None
) -> tuple[Span, ...]:
    """Cut a text into spans of at most `size`, neighbors sharing up to `overlap`.

    It cuts before Markdown headings, else at an empty line, a line, the end of a sentence, a space,
    and only then inside of a word; never between a heading and what follows it. Together the spans
    hold all that is not white space; starts and ends rise strictly; no span begins or ends with
    white space.

    Args:
        text: The text; takes time linear in its length.
        size: In characters, or with `token_spans` in tokens; a token, or a gap between tokens, of
            over 32 characters counts once for each 32.
        overlap: In the same unit, at most half of `size`.
        token_spans: Measures in tokens.
    """
    measure = _Characters() if token_spans is None else _tokens(token_spans(text), len(text))
    return tuple(_Cutter(text, size, overlap, measure).chunks())


class _Characters:
    """Sizes in characters."""

    def size(self, start: int, end: int) -> int:
        return end - start

    def advance(self, start: int, size: int) -> int:
        return start + size


class _Tokens:
    """Sizes in tokens; starts and ends of the tokens never fall."""

    def __init__(self, starts: list[int], ends: list[int]) -> None:
        self._starts = starts
        self._ends = ends

    def size(self, start: int, end: int) -> int:
        return max(0, bisect_left(self._starts, end) - bisect_right(self._ends, start))

    def advance(self, start: int, size: int) -> int:
        beyond = bisect_right(self._ends, start) + size
        end = self._starts[beyond] if beyond < len(self._starts) else self._ends[-1]
        return max(end, start + 1)


def _tokens(spans: Sequence[tuple[int, int]], length: int) -> _Tokens:
    starts: list[int] = []
    ends: list[int] = []
    reached = 0
    for start, end in (*spans, (length, length)):
        for piece in _divided(reached, start, smallest=_LONG):
            starts.append(piece)
            ends.append(piece + _LONG)
        for piece in _divided(max(start, starts[-1] if starts else 0), end, smallest=1):
            starts.append(piece)
            ends.append(max(min(piece + _LONG, end), ends[-1] if ends else 0))
        reached = max(reached, end)
    return _Tokens(starts, ends)


def _divided(start: int, end: int, smallest: int) -> Iterator[int]:
    """Where pieces of `_LONG` begin; a last piece below `smallest` is left out."""
    yield from range(start, end - smallest + 1, _LONG)


class _Cutter:
    """Cuts one text."""

    def __init__(self, text: str, size: int, overlap: int, measure: _Measure) -> None:
        self._text = text
        self._limit = size
        self._overlap = overlap
        self._measure = measure
        headings = [match.span() for match in _HEADING.finditer(text)]
        self._heading_ends = {end for _, end in headings}
        self._sections = [start for start, _ in headings if start not in self._heading_ends]

    def chunks(self) -> Iterator[Span]:
        whole = self._trimmed(0, len(self._text))
        if whole is not None:
            yield from self._cut(whole, 0)

    def _cut(self, span: Span, level: int) -> Iterator[Span]:
        """Chunks of a span; what does not fit is cut at boundaries of the next level."""
        if self._fits(span.start, span.end):
            yield span
        elif level > len(_SEPARATORS):
            yield from self._cut_words(span)
        else:
            run: list[Span] = []
            for piece in self._pieces(span, level):
                if self._fits(piece.start, piece.end):
                    run.append(piece)
                    continue
                yield from self._merged(run)
                run = []
                yield from self._cut(piece, level + 1)
            yield from self._merged(run)

    def _pieces(self, span: Span, level: int) -> Iterator[Span]:
        start = span.start
        for cut in (*self._boundaries(span, level), span.end):
            piece = self._trimmed(start, cut)
            if piece is not None:
                yield piece
            start = cut

    def _boundaries(self, span: Span, level: int) -> Iterator[int]:
        if level == 0:
            low = bisect_right(self._sections, span.start)
            yield from self._sections[low : bisect_left(self._sections, span.end)]
            return
        kept_together = self._heading_ends if level < len(_SEPARATORS) else frozenset[int]()
        for match in _SEPARATORS[level - 1].finditer(self._text, span.start, span.end):
            if match.end() not in kept_together:
                yield match.end()

    def _merged(self, run: Sequence[Span]) -> Iterator[Span]:
        """Join neighbors as long as they fit; begin the next chunk with what may overlap."""
        first = 0
        for i, piece in enumerate(run):
            if self._fits(run[first].start, piece.end):
                continue
            last = run[i - 1].end
            yield Span(run[first].start, last)
            first = i
            while (
                self._measure.size(run[first - 1].start, last) <= self._overlap
                and self._fits(run[first - 1].start, piece.end)
            ):  # fmt: skip
                first -= 1
        if run:
            yield Span(run[first].start, run[-1].end)

    def _cut_words(self, span: Span) -> Iterator[Span]:
        """Windows over a span without white space."""
        start = span.start
        while not self._fits(start, span.end):
            yield Span(start, self._measure.advance(start, self._limit))
            start = self._measure.advance(start, self._limit - self._overlap)
        yield Span(start, span.end)

    def _fits(self, start: int, end: int) -> bool:
        return self._measure.size(start, end) <= self._limit

    def _trimmed(self, start: int, end: int) -> Span | None:
        """The span without white space at its ends; None where it holds nothing else."""
        while start < end and self._text[start].isspace():
            start += 1
        while start < end and self._text[end - 1].isspace():
            end -= 1
        return Span(start, end) if start < end else None
