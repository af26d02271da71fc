import numpy as np
import pytest

from genaiops.stats.agreement import ac1, kappa, rating_pairs, share_agreeing
from genaiops.stats.bootstrap import Measured, measured

PEOPLE = [0] * 50 + [1] * 50
JUDGE = [0] * 40 + [1] * 10 + [0] * 5 + [1] * 45


def test_an_interval_holds_its_value_and_narrows_with_the_answers() -> None:
    few = measured(rating_pairs(PEOPLE, JUDGE, 2), kappa)
    many = measured(rating_pairs(PEOPLE * 9, JUDGE * 9, 2), kappa)
    assert few.value == many.value == pytest.approx(0.7)
    for found in (few, many):
        assert found.low is not None
        assert found.high is not None
        assert found.low < 0.7 < found.high
    assert width(many) == pytest.approx(width(few) / 3, rel=0.15)


def width(found: Measured) -> float:
    assert found.low is not None
    assert found.high is not None
    return found.high - found.low


def test_the_interval_of_a_share_is_about_the_binomial_one() -> None:
    found = measured(rating_pairs(PEOPLE, JUDGE, 2), share_agreeing)
    assert found.low == pytest.approx(0.765, abs=0.015)  # Wilson
    assert found.high == pytest.approx(0.907, abs=0.015)


def test_the_order_of_answers_does_not_matter() -> None:
    order = np.random.default_rng(1).permutation(100)
    tables = rating_pairs(PEOPLE, JUDGE, 2)
    assert measured(tables, ac1) == measured(tables[order], ac1)


def test_answers_that_all_agree_have_an_interval_that_is_not_a_point() -> None:
    found = measured(rating_pairs([1] * 100, [1] * 100, 2), share_agreeing)
    assert (found.value, found.high) == (1.0, 1.0)
    assert found.low == pytest.approx(0.05 ** (1 / 100))


def test_one_answer_proves_nothing() -> None:
    found = measured(rating_pairs([1], [1], 2), ac1)
    assert found.value == 1
    assert found.low is not None
    assert found.low < 0


def test_no_answer_and_no_measure_are_none() -> None:
    assert measured(rating_pairs([], [], 2), ac1) == Measured(None, None, None)
    assert measured(rating_pairs([1] * 5, [1] * 5, 2), kappa) == Measured(None, None, None)


@pytest.mark.slow
def test_95_percent_intervals_hold_the_true_value_about_as_often() -> None:
    generator = np.random.default_rng(7)
    cells = np.array([0.55, 0.10, 0.05, 0.30])
    truth = float(ac1(cells.reshape(2, 2)))
    held = 0
    for _ in range(300):
        drawn = generator.choice(4, size=100, p=cells)
        found = measured(rating_pairs(list(drawn // 2), list(drawn % 2), 2), ac1)
        assert found.low is not None
        assert found.high is not None
        held += found.low <= truth <= found.high
    assert 0.91 <= held / 300 <= 0.98
