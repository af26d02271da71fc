"""Answers against the question, as far as embeddings tell; needs no labels."""

from pydantic import JsonValue

from genaiops.metrics.claims import split_claims
from genaiops.metrics.declare import metric
from genaiops.metrics.values import Text, texts_in
from genaiops.protocols import Embedder
from genaiops.records import NOT_APPLICABLE, Score

LONGEST = 50
"""Sentences of an answer that are embedded: who answers does so by then."""


def _not_answerable(answerable: bool = True) -> str | None:  # noqa: FBT001, FBT002  called by keywords
    return None if answerable else "there is nothing to answer from"


@metric(applies_when=_not_answerable)
async def answer_relevance(
    answer: Text, inputs: JsonValue, embedder: Embedder, *, answerable: bool = True
) -> Score:
    """How far the answer is about the question: the cosine of the question and its best sentence.

    Beside sentences that say something, questions and pleasantries do not count. A cosine below 0
    counts as 0, and so does an answer that refuses, or says nothing. The values depend on the
    embedder: compare them with a baseline, not with those of other projects. `judges/relevance`
    asks a model.

    Args:
        answer: Its first 50 sentences are read.
        inputs: The question: all texts of what the flow was given, or the one that a use names,
            `inputs: ${run.inputs.question}`.
        embedder: Embeds question and sentences.
        answerable: Whether this case can be answered, `${case.expected.answerable}`; those that
            cannot are left out, as a refusal is the right answer to them.
    """
    why_not = _not_answerable(answerable)
    if why_not is not None:
        return Score(reason=f"{NOT_APPLICABLE}: {why_not}")
    question = " ".join(texts_in(inputs))
    if not question.strip():
        return Score(reason="the inputs hold no text to compare with")
    sentences = [claim.text for claim in split_claims(answer)[:LONGEST]]
    if not sentences:
        return Score(value=0.0, explanation="the answer refuses, or says nothing")
    vectors = await embedder.embed([question, *sentences])
    cosines = [min(1.0, max(0.0, float(each))) for each in vectors[1:] @ vectors[0]]
    best = max(range(len(sentences)), key=cosines.__getitem__)
    told = f"nearest to the question: sentence {best + 1} of {len(sentences)}"
    return Score(value=cosines[best], explanation=told, evidence=(sentences[best],))
