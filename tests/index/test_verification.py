from collections.abc import Sequence

import numpy as np
import pytest

from genaiops.index.exact import ExactStore
from genaiops.index.verification import fault_of_search, fault_of_vectors
from genaiops.protocols import Vectors


def unit_vectors(rows: int, dimensions: int = 8) -> Vectors:
    drawn = np.random.default_rng(3).normal(size=(rows, dimensions)).astype(np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


class _Shifted:
    """Answers with the neighbor of each row that it should find."""

    def __init__(self, vectors: Vectors) -> None:
        self.exact = ExactStore(vectors)
        self.rows = len(vectors)

    def search(self, query: Vectors, k: int) -> Sequence[tuple[int, float]]:
        return [((row + 1) % self.rows, score) for row, score in self.exact.search(query, k)]


class _Forgetful:
    """Finds only the best row."""

    def __init__(self, vectors: Vectors) -> None:
        self.exact = ExactStore(vectors)

    def search(self, query: Vectors, k: int) -> Sequence[tuple[int, float]]:
        return self.exact.search(query, min(k, 1))


class _Outside:
    """Answers with rows that there are not."""

    def __init__(self, vectors: Vectors) -> None:
        self.exact = ExactStore(vectors)

    def search(self, query: Vectors, k: int) -> Sequence[tuple[int, float]]:
        return [(row + 10_000, score) for row, score in self.exact.search(query, k)]


@pytest.mark.parametrize("rows", [1, 2, 9, 10, 300])
def test_exact_search_passes(rows: int) -> None:
    vectors = unit_vectors(rows)
    assert fault_of_search(ExactStore(vectors), vectors) is None


def test_equal_rows_may_stand_in_for_each_other() -> None:
    vectors = np.repeat(unit_vectors(2), 50, axis=0)
    assert fault_of_search(ExactStore(vectors[::-1]), vectors[::-1]) is None


def test_a_store_that_gives_other_rows_is_caught() -> None:
    vectors = unit_vectors(50)
    assert "a cosine of 1.000 instead of" in (fault_of_search(_Shifted(vectors), vectors) or "")


def test_a_store_that_misses_neighbors_is_caught() -> None:
    vectors = unit_vectors(50)
    assert fault_of_search(_Forgetful(vectors), vectors) == (
        "it finds 10% of the nearest neighbors of its own rows"
    )


def test_a_row_that_is_not_there_is_caught() -> None:
    vectors = unit_vectors(50)
    assert "gives row 10000" in (fault_of_search(_Outside(vectors), vectors) or "")


def test_unit_vectors_have_no_fault() -> None:
    assert fault_of_vectors(unit_vectors(5), 5, 8) is None


@pytest.mark.parametrize(
    ("vectors", "message"),
    [
        (unit_vectors(4), "shape (4, 8) instead of (5, 8)"),
        (unit_vectors(5, 7), "shape (5, 7) instead of (5, 8)"),
        (np.full((5, 8), np.inf, np.float32), "not finite"),
        (np.zeros((5, 8), np.float32), "the length of row 0 is 0 instead of 1"),
    ],
)
def test_the_fault_of_vectors_is_told(vectors: Vectors, message: str) -> None:
    assert message in (fault_of_vectors(vectors, 5, 8) or "")
