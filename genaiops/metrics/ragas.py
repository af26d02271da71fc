"""Metrics of ragas by its own code and prompts, with the models and embedders of the catalog.

ragas is loaded when the first case is scored, so that a check or a plan does not wait for it.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import cast

from genaiops.metrics.declare import Extra, MetricDeclaration
from genaiops.metrics.values import Text
from genaiops.protocols import Embedder, Model
from genaiops.records import Passage, Score
from genaiops.resolve import load_extra

Passages = Sequence[Passage]
_Ask = Callable[[str, Mapping[str, object], Model, Embedder | None], Awaitable[Score]]
_FEATURE = "a metric of ragas"
_SOURCE = Extra("ragas", "ragas")

_by_question = MetricDeclaration(
    needs={"question": "${run.inputs.question}"}, extra=_SOURCE, version="0.4.3"
)
_by_texts = MetricDeclaration(extra=_SOURCE, version="0.4.3")
_noise = MetricDeclaration(
    needs={"question": "${run.inputs.question}"},
    extra=_SOURCE,
    version="0.4.3",
    direction="lower",
)


@_by_question
async def faithfulness(answer: Text, passages: Passages, question: Text, model: Model) -> Score:
    """The share of statements of the answer that the model infers from the passages.

    Args:
        answer: Is split into statements by the model.
        passages: What they should follow from.
        question: What was asked.
        model: Splits and judges; two calls.

    Source: ragas 0.4.3, Faithfulness.
    """
    return await _scored(
        "Faithfulness",
        {"user_input": question, "response": answer, "retrieved_contexts": _texts(passages)},
        model,
    )


@_by_question
async def context_recall(passages: Passages, expected: Text, question: Text, model: Model) -> Score:
    """The share of sentences of the expected answer that the model attributes to the passages.

    Args:
        passages: What was retrieved.
        expected: The expected answer.
        question: What was asked.
        model: Attributes; one call.

    Source: ragas 0.4.3, ContextRecall.
    """
    return await _scored(
        "ContextRecall",
        {"user_input": question, "reference": expected, "retrieved_contexts": _texts(passages)},
        model,
    )


@_by_question
async def context_precision(
    passages: Passages, expected: Text, question: Text, model: Model
) -> Score:
    """Average precision of the passages that the model calls useful for the expected answer.

    Args:
        passages: What was retrieved, best first.
        expected: The expected answer.
        question: What was asked.
        model: Judges each passage; a call for each.

    Source: ragas 0.4.3, ContextPrecision.
    """
    return await _scored(
        "ContextPrecision",
        {"user_input": question, "reference": expected, "retrieved_contexts": _texts(passages)},
        model,
    )


@_by_question
async def context_utilization(
    answer: Text, passages: Passages, question: Text, model: Model
) -> Score:
    """Average precision of the passages that the model calls useful for the answer itself.

    Args:
        answer: What was answered.
        passages: What was retrieved, best first.
        question: What was asked.
        model: Judges each passage; a call for each.

    Source: ragas 0.4.3, ContextUtilization.
    """
    return await _scored(
        "ContextUtilization",
        {"user_input": question, "response": answer, "retrieved_contexts": _texts(passages)},
        model,
    )


@_by_question
async def context_relevance(passages: Passages, question: Text, model: Model) -> Score:
    """How far the passages hold what answers the question: the mean of two prompts' 0, 1, 2.

    Args:
        passages: What was retrieved.
        question: What was asked.
        model: Rates twice; two calls.

    Source: ragas 0.4.3, ContextRelevance, which NVIDIA gave.
    """
    given = {"user_input": question, "retrieved_contexts": _texts(passages)}
    return await _scored("ContextRelevance", given, model)


@_by_texts
async def response_groundedness(answer: Text, passages: Passages, model: Model) -> Score:
    """How far the passages support the answer: the mean of two prompts' 0, 1, 2.

    Args:
        answer: What was answered.
        passages: What should support it.
        model: Rates twice; two calls.

    Source: ragas 0.4.3, ResponseGroundedness, which NVIDIA gave.
    """
    given = {"response": answer, "retrieved_contexts": _texts(passages)}
    return await _scored("ResponseGroundedness", given, model)


@_by_question
async def answer_relevancy(answer: Text, question: Text, model: Model, embedder: Embedder) -> Score:
    """Mean cosine of the question and three that the model makes of the answer.

    A noncommittal answer scores 0; a negative cosine counts as 0.

    Args:
        answer: What was answered.
        question: What was asked.
        model: Makes questions; three calls.
        embedder: Compares them.

    Source: ragas 0.4.3, AnswerRelevancy.
    """
    given = {"user_input": question, "response": answer}
    return await _scored("AnswerRelevancy", given, model, embedder)


@_by_question
async def answer_correctness(
    answer: Text, expected: Text, question: Text, model: Model, embedder: Embedder
) -> Score:
    """F1 of the statements of answer and expected answer, with a quarter of their cosine.

    Args:
        answer: What was answered.
        expected: The expected answer.
        question: What was asked.
        model: Splits and compares; three calls.
        embedder: Gives the cosine.

    Source: ragas 0.4.3, AnswerCorrectness.
    """
    given = {"user_input": question, "response": answer, "reference": expected}
    return await _scored("AnswerCorrectness", given, model, embedder)


@_by_question
async def answer_accuracy(answer: Text, expected: Text, question: Text, model: Model) -> Score:
    """How far the answer agrees with the expected one: the mean of two prompts' 0, 2, 4.

    Args:
        answer: What was answered.
        expected: The expected answer.
        question: What was asked.
        model: Rates in both directions; two calls.

    Source: ragas 0.4.3, AnswerAccuracy, which NVIDIA gave.
    """
    given = {"user_input": question, "response": answer, "reference": expected}
    return await _scored("AnswerAccuracy", given, model)


@_by_texts
async def factual_correctness(answer: Text, expected: Text, model: Model) -> Score:
    """F1 of the claims of the answer and of the expected one, each verified against the other.

    Args:
        answer: What was answered.
        expected: The expected answer.
        model: Splits and verifies; four calls.

    Source: ragas 0.4.3, FactualCorrectness.
    """
    return await _scored("FactualCorrectness", {"response": answer, "reference": expected}, model)


@_noise
async def noise_sensitivity(
    answer: Text, passages: Passages, expected: Text, question: Text, model: Model
) -> Score:
    """The share of statements of the answer that are wrong and follow from relevant passages.

    Args:
        answer: What was answered.
        passages: What was retrieved.
        expected: The expected answer.
        question: What was asked.
        model: Splits and judges; two calls and two more for each passage.

    Source: ragas 0.4.3, NoiseSensitivity.
    """
    given: dict[str, object] = {"user_input": question, "response": answer, "reference": expected}
    given["retrieved_contexts"] = _texts(passages)
    return await _scored("NoiseSensitivity", given, model)


@_by_texts
async def context_entity_recall(passages: Passages, expected: Text, model: Model) -> Score:
    """The share of entities of the expected answer that the passages name.

    Args:
        passages: What was retrieved.
        expected: The expected answer.
        model: Finds entities; two calls.

    Source: ragas 0.4.3, ContextEntityRecall.
    """
    given = {"reference": expected, "retrieved_contexts": _texts(passages)}
    return await _scored("ContextEntityRecall", given, model)


async def _scored(
    name: str, given: Mapping[str, object], model: Model, embedder: Embedder | None = None
) -> Score:
    """The score of a class of ragas; what it cannot do without is looked at before.

    Raises:
        CallError: the model gives no usable answer.
        MissingExtra: ragas is not installed.
    """
    missing = next((text for text, value in given.items() if not value), None)
    if missing is not None:
        return Score(reason=f"ragas: no {_CALLED[missing]} to judge by")
    door = load_extra("genaiops.metrics.ragas_scoring", _FEATURE, "ragas")
    return await cast("_Ask", door.score)(name, given, model, embedder)


_CALLED = {
    "user_input": "question",
    "response": "answer",
    "reference": "expected answer",
    "retrieved_contexts": "passages",
}
"""What ragas calls the parts of a case, and what they are here."""


def _texts(passages: Passages) -> list[str]:
    return [passage.text for passage in passages]
