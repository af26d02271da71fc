"""Retrieval scored by spans of the source documents, so that scores survive re-chunking. Pure.

A gold passage is found when the retrieved passages of its document together cover at least the
share `coverage` of its characters. A retrieved passage is relevant when it shares with one gold
passage at least that part of the shorter of the two.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated

from pydantic import Field

from genaiops.errors import InputError
from genaiops.metrics.declare import MetricDeclaration
from genaiops.records import Passage

Passages = Sequence[Passage]
K = Annotated[int, Field(gt=0)] | None
Coverage = Annotated[float, Field(gt=0, le=1)]
_Span = tuple[int, int]


def _has_gold(gold: Passages) -> str | None:
    return None if gold else "no gold passages"


_declared = MetricDeclaration(needs={"gold": "${case.expected.passages}"}, applies_when=_has_gold)


@_declared
def passage_recall(
    passages: Passages, gold: Passages, *, k: K = None, coverage: Coverage = 0.5
) -> float:
    """The share of gold passages that the first k retrieved passages find.

    Args:
        passages: What was retrieved, best first.
        gold: The labelled passages of the source documents; empty: not applicable.
        k: How many retrieved passages count; None is all.
        coverage: The share of its characters that makes a gold passage found.
    """
    _check(gold)
    covered = _by_document(passages[:k])
    return sum(_share(span, covered) >= coverage for span in gold) / len(gold)


@_declared
def passage_precision(
    passages: Passages, gold: Passages, *, k: K = None, coverage: Coverage = 0.5
) -> float:
    """The share of relevant ones among the first k retrieved passages; 0 if there are none.

    Fewer than k retrieved passages are judged by their own number.
    """
    _check(gold)
    hits = [_is_relevant(passage, gold, coverage) for passage in passages[:k]]
    return sum(hits) / len(hits) if hits else 0.0


@_declared
def passage_mrr(
    passages: Passages, gold: Passages, *, k: K = None, coverage: Coverage = 0.5
) -> float:
    """1 / the rank of the first relevant passage among the first k; 0 if there is none."""
    _check(gold)
    hits = (_is_relevant(passage, gold, coverage) for passage in passages[:k])
    return next((1.0 / rank for rank, hit in enumerate(hits, start=1) if hit), 0.0)


@_declared
def passage_ndcg(passages: Passages, gold: Passages, *, k: K = None) -> float:
    """Discounted gain of the gold text found, over that of the best possible ranking.

    The gain of a rank is the share of the gold text, each gold passage weighing the same, that no
    earlier rank had: text found twice counts once. The best ranking has one passage per document
    that holds all its gold text, the document with most of it first. With whole documents as
    passages this is the nDCG of binary relevance.

    Source: Järvelin and Kekäläinen 2002, with log2 discounts.
    """
    _check(gold)
    held, gains = 0.0, list[float]()
    for rank in range(1, len(passages[:k]) + 1):
        covered = _by_document(passages[:rank])
        now = sum(_share(span, covered) for span in gold) / len(gold)
        gains.append(now - held)
        held = now
    documents = [span.document for span in gold]
    shares = (documents.count(name) / len(gold) for name in dict.fromkeys(documents))
    ideal = _discounted(sorted(shares, reverse=True)[:k])
    return min(1.0, max(0.0, _discounted(gains) / ideal))


def _check(gold: Passages) -> None:
    for span in gold:
        if span.end <= span.start:
            raise InputError(
                f"the gold passage {span.start}-{span.end} of {span.document!r} is empty"
            )


def _discounted(gains: Iterable[float]) -> float:
    return math.fsum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))


def _is_relevant(passage: Passage, gold: Passages, coverage: float) -> bool:
    return any(
        _overlap((passage.start, passage.end), (span.start, span.end))
        >= coverage * min(passage.end - passage.start, span.end - span.start)
        and _overlap((passage.start, passage.end), (span.start, span.end)) > 0
        for span in gold
        if span.document == passage.document
    )


def _share(span: Passage, covered: Mapping[str, Sequence[_Span]]) -> float:
    """The share of a span's characters that the disjoint spans of its document cover."""
    inside = sum(
        _overlap(piece, (span.start, span.end)) for piece in covered.get(span.document, ())
    )
    return inside / (span.end - span.start)


def _overlap(left: _Span, right: _Span) -> int:
    return max(0, min(left[1], right[1]) - max(left[0], right[0]))


def _by_document(passages: Passages) -> dict[str, list[_Span]]:
    """The covered parts of each document, as disjoint spans."""
    spans: dict[str, list[_Span]] = {}
    for passage in passages:
        spans.setdefault(passage.document, []).append((passage.start, passage.end))
    return {document: list(_joined(pieces)) for document, pieces in spans.items()}


def _joined(spans: Iterable[_Span]) -> Iterator[_Span]:
    left, right = 0, 0
    for start, end in sorted(spans):
        if start > right:
            yield left, right
            left, right = start, end
        right = max(right, end)
    yield left, right
