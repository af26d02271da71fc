import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.stats import holm_adjusted
from tests.stats.strategies import steady

p_values = st.lists(st.floats(0, 1), max_size=12)


def test_adjustment_of_a_worked_example() -> None:
    assert holm_adjusted([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))


def test_a_single_test_stays_as_it_is() -> None:
    assert holm_adjusted([0.03]) == (0.03,)


def test_no_tests_are_no_tests() -> None:
    assert holm_adjusted([]) == ()


@steady
@given(p_values)
def test_adjusting_raises_within_the_bounds_of_bonferroni(values: list[float]) -> None:
    for value, adjusted in zip(values, holm_adjusted(values), strict=True):
        assert value <= adjusted <= min(1.0, value * len(values))


@steady
@given(p_values)
def test_adjusting_keeps_the_order(values: list[float]) -> None:
    pairs = sorted(zip(values, holm_adjusted(values), strict=True))
    assert [adjusted for _, adjusted in pairs] == sorted(adjusted for _, adjusted in pairs)


@steady
@given(p_values, st.sampled_from([0.01, 0.05, 0.2]))
def test_rejections_are_those_of_the_step_down_procedure(values: list[float], alpha: float) -> None:
    rejected = 0
    for value in sorted(values):
        if value * (len(values) - rejected) > alpha:
            break
        rejected += 1
    assert sum(adjusted <= alpha for adjusted in holm_adjusted(values)) == rejected
