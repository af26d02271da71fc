"""Retrieved passages against the question, as far as embeddings tell; needs no labels."""

from collections.abc import Sequence

from pydantic import JsonValue

from genaiops.metrics.declare import metric
from genaiops.metrics.retrieval import K
from genaiops.metrics.values import texts_in
from genaiops.protocols import Embedder
from genaiops.records import Passage, Score

_LONGEST = 60


@metric()
async def context_relevance(
    passages: Sequence[Passage], inputs: JsonValue, embedder: Embedder, *, k: K = None
) -> Score:
    """How far the retrieved passages are about the question: the mean of their cosines with it.

    A cosine below 0 counts as 0, and nothing retrieved scores 0. The values depend on the embedder
    and on how long passages are: compare them with a baseline, not with those of other projects.

    Args:
        passages: What was retrieved, best first.
        inputs: The question: all texts of what the flow was given, or the one that a use names,
            `inputs: ${run.inputs.question}`.
        embedder: Embeds question and passages.
        k: How many retrieved passages count; None is all.
    """
    question = " ".join(texts_in(inputs))
    if not question.strip():
        return Score(reason="the inputs hold no text to compare with")
    texts = [each.text for each in passages[:k]]
    if not texts:
        return Score(value=0.0, explanation="nothing was retrieved")
    vectors = await embedder.embed([question, *texts])
    cosines = [min(1.0, max(0.0, float(each))) for each in vectors[1:] @ vectors[0]]
    least = min(range(len(texts)), key=cosines.__getitem__)
    place = f"passage {least + 1} of {len(texts)}, {passages[least].document}"
    told = f"least relevant with {cosines[least]:.2f}: {place}"
    text = " ".join(texts[least].split())
    shown = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    return Score(value=sum(cosines) / len(cosines), explanation=told, evidence=(shown,))
