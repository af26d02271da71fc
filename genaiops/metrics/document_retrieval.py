"""Retrieval scored by documents: which of those that are wanted were found, and how soon. Pure.

The ranking is that of the documents of the retrieved passages, each at the rank of its first one.
"""

from collections.abc import Sequence
from typing import Annotated

from pydantic import BeforeValidator, ConfigDict, Field

from genaiops.metrics.ranking import first_hit, normalized_gain
from genaiops.metrics.retrieval import K, declared
from genaiops.records import Record


class Document(Record):
    """A document that was retrieved or is labelled; of `relevance` 0 it is not wanted."""

    model_config = ConfigDict(extra="ignore")

    document: str
    relevance: float = Field(default=1.0, ge=0)


def _named(value: object) -> object:
    return {"document": value} if isinstance(value, str) else value


Documents = Sequence[Annotated[Document, BeforeValidator(_named)]]
"""Passages, or names of documents."""


@declared
def document_recall(passages: Documents, gold: Documents, *, k: K = None) -> float:
    """The share of the wanted documents that are among the first k retrieved ones.

    Args:
        passages: What was retrieved, best first: passages, or names of documents.
        gold: The labels: passages, or names of documents; empty: not applicable.
        k: How many retrieved documents count; None is all.
    """
    relevance = _relevance(gold)
    return sum(_hits(passages, relevance, k)) / len(relevance)


@declared
def document_precision(passages: Documents, gold: Documents, *, k: K = None) -> float:
    """The share of wanted ones among the first k retrieved documents; 0 if there are none.

    Fewer than k retrieved documents are judged by their own number.

    Args:
        passages: What was retrieved, best first: passages, or names of documents.
        gold: The labels: passages, or names of documents; empty: not applicable.
        k: How many retrieved documents count; None is all.
    """
    hits = _hits(passages, _relevance(gold), k)
    return sum(hits) / len(hits) if hits else 0.0


@declared
def document_mrr(passages: Documents, gold: Documents, *, k: K = None) -> float:
    """1 / the rank of the first wanted document among the first k; 0 if there is none.

    Args:
        passages: What was retrieved, best first: passages, or names of documents.
        gold: The labels: passages, or names of documents; empty: not applicable.
        k: How many retrieved documents count; None is all.
    """
    return first_hit(_hits(passages, _relevance(gold), k))


@declared
def document_map(passages: Documents, gold: Documents, *, k: K = None) -> float:
    """Average precision: for each wanted document the precision at its rank, or 0.

    Its mean over cases is MAP. Wanted documents that are not among the first k count as 0, also
    where there are more than k of them.

    Args:
        passages: What was retrieved, best first: passages, or names of documents.
        gold: The labels: passages, or names of documents; empty: not applicable.
        k: How many retrieved documents count; None is all.

    Source: Manning, Raghavan and Schütze 2008, Introduction to Information Retrieval, section 8.4;
        cut at k as by trec_eval's map_cut.
    """
    relevance = _relevance(gold)
    hits = _hits(passages, relevance, k)
    precisions = (sum(hits[:rank]) / rank for rank, hit in enumerate(hits, start=1) if hit)
    return sum(precisions) / len(relevance)


@declared
def document_ndcg(passages: Documents, gold: Documents, *, k: K = None) -> float:
    """Discounted gain of the retrieved documents, over that of the best possible ranking.

    The gain of a document is its `relevance`, 1 if its labels say none, the highest if they differ.

    Args:
        passages: What was retrieved, best first: passages, or names of documents.
        gold: The labels: passages, or names of documents; empty: not applicable.
        k: How many retrieved documents count; None is all.

    Source: Järvelin and Kekäläinen 2002, with log2 discounts and the gains as they are.
    """
    relevance = _relevance(gold)
    gains = [relevance.get(name, 0.0) for name in _ranked(passages, k)]
    return normalized_gain(gains, sorted(relevance.values(), reverse=True)[:k])


def _hits(passages: Documents, relevance: dict[str, float], k: int | None) -> list[bool]:
    return [name in relevance for name in _ranked(passages, k)]


def _ranked(passages: Documents, k: int | None) -> list[str]:
    return list(dict.fromkeys(each.document for each in passages))[:k]


def _relevance(gold: Documents) -> dict[str, float]:
    """The wanted documents with the highest relevance of their labels."""
    found = dict[str, float]()
    for each in gold:
        if each.relevance > 0:
            found[each.document] = max(each.relevance, found.get(each.document, 0.0))
    return found
