import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.flow.slowness import Slowness

SECONDS = st.lists(st.floats(0, 100), max_size=60)


@given(SECONDS)
def test_slow_is_what_all_but_a_twentieth_of_the_calls_do_not_reach(seconds: list[float]) -> None:
    slowness = Slowness()
    for each_s in seconds:
        slowness.took(each_s)
    if len(seconds) < 20:
        assert slowness.limit_s is None
    else:
        assert slowness.limit_s == np.quantile(seconds, 0.95, method="inverted_cdf")


def test_only_the_last_thousand_calls_tell() -> None:
    slowness = Slowness()
    for each_s in [9.0] * 1_000 + [1.0] * 1_000:
        slowness.took(each_s)
    assert slowness.limit_s == 1


@pytest.mark.parametrize(("calls", "races"), [(19, 0), (20, 1), (39, 1), (40, 2), (1_000, 50)])
def test_no_more_than_a_twentieth_of_the_calls_are_raced(calls: int, races: int) -> None:
    slowness = Slowness()
    for _ in range(calls):
        slowness.took(1)
    while slowness.may_race:
        slowness.raced += 1
    assert slowness.raced == races
