"""Spans of source documents: what passages cover together, and of which labels. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from genaiops.errors import InputError
from genaiops.records import GoldPassage, Passage

Span = tuple[int, int]
"""The characters [start, end) of a document."""
Passages = Sequence[Passage]
Gold = Sequence[GoldPassage]


def wanted(gold: Gold) -> list[GoldPassage]:
    """The labels that are relevant.

    Raises:
        InputError: a label has no text.
    """
    for each in gold:
        if each.end <= each.start:
            raise InputError(
                f"the gold passage {each.start}-{each.end} of {each.document!r} is empty"
            )
    return [each for each in gold if each.relevance > 0]


def no_gold(gold: Gold) -> str | None:
    """Why a metric of retrieval says nothing about a case, or None."""
    return None if any(each.relevance > 0 for each in gold) else "no gold passages"


def overlap(left: Passage, right: Passage) -> int:
    """The characters that two passages share."""
    if left.document != right.document:
        return 0
    return max(0, min(left.end, right.end) - max(left.start, right.start))


def shares(label: Passage, passages: Passages) -> Iterator[float]:
    """After each passage the share of a label's characters that is covered so far."""
    pieces = list[Span]()
    for passage in passages:
        if overlap(passage, label):
            piece = (max(passage.start, label.start), min(passage.end, label.end))
            pieces = list(joined((*pieces, piece)))
        yield size(pieces) / (label.end - label.start)


def by_document(passages: Passages) -> Mapping[str, Sequence[Span]]:
    """The covered parts of each document, as disjoint spans in order."""
    spans = dict[str, list[Span]]()
    for each in passages:
        spans.setdefault(each.document, []).append((each.start, each.end))
    return {document: list(joined(pieces)) for document, pieces in spans.items()}


def joined(spans: Iterable[Span]) -> Iterator[Span]:
    """The same characters as disjoint spans in order."""
    held: Span | None = None
    for start, end in sorted(spans):
        if held is not None and start <= held[1]:
            held = (held[0], max(held[1], end))
            continue
        if held is not None:
            yield held
        held = (start, end)
    if held is not None:
        yield held


def size(spans: Iterable[Span]) -> int:
    """The characters of disjoint spans."""
    return sum(end - start for start, end in spans)
