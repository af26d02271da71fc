"""Exact search: one product of the matrix with the query."""

from genaiops.index.ranking import best_rows
from genaiops.protocols import Vectors


class ExactStore:
    """Looks at every row; quick up to about 50,000, and the truth that other stores must meet."""

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = vectors

    def search(self, query: Vectors, k: int) -> list[tuple[int, float]]:
        """The k nearest rows to a unit vector of shape (dimensions,) with cosine, best first."""
        return best_rows(self._vectors @ query, k)

    def close(self) -> None:
        """Nothing is held."""
