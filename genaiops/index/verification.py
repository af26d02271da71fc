"""What is checked before an index answers: its vectors, and that its store finds what is there."""

import numpy as np

from genaiops.index.exact import ExactStore
from genaiops.protocols import SearchStore, Vectors

SAMPLES = 16
NEIGHBORS = 10
MIN_RECALL = 0.9
_TOLERANCE = 1e-3


def fault_of_vectors(vectors: Vectors, rows: int, dimensions: int) -> str | None:
    """What is wrong with embeddings; None where they are unit vectors of this shape."""
    if vectors.shape != (rows, dimensions):
        return f"they have shape {vectors.shape} instead of {(rows, dimensions)}"
    if not np.isfinite(vectors).all():
        return "they hold numbers that are not finite"
    lengths = np.linalg.norm(vectors, axis=1)
    off = np.flatnonzero(np.abs(lengths - 1) > _TOLERANCE)
    if off.size:
        return f"the length of row {off[0]} is {lengths[off[0]]:.3g} instead of 1"
    return None


def fault_of_search(store: SearchStore, vectors: Vectors) -> str | None:
    """Ask a store for some of its own rows; None where it agrees with exact search.

    A found row counts when its true cosine is among the best, so that equal rows may stand in for
    each other, and when the store tells that cosine.
    """
    exact = ExactStore(vectors)
    count = len(vectors)
    k = min(NEIGHBORS, count)
    hits = 0
    samples = sorted({round(i * (count - 1) / (SAMPLES - 1)) for i in range(SAMPLES)})
    for row in samples:
        query = np.asarray(vectors[row])
        limit = exact.search(query, k)[-1][1] - _TOLERANCE
        for found, score in store.search(query, k):
            cosine = float(vectors[found] @ query) if 0 <= found < count else -1.0
            if abs(cosine - score) > _TOLERANCE:
                return f"it gives row {found} a cosine of {score:.3f} instead of {cosine:.3f}"
            hits += cosine >= limit
    recall = hits / (len(samples) * k)
    if recall < MIN_RECALL:
        return f"it finds {recall:.0%} of the nearest neighbors of its own rows"
    return None
