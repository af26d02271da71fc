"""The metrics of ragas, with the extra that installs it."""

from collections.abc import Mapping

from genaiops.metrics.catalog_entry import CatalogEntry

_MODEL = (
    "It is as good as the model that is asked: calibrate it on labels of people. The answer and "
    "the passages stand in its prompt as they are, so an order in them may be obeyed."
)

RAGAS_METRICS: Mapping[str, CatalogEntry] = {
    "ragas.faithfulness": CatalogEntry(
        "ragas:faithfulness",
        "share of the statements of the answer that follow from the passages",
        (_MODEL, "An answer without statements, such as a refusal, has no score."),
    ),
    "ragas.context_recall": CatalogEntry(
        "ragas:context_recall",
        "share of the expected answer's sentences that the passages hold",
        (_MODEL,),
    ),
    "ragas.context_precision": CatalogEntry(
        "ragas:context_precision",
        "average precision of passages that help with the expected answer",
        (_MODEL,),
    ),
    "ragas.context_utilization": CatalogEntry(
        "ragas:context_utilization",
        "average precision of passages that help with the answer itself",
        (_MODEL, "A wrong answer can rest on useful passages."),
    ),
    "ragas.context_relevance": CatalogEntry(
        "ragas:context_relevance", "how far the passages answer the question", (_MODEL,)
    ),
    "ragas.response_groundedness": CatalogEntry(
        "ragas:response_groundedness", "how far the passages support the answer", (_MODEL,)
    ),
    "ragas.answer_relevancy": CatalogEntry(
        "ragas:answer_relevancy",
        "cosine of the question and questions that the answer would answer",
        (_MODEL, "A wrong answer to the point scores high.", "A noncommittal answer scores 0."),
    ),
    "ragas.answer_correctness": CatalogEntry(
        "ragas:answer_correctness",
        "statements shared with the expected answer (F1), and similarity",
        (_MODEL, "Where neither text makes statements, ragas takes them for equal."),
    ),
    "ragas.answer_accuracy": CatalogEntry(
        "ragas:answer_accuracy", "how far the answer agrees with the expected one", (_MODEL,)
    ),
    "ragas.factual_correctness": CatalogEntry(
        "ragas:factual_correctness",
        "claims shared with the expected answer (F1)",
        (_MODEL, "It is rounded to two digits."),
    ),
    "ragas.noise_sensitivity": CatalogEntry(
        "ragas:noise_sensitivity",
        "share of wrong statements that come from relevant passages; lower is better",
        (_MODEL,),
    ),
    "ragas.context_entity_recall": CatalogEntry(
        "ragas:context_entity_recall",
        "share of the expected answer's entities that the passages name",
        (_MODEL, "The same entity in another form counts as another one."),
    ),
}
