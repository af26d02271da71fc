"""Retrieval scored by spans of the source documents, so that scores survive re-chunking. Pure.

A gold passage is found when the retrieved passages of its document together cover at least the
share `coverage` of its characters. A retrieved passage is relevant when it shares with one gold
passage at least that part of the shorter of the two.
"""

from collections.abc import Iterable
from itertools import pairwise
from typing import Annotated

from pydantic import Field

from genaiops.metrics.declare import MetricDeclaration
from genaiops.metrics.ranking import first_hit, normalized_gain
from genaiops.metrics.spans import Gold, Passages, no_gold, overlap, shares, wanted
from genaiops.records import GoldPassage, Passage

K = Annotated[int, Field(gt=0)] | None
Coverage = Annotated[float, Field(gt=0, le=1)]

declared = MetricDeclaration(needs={"gold": "${case.expected.passages}"}, applies_when=no_gold)


@declared
def passage_recall(
    passages: Passages, gold: Gold, *, k: K = None, coverage: Coverage = 0.5
) -> float:
    """The share of gold passages that the first k retrieved passages find.

    Args:
        passages: What was retrieved, best first.
        gold: The labelled passages of the source documents; empty: not applicable.
        k: How many retrieved passages count; None is all.
        coverage: The share of its characters that makes a gold passage found.
    """
    labels = wanted(gold)
    found = [_found_at(label, passages[:k], coverage) is not None for label in labels]
    return sum(found) / len(labels)


@declared
def passage_precision(
    passages: Passages, gold: Gold, *, k: K = None, coverage: Coverage = 0.5
) -> float:
    """The share of relevant ones among the first k retrieved passages; 0 if there are none.

    Fewer than k retrieved passages are judged by their own number.

    Args:
        passages: What was retrieved, best first.
        gold: The labelled passages of the source documents; empty: not applicable.
        k: How many retrieved passages count; None is all.
        coverage: The share of the shorter of the two that makes a retrieved passage relevant.
    """
    hits = _hits(passages[:k], wanted(gold), coverage)
    return sum(hits) / len(hits) if hits else 0.0


@declared
def passage_mrr(passages: Passages, gold: Gold, *, k: K = None, coverage: Coverage = 0.5) -> float:
    """1 / the rank of the first relevant passage among the first k; 0 if there is none.

    Args:
        passages: What was retrieved, best first.
        gold: The labelled passages of the source documents; empty: not applicable.
        k: How many retrieved passages count; None is all.
        coverage: The share of the shorter of the two that makes a retrieved passage relevant.
    """
    return first_hit(_hits(passages[:k], wanted(gold), coverage))


@declared
def passage_map(passages: Passages, gold: Gold, *, k: K = None, coverage: Coverage = 0.5) -> float:
    """Average precision: for each gold passage the precision at the rank that finds it, or 0.

    Its mean over cases is MAP. With whole documents as passages it is the average precision of
    binary relevance. Gold passages that the first k do not find count as 0, also where there are
    more than k of them.

    Args:
        passages: What was retrieved, best first.
        gold: The labelled passages of the source documents; empty: not applicable.
        k: How many retrieved passages count; None is all.
        coverage: The share of its characters that makes a gold passage found, and of the shorter of
            the two that makes a retrieved passage relevant.

    Source: Manning, Raghavan and Schütze 2008, Introduction to Information Retrieval, section 8.4;
        cut at k as by trec_eval's map_cut.
    """
    labels = wanted(gold)
    hits = _hits(passages[:k], labels, coverage)
    ranks = (_found_at(label, passages[:k], coverage) for label in labels)
    return sum(sum(hits[:rank]) / rank for rank in ranks if rank is not None) / len(labels)


@declared
def passage_ndcg(passages: Passages, gold: Gold, *, k: K = None) -> float:
    """Discounted gain of the gold text found, over that of the best possible ranking.

    The gain of a rank is the share of the gold text, each gold passage weighing its `relevance`
    (1 if the label says none), that no earlier rank had: text found twice counts once. The best
    ranking has one passage per document that holds all its gold text, the document with most of it
    first. With whole documents as passages this is the nDCG of their relevance.

    Args:
        passages: What was retrieved, best first.
        gold: The labelled passages of the source documents; empty: not applicable.
        k: How many retrieved passages count; None is all.

    Source: Järvelin and Kekäläinen 2002, with log2 discounts and the gains as they are.
    """
    labels = wanted(gold)
    covered = [[0.0, *shares(label, passages[:k])] for label in labels]
    held = [
        sum(label.relevance * share for label, share in zip(labels, now, strict=True))
        for now in zip(*covered, strict=True)
    ]
    of_document = dict[str, float]()
    for label in labels:
        of_document[label.document] = of_document.get(label.document, 0.0) + label.relevance
    best = sorted(of_document.values(), reverse=True)[:k]
    return normalized_gain([now - before for before, now in pairwise(held)], best)


def _hits(passages: Passages, labels: Iterable[GoldPassage], coverage: float) -> list[bool]:
    listed = list(labels)
    return [any(_is_relevant(passage, label, coverage) for label in listed) for passage in passages]


def _is_relevant(passage: Passage, label: Passage, coverage: float) -> bool:
    shared = overlap(passage, label)
    shorter = min(passage.end - passage.start, label.end - label.start)
    return shared > 0 and shared >= coverage * shorter


def _found_at(label: Passage, passages: Passages, coverage: float) -> int | None:
    """The rank at which enough of a label is covered."""
    covered = enumerate(shares(label, passages), start=1)
    return next((rank for rank, share in covered if share >= coverage), None)
