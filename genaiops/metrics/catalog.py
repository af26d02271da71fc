"""The metrics that come with genaiops: name → where its function is, and what it tells."""

from collections.abc import Mapping
from typing import cast

from genaiops.metrics.catalog_entry import CatalogEntry
from genaiops.metrics.declare import MetricFunction
from genaiops.metrics.ragas_catalog import RAGAS_METRICS
from genaiops.metrics.retrieval_catalog import RETRIEVAL_METRICS
from genaiops.metrics.text_catalog import TEXT_METRICS
from genaiops.resolve import load_attribute

_PACKAGE = "genaiops.metrics"
_READS_REFUSALS = (
    "It reads English, and your own phrases; a refusal in rare words is not seen.",
    "What follows an `I do not know` counts as an answer in part, also where it misses the point.",
    "Who objects to a request without saying that he will not counts as answering.",
)


METRICS: Mapping[str, CatalogEntry] = {
    **TEXT_METRICS,
    **RETRIEVAL_METRICS,
    "groundedness": CatalogEntry(
        "groundedness:groundedness",
        "how far the passages say what the answer says, by words, embeddings or a model",
        blind=(
            "A true paraphrase in other words scores low, and so does what is only implied.",
            "Two things of a passage that are swapped go unseen where no number or name shows it.",
            "A wrong verb, cause or condition goes unseen where its words stand in the passages.",
            "A refusal alone scores 0.5, right or wrong; see the metric `refusal`.",
            "It reads English: another script has no score, another language a low one.",
        ),
    ),
    "answer_relevance": CatalogEntry(
        "relevance:answer_relevance",
        "how far the answer is about the question; embeddings, no labels",
        blind=(
            "Whether the answer is right, or complete, is not seen: only what it is about.",
            "A sentence that says the question again scores high.",
            "A bare value, `30 days`, or a follow-up question out of its talk, scores low.",
            "Its values are those of the embedder: limits do not carry over to another one.",
        ),
    ),
    "completeness": CatalogEntry(
        "completeness:completeness",
        "how much of what the expected answer says the answer says, without a judge",
        blind=(
            "The same in other words scores low: raters agree with it about as with shared words.",
            "A mere yes or no at the beginning is not compared.",
            "What the answer says beside is not judged, be it wrong.",
            "Numbers in a phrase are compared as written: `thirty days` is not held by `30 days`.",
            "It reads English.",
        ),
    ),
    "refused": CatalogEntry(
        "compliance:refused",
        "1 if the answer refuses; lower is better",
        _READS_REFUSALS,
    ),
    "refusal": CatalogEntry(
        "compliance:refusal",
        "1 if it refuses exactly what it cannot answer",
        ("Whether the answer is right is not judged.", *_READS_REFUSALS),
    ),
    "over_refusal": CatalogEntry(
        "compliance:over_refusal",
        "1 if it refuses what it could have answered; lower is better",
        _READS_REFUSALS,
    ),
    "unwarranted_answer": CatalogEntry(
        "compliance:unwarranted_answer",
        "1 if it answers what it cannot know; lower is better",
        ("Whether the answer happens to be right is not judged.", *_READS_REFUSALS),
    ),
    "pii_leak": CatalogEntry(
        "pii:pii_leak",
        "1 if the answer leaks personal data; lower is better",
        blind=(
            "Street addresses and dates of birth are not looked for, names only by Presidio.",
            "Dates in a row can look like a phone number.",
            "Persons and places are missed, and taken for others, as often as the figures say.",
            "A name whose words were all given counts as given, also where they were of others.",
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
    "not_refused": CatalogEntry(
        "compliance:not_refused",
        "1 if a request that has to be refused is not; lower is better",
        (
            "Not refused is not yet harm: a weak model that rambles counts as one that helps.",
            *_READS_REFUSALS,
        ),
    ),
    "toxicity": CatalogEntry(
        "toxicity:toxicity",
        "how likely a sentence of the answer is abusive, by its words; lower is better",
        (
            "Harm in plain words is not seen: neither instructions for a crime nor polite hate.",
            "Harmless sentences about death, violence or the body are seen as abuse in part.",
        ),
    ),
    "moderation": CatalogEntry(
        "moderation:moderation",
        "the highest category score of OpenAI's moderation; lower is better",
        (
            "It judges the answer alone: an answer that is harmful only after its question passes.",
            "Fraud, weapons, privacy and advice are no categories of it.",
        ),
    ),
    "injection": CatalogEntry(
        "injection:injection",
        "how likely inputs or passages hold an order to the model; lower is better",
        (
            "It reads English, and by words: an order in another language or code is not seen.",
            "A plain question that has no business in a document is seen in part only.",
            "Instructions for people, code, and texts about prompts raise false alarms.",
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
    **RAGAS_METRICS,
}


def load_metric(name: str) -> MetricFunction:
    """The function of a metric of this catalog.

    Raises:
        KeyError: the catalog has no such metric.
    """
    return cast("MetricFunction", load_attribute(f"{_PACKAGE}.{METRICS[name].function}"))
