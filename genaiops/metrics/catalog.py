"""The metrics that come with genaiops: name → where its function is, and what it tells."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from genaiops.metrics.declare import MetricFunction
from genaiops.resolve import load_attribute

_PACKAGE = "genaiops.metrics"


@dataclass(frozen=True, slots=True)
class CatalogEntry:
    """`module:function` inside of genaiops.metrics, one line of help, and what it cannot see.

    `blind` are the blind spots, one short sentence each, for the card.
    """

    function: str
    help: str
    blind: tuple[str, ...] = ()


METRICS: Mapping[str, CatalogEntry] = {
    "exact_match": CatalogEntry("text:exact_match", "1 if the answer is an expected one"),
    "contains": CatalogEntry("text:contains", "1 if the answer holds every expected text"),
    "regex": CatalogEntry("patterns:regex", "1 if a regular expression is found in the answer"),
    "json_schema": CatalogEntry("structure:json_schema", "1 if the answer is JSON of a schema"),
    "number_close": CatalogEntry(
        "numbers:number_close", "1 if the answer gives the expected number, units minded"
    ),
    "answer_f1": CatalogEntry("text:answer_f1", "overlap of words with the expected answer (F1)"),
    "rouge_l": CatalogEntry("text:rouge_l", "longest common run of words, with gaps (F1)"),
    "chrf": CatalogEntry("chrf:chrf", "overlap of characters, up to six in a row (chrF2)"),
    "similarity": CatalogEntry("similarity:similarity", "cosine of the embeddings of two answers"),
    "passage_recall": CatalogEntry(
        "retrieval:passage_recall", "share of the gold passages that retrieval found"
    ),
    "passage_precision": CatalogEntry(
        "retrieval:passage_precision", "share of the retrieved passages that are relevant"
    ),
    "passage_mrr": CatalogEntry("retrieval:passage_mrr", "1 / rank of the first relevant passage"),
    "passage_ndcg": CatalogEntry(
        "retrieval:passage_ndcg", "gold text found, the sooner the better (nDCG)"
    ),
    "groundedness": CatalogEntry(
        "groundedness:groundedness", "how far the passages say what the answer says; lexical"
    ),
    "refusal": CatalogEntry("refusal:refusal", "1 if it refuses exactly what it cannot answer"),
    "pii_leak": CatalogEntry(
        "pii:pii_leak", "1 if the answer leaks personal data; lower is better"
    ),
    "latency": CatalogEntry("operational:latency", "model seconds on the critical path"),
    "tokens": CatalogEntry("operational:tokens", "tokens read and written"),
    "cost": CatalogEntry("operational:cost", "US dollars paid"),
    "recorded": CatalogEntry("recorded:recorded", "a score that came with the answer or the case"),
}


def load_metric(name: str) -> MetricFunction:
    """The function of a metric of this catalog.

    Raises:
        KeyError: the catalog has no such metric.
    """
    return cast("MetricFunction", load_attribute(f"{_PACKAGE}.{METRICS[name].function}"))
