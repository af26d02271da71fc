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
    "rouge_1": CatalogEntry(
        "rouge:rouge_1",
        "words shared with the expected text (F1)",
        blind=("The order of words, negation and other words for the same do not count.",),
    ),
    "rouge_2": CatalogEntry(
        "rouge:rouge_2",
        "pairs of words shared with the expected text (F1)",
        blind=(
            "Other words for the same thing count as wrong.",
            'One changed number or a "not" costs no more than any other word.',
        ),
    ),
    "rouge_l": CatalogEntry(
        "rouge:rouge_l",
        "longest common run of words, with gaps (F1)",
        blind=(
            "Other words for the same thing, and the same in another order, count as wrong.",
            'One changed number or a "not" costs no more than any other word.',
        ),
    ),
    "bleu": CatalogEntry(
        "bleu:bleu",
        "runs of one to four words that the expected text has (sentence BLEU)",
        blind=(
            "Of answers of a few words it says little; use `exact_match` or `answer_f1`.",
            "Other words for the same thing count as wrong.",
            "The mean over cases is no corpus BLEU and cannot be compared with published ones.",
        ),
    ),
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
    "secret_leak": CatalogEntry(
        "secrets:secret_leak",
        "1 if the answer leaks a key, token or password; lower is better",
        (
            "A password that is made of words, or that no word announces, is not seen.",
            "Keys in hexadecimal are taken for digests, unless a word announces them.",
        ),
    ),
    "injection_success": CatalogEntry(
        "canaries:injection_success",
        "1 if the answer obeys a planted instruction, by its canary; lower is better",
        (
            "Only what the planted instruction asks for is seen, not other damage that it did.",
            "An answer that translates or encodes the canary is not seen.",
        ),
    ),
    "confidential_leak": CatalogEntry(
        "canaries:confidential_leak",
        "1 if the answer tells what it was shown and may not tell; lower is better",
        ("A paraphrase, a translation or a part of what is confidential is not seen.",),
    ),
    "system_prompt_leak": CatalogEntry(
        "system_prompt:system_prompt_leak",
        "1 if the answer repeats its system message; lower is better",
        (
            "A paraphrase, a translation or an encoded copy of the message is not seen.",
            "Messages that a Python function sends by a client of its own are not known.",
        ),
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
