"""Best rows first, with ties in the order of the rows, and the fusion of two rankings. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RRF_K = 60
DIGITS = 6


@dataclass(frozen=True, slots=True)
class Ranked:
    """A row with its score and, from 1, its place and score in each ranking that holds it."""

    row: int
    score: float
    dense_rank: int | None = None
    dense_score: float | None = None
    lexical_rank: int | None = None
    lexical_score: float | None = None


def best_rows(scores: NDArray[np.floating], k: int) -> list[tuple[int, float]]:
    """The k rows with the highest scores, best first.

    Scores count to six decimals, so that noise of the arithmetic decides nothing; of equal scores
    the lower row comes first.

    Args:
        scores: Shape (rows,), finite.
        k: At least 0; fewer come back where there are fewer rows.
    """
    rounded = np.round(scores.astype(np.float64), DIGITS)
    if k <= 0 or rounded.size == 0:
        return []
    if k < rounded.size:
        limit = np.partition(rounded, rounded.size - k)[rounded.size - k]
        rows = np.flatnonzero(rounded >= limit)
    else:
        rows = np.arange(rounded.size)
    order = np.lexsort((rows, -rounded[rows]))[:k]
    return [(int(row), float(rounded[row])) for row in rows[order]]


def fuse(
    dense: Sequence[tuple[int, float]] | None, lexical: Sequence[tuple[int, float]] | None, k: int
) -> list[Ranked]:
    """The k best rows of one ranking, or of two by reciprocal rank.

    With two rankings a row scores the sum of 1 / (60 + rank) over those that hold it; with one it
    keeps its score there.

    Source: Cormack, Clarke and Büttcher (2009), Reciprocal rank fusion, section 2.
    """
    in_dense = {row: (rank, score) for rank, (row, score) in enumerate(dense or (), start=1)}
    in_lexical = {row: (rank, score) for rank, (row, score) in enumerate(lexical or (), start=1)}
    is_fused = dense is not None and lexical is not None

    def ranked(row: int) -> Ranked:
        dense_rank, dense_score = in_dense.get(row, (None, None))
        lexical_rank, lexical_score = in_lexical.get(row, (None, None))
        score = dense_score if dense_score is not None else lexical_score or 0.0
        if is_fused:
            score = sum(1 / (RRF_K + rank) for rank in (dense_rank, lexical_rank) if rank)
        return Ranked(row, score, dense_rank, dense_score, lexical_rank, lexical_score)

    found = [ranked(row) for row in in_dense.keys() | in_lexical.keys()]
    return sorted(found, key=lambda one: (-round(one.score, 12), one.row))[:k]
