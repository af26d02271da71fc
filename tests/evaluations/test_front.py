import numpy as np

from genaiops.evaluations.columns import amount_columns
from genaiops.evaluations.contrasts import Contrasts, contrast
from genaiops.evaluations.front import Savings, front, savings
from tests.evaluations.arms import arms_of, columns_of, graded

UNKNOWN = Savings(np.zeros((2, 2), bool), np.zeros(2, bool))
FIRST_NEEDS_LESS = Savings(np.array([[False, True], [False, False]]), np.ones(2, bool))
SECOND_NEEDS_LESS = Savings(np.array([[False, False], [True, False]]), np.ones(2, bool))


def quality(shifts: list[float], n: int = 100) -> Contrasts:
    return contrast(columns_of(arms_of(graded(n, shifts))), level=0.95, seed=0)


def test_better_and_cheaper_takes_the_other_off_the_front() -> None:
    assert front(quality([0.2, 0.0]), FIRST_NEEDS_LESS, UNKNOWN, margin=None) == (True, False)


def test_better_and_dearer_leaves_both_on_it() -> None:
    assert front(quality([0.2, 0.0]), SECOND_NEEDS_LESS, UNKNOWN, margin=None) == (True, True)


def test_cheaper_but_proven_slower_leaves_both_on_it() -> None:
    found = front(quality([0.2, 0.0]), FIRST_NEEDS_LESS, SECOND_NEEDS_LESS, margin=None)
    assert found == (True, True)


def test_no_difference_in_quality_dominates_only_within_a_margin() -> None:
    equal = quality([0.0, 0.0])
    assert front(equal, FIRST_NEEDS_LESS, UNKNOWN, margin=None) == (True, True)
    assert front(equal, FIRST_NEEDS_LESS, UNKNOWN, margin=0.1) == (True, False)


def test_nothing_is_said_where_neither_cost_nor_time_is_known() -> None:
    assert front(quality([0.2, 0.0]), UNKNOWN, UNKNOWN, margin=None) == (None, None)


def test_amounts_that_never_vary_need_no_proof() -> None:
    columns = columns_of(arms_of([[0.5, 0.5]]))
    found = savings(amount_columns(columns, [{"c000": 0.01}, {"c000": 0.02}]), level=0.95, seed=0)
    assert found.less.tolist() == [[False, True], [False, False]]


def test_amounts_that_vary_need_proof() -> None:
    generator = np.random.default_rng(1)
    columns = columns_of(arms_of(np.full((40, 2), 0.5)))
    slow = dict(zip(columns.ids, generator.exponential(2.0, 40), strict=True))
    alike = dict(zip(columns.ids, generator.exponential(2.0, 40), strict=True))
    fast = {case_id: took / 4 for case_id, took in slow.items()}
    assert savings(amount_columns(columns, [fast, slow]), level=0.95, seed=0).less[0, 1]
    assert not savings(amount_columns(columns, [alike, slow]), level=0.95, seed=0).less.any()


def test_an_unknown_amount_saves_nothing() -> None:
    columns = columns_of(arms_of(np.full((8, 2), 0.5)))
    known = dict.fromkeys(columns.ids, 1.0)
    found = savings(amount_columns(columns, [known, {}]), level=0.95, seed=0)
    assert not found.less.any()
    assert found.known.tolist() == [True, False]
