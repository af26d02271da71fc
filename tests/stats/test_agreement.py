from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from genaiops.stats.agreement import (
    ac1,
    coincidences,
    kappa,
    krippendorff_alpha,
    rating_pairs,
    share_agreeing,
)
from tests.stats.strategies import steady

Table = list[list[int]]
Measure = Callable[[NDArray[np.float64]], NDArray[np.float64]]


def of_table(table: Table) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The table of pairs, and of coincidences, of answers that make up a table."""
    said = [
        (row, column) for row, cells in enumerate(table) for column, n in enumerate(cells)
        for _ in range(n)
    ]  # fmt: skip
    people, judge = zip(*said, strict=True)
    return rating_pairs(people, judge, len(table)).sum(0), coincidences(said, len(table)).sum(0)


@pytest.mark.parametrize(
    ("table", "agreeing", "by_kappa", "by_ac1", "by_alpha"),
    [
        ([[40, 10], [5, 45]], 0.85, 0.70000, 0.70075, 0.70075),
        ([[90, 5], [4, 1]], 0.91, 0.13462, 0.89956, 0.13853),
    ],
    ids=["balanced", "one category is rare"],
)
def test_check_numbers(
    table: Table, agreeing: float, by_kappa: float, by_ac1: float, by_alpha: float
) -> None:
    pairs, said = of_table(table)
    assert share_agreeing(pairs) == pytest.approx(agreeing)
    assert kappa(pairs) == pytest.approx(by_kappa, abs=1e-4)
    assert ac1(pairs) == pytest.approx(by_ac1, abs=1e-4)
    assert krippendorff_alpha(said) == pytest.approx(by_alpha, abs=1e-4)


def test_alpha_of_raters_who_left_answers_out() -> None:
    # The example with three coders and four values in Krippendorff's paper, as on Wikipedia.
    coders = (
        "*****3412113 3*3".replace(" ", ""),
        "1*21334 3*******".replace(" ", ""),
        "**21344*2113 3*4".replace(" ", ""),
    )
    ratings = [
        [int(each) - 1 for each in said if each != "*"] for said in zip(*coders, strict=True)
    ]
    said = coincidences(ratings, 4).sum(0)
    assert said.sum() == 26
    assert krippendorff_alpha(said) == pytest.approx(0.691, abs=5e-4)
    assert krippendorff_alpha(said, [1, 2, 3, 4]) == pytest.approx(0.811, abs=5e-4)


def test_weighted_kappa_by_hand() -> None:
    # Seen: 2 of 10 are one step apart; expected from shares (.4, .3, .3) and (.3, .4, .3).
    pairs, _ = of_table([[3, 1, 0], [0, 3, 0], [0, 0, 3]])
    expected = 0.4 * (0.4 + 4 * 0.3) + 0.3 * (0.3 + 0.3) + 0.3 * (4 * 0.3 + 0.4)
    assert kappa(pairs, [1, 2, 3]) == pytest.approx(1 - 0.1 / expected)


def test_kappa_is_not_defined_where_all_say_the_same_and_ac1_is_1() -> None:
    pairs, said = of_table([[7, 0], [0, 0]])
    assert np.isnan(kappa(pairs))
    assert np.isnan(krippendorff_alpha(said))
    assert ac1(pairs) == 1
    assert share_agreeing(pairs) == 1


def test_nothing_is_defined_without_answers() -> None:
    nothing = np.zeros((2, 2))
    measures: tuple[Measure, ...] = (share_agreeing, kappa, ac1, krippendorff_alpha)
    assert all(np.isnan(measure(nothing)) for measure in measures)


def test_a_single_rating_says_nothing() -> None:
    assert not coincidences([[0], []], 2).any()


tables = st.lists(st.lists(st.integers(0, 20), min_size=3, max_size=3), min_size=3, max_size=3)


@steady
@given(tables.filter(lambda table: sum(map(sum, table)) > 1))
def test_measures_are_at_most_1_and_do_not_care_who_is_called_the_judge(table: Table) -> None:
    pairs, said = of_table(table)
    for measure in (kappa, ac1):
        here, there = measure(pairs), measure(pairs.T)
        assert np.isnan(here) or here <= 1 + 1e-9
        assert here == pytest.approx(there, nan_ok=True)
    alpha = krippendorff_alpha(said)
    assert np.isnan(alpha) or alpha <= 1 + 1e-9


@steady
@given(tables.filter(lambda table: sum(map(sum, table)) > 1))
def test_many_tables_at_once_are_each_by_itself(table: Table) -> None:
    pairs, said = of_table(table)
    for measure, one in ((kappa, pairs), (ac1, pairs), (krippendorff_alpha, said)):
        both = measure(np.stack([one, 2 * one + np.eye(3)]))
        assert both[0] == pytest.approx(measure(one), nan_ok=True)
        assert both[1] == pytest.approx(measure(2 * one + np.eye(3)))
