"""Answers compared with expected ones by their meaning, as far as embeddings tell."""

from genaiops.metrics.declare import metric
from genaiops.metrics.values import Text, Texts
from genaiops.protocols import Embedder


@metric()
async def similarity(answer: Text, expected: Texts, embedder: Embedder) -> float:
    """Cosine of the embeddings of the answer and the expected one, 0 where negative.

    Of several expected answers the nearest counts. Blind to negation: "is available" and
    "is not available" are near each other.
    """
    vectors = await embedder.embed([answer, *expected])
    cosines = vectors[1:] @ vectors[0]
    return min(1.0, max(0.0, float(cosines.max()))) if len(cosines) else 0.0
