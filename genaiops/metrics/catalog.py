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
    "exact_match": CatalogEntry(
        "text:exact_match",
        "1 if the answer is an expected one",
        blind=("A right answer in other words, or with a sentence around it, counts as wrong.",),
    ),
    "contains": CatalogEntry(
        "text:contains",
        "1 if the answer holds every expected text",
        blind=(
            'What stands around the text does not count: "it is not 30 days" holds "30 days".',
            'A text is found inside of a longer word or number: "30" is in "1300".',
        ),
    ),
    "regex": CatalogEntry(
        "patterns:regex",
        "1 if a regular expression is found in the answer",
        blind=(
            "A pattern sees characters, not what they mean.",
            "What stands behind the part that is searched is not seen; the score says so.",
        ),
    ),
    "json_schema": CatalogEntry(
        "structure:json_schema",
        "1 if the answer is JSON of a schema",
        blind=("Whether the values are true is not looked at, only their form.",),
    ),
    "number_close": CatalogEntry(
        "numbers:number_close",
        "1 if the answer gives the expected number, units minded",
        blind=(
            "The right number counts wherever it stands, also where it says something else.",
            "Currencies are not converted, and numbers written as words are read in part.",
        ),
    ),
    "answer_f1": CatalogEntry(
        "text:answer_f1",
        "overlap of words with the expected answer (F1)",
        blind=(
            "Other words for the same thing count as wrong, and the order of words not at all.",
            'One changed number or a "not" costs no more than any other word.',
            "A right answer that is longer than the expected one loses precision.",
        ),
    ),
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
    "chrf": CatalogEntry(
        "chrf:chrf",
        "overlap of characters, up to six in a row (chrF2)",
        blind=(
            "Other words for the same thing count as wrong.",
            'One changed digit or a "not" costs next to nothing in a long answer.',
        ),
    ),
    "similarity": CatalogEntry(
        "similarity:similarity",
        "cosine of the embeddings of two answers",
        blind=(
            'Negation: "is available" and "is not available" are near each other.',
            "One changed number, date or name moves it little.",
            "Its values are those of the embedder: limits do not carry over to another one.",
        ),
    ),
    "passage_recall": CatalogEntry(
        "retrieval:passage_recall",
        "share of the gold passages that retrieval found",
        blind=(
            "Passages that answer as well, but that nobody labeled, do not count.",
            "What else was retrieved, and in which order, does not count without `k`.",
        ),
    ),
    "passage_precision": CatalogEntry(
        "retrieval:passage_precision",
        "share of the retrieved passages that are relevant",
        blind=(
            "Passages that answer as well, but that nobody labeled, count as irrelevant.",
            "It depends on how documents are cut: compare it at one chunking only.",
        ),
    ),
    "passage_mrr": CatalogEntry(
        "retrieval:passage_mrr",
        "1 / rank of the first relevant passage",
        blind=(
            "Nothing behind the first relevant passage counts.",
            "It depends on how documents are cut: compare it at one chunking only.",
        ),
    ),
    "passage_ndcg": CatalogEntry(
        "retrieval:passage_ndcg",
        "gold text found, the sooner the better (nDCG)",
        blind=(
            "Passages that answer as well, but that nobody labeled, do not count.",
            "It depends on how documents are cut: compare it at one chunking only.",
        ),
    ),
    "groundedness": CatalogEntry(
        "groundedness:groundedness",
        "how far the passages say what the answer says; lexical",
        blind=(
            "A true paraphrase, or the result of a calculation, scores low.",
            "A false sentence made of the words and numbers of the passages scores high.",
            "It reads English.",
        ),
    ),
    "refusal": CatalogEntry(
        "refusal:refusal",
        "1 if it refuses exactly what it cannot answer",
        blind=(
            "Whether the answer is right is not judged.",
            "It reads English, and your own phrases; a refusal after the beginning is not seen.",
        ),
    ),
    "pii_leak": CatalogEntry(
        "pii:pii_leak",
        "1 if the answer leaks personal data; lower is better",
        blind=(
            "Names, street addresses and dates of birth are not looked for.",
            "Dates in a row can look like a phone number.",
        ),
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
    "latency": CatalogEntry(
        "operational:latency",
        "model seconds on the critical path",
        blind=(
            "Retrieval and your own code do not count where a model is asked by the run.",
            "Calls that are recorded show the time that they once took.",
        ),
    ),
    "tokens": CatalogEntry(
        "operational:tokens",
        "tokens read and written",
        blind=("Tokens read and tokens written weigh the same, whatever they cost.",),
    ),
    "cost": CatalogEntry(
        "operational:cost",
        "US dollars paid",
        blind=("Prices are those of the catalog; discounts of an invoice are not known.",),
    ),
    "recorded": CatalogEntry(
        "recorded:recorded",
        "a score that came with the answer or the case",
        blind=("Who gave the score, and how, is known to you alone.",),
    ),
}


def load_metric(name: str) -> MetricFunction:
    """The function of a metric of this catalog.

    Raises:
        KeyError: the catalog has no such metric.
    """
    return cast("MetricFunction", load_attribute(f"{_PACKAGE}.{METRICS[name].function}"))
