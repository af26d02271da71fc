import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.index.ranking import best_rows, fuse

SCORES = st.lists(st.sampled_from([0.0, 0.1, 0.5, 0.9]), max_size=12)
RANKINGS = st.lists(st.integers(0, 9), unique=True, max_size=10).map(
    lambda rows: [(row, 1 - i / 20) for i, row in enumerate(rows)]
)


@given(SCORES, st.integers(0, 14))
def test_the_best_rows_are_those_of_a_full_sort(scores: list[float], k: int) -> None:
    by_sorting = sorted(range(len(scores)), key=lambda row: (-scores[row], row))[:k]
    assert best_rows(np.array(scores), k) == [(row, scores[row]) for row in by_sorting]


def test_noise_below_six_decimals_decides_nothing() -> None:
    assert best_rows(np.array([0.5, 0.5 + 1e-8, 0.4]), 2) == [(0, 0.5), (1, 0.5)]


def test_reciprocal_ranks_add_up() -> None:
    fused = fuse([(7, 0.9), (3, 0.8)], [(3, 5.0), (1, 4.0)], 10)
    assert [(one.row, one.score) for one in fused] == [
        (3, pytest.approx(1 / 62 + 1 / 61)),
        (7, pytest.approx(1 / 61)),
        (1, pytest.approx(1 / 62)),
    ]
    assert (fused[0].dense_rank, fused[0].lexical_rank) == (2, 1)
    assert (fused[1].lexical_rank, fused[1].lexical_score) == (None, None)


@given(RANKINGS, RANKINGS)
def test_fusing_does_not_depend_on_which_ranking_is_which(
    one: list[tuple[int, float]], other: list[tuple[int, float]]
) -> None:
    there, back = fuse(one, other, 20), fuse(other, one, 20)
    assert [(found.row, found.score) for found in there] == [
        (found.row, found.score) for found in back
    ]


@given(RANKINGS, st.integers(0, 12))
def test_one_ranking_alone_keeps_its_order_and_scores(
    ranking: list[tuple[int, float]], k: int
) -> None:
    assert [(one.row, one.score) for one in fuse(ranking, None, k)] == ranking[:k]
    assert [(one.row, one.score) for one in fuse(None, ranking, k)] == ranking[:k]
