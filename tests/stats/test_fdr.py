from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from genaiops.stats import holm_adjusted
from genaiops.stats.fdr import benjamini_hochberg_adjusted, e_bh_adjusted
from tests.stats.strategies import steady

p_values = st.lists(st.floats(0, 1), min_size=1, max_size=12)


@steady
@given(p_values)
def test_adjusted_p_values_are_those_of_scipy(found: list[float]) -> None:
    expected = stats.false_discovery_control(found)
    assert benjamini_hochberg_adjusted(found) == pytest.approx(tuple(expected), abs=1e-12)


@steady
@given(p_values)
def test_more_is_reported_than_where_no_finding_may_be_false(found: list[float]) -> None:
    adjusted = benjamini_hochberg_adjusted(found)
    assert all(
        one <= other + 1e-12 for one, other in zip(adjusted, holm_adjusted(found), strict=True)
    )


@pytest.mark.parametrize("q", [0.05, 0.1, 0.5])
def test_the_k_largest_e_values_are_reported_by_definition(q: float) -> None:
    e_values = np.exp(np.random.default_rng(2).normal(2, 2, 40))
    ordered = np.sort(e_values)[::-1]
    enough = [k for k in range(1, 41) if ordered[k - 1] >= 40 / (q * k)]
    reported = np.array(e_bh_adjusted(np.log(e_values).tolist())) <= q
    assert reported.sum() == max(enough, default=0)
    assert e_values[reported].min(initial=np.inf) >= e_values[~reported].max(initial=0)


def test_one_e_value_is_reported_from_1_over_q_on() -> None:
    assert e_bh_adjusted([log(20)]) == pytest.approx((0.05,))
    assert e_bh_adjusted([-3.0]) == (1.0,)


def test_e_values_beyond_all_numbers_are_reported() -> None:
    assert e_bh_adjusted([5000.0, 0.0])[0] == 0.0


def test_no_tests_are_no_tests() -> None:
    assert benjamini_hochberg_adjusted([]) == e_bh_adjusted([]) == ()
