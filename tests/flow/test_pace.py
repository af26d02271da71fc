from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.flow.pace import Bucket, Window


def passed(bucket: Bucket, wishes: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """When each of the wished amounts passes, where each is wished so long after the one before."""
    now_s, done = 0.0, list[tuple[float, float]]()
    for pause_s, amount in wishes:
        now_s += pause_s
        now_s += bucket.wait_s(amount, now_s)
        bucket.take(amount, now_s)
        done.append((now_s, amount))
    return done


@given(st.integers(1, 2_000), st.lists(st.floats(0, 20), min_size=1, max_size=60))
def test_no_minute_sees_more_requests_than_the_limit(
    per_minute: int, pauses_s: list[float]
) -> None:
    times_s = [when for when, _ in passed(Bucket(per_minute, 0), [(p, 1) for p in pauses_s])]
    for first, begin_s in enumerate(times_s):
        within = [time_s for time_s in times_s[first:] if time_s < begin_s + 60 - 1e-6]
        assert len(within) <= per_minute


@given(st.lists(st.integers(1, 5_000), min_size=2, max_size=40))
def test_tokens_flow_at_the_limit_and_one_that_is_too_large_passes(amounts: list[int]) -> None:
    per_minute = 1_000
    done = passed(Bucket(per_minute, 0), [(0, amount) for amount in amounts])
    for before, after in pairwise(done):
        assert after[0] >= before[0]
    whole_s = done[-1][0]
    assert sum(amounts[:-1]) <= per_minute / 10 + per_minute / 60 * whole_s + 1e-6


def test_a_limit_of_one_is_one_a_minute() -> None:
    done = passed(Bucket(1, 0), [(0, 1), (0, 1), (0, 1)])
    assert [when for when, _ in done] == pytest.approx([0, 60, 120])


def test_what_was_not_needed_is_given_back_up_to_a_full_bucket() -> None:
    bucket = Bucket(600, 0)
    bucket.take(60, 0)
    assert bucket.wait_s(30, 0) == pytest.approx(30 / (541 / 60))
    bucket.take(-30, 0)
    assert bucket.wait_s(30, 0) == 0
    bucket.take(-1_000, 0)
    assert bucket.wait_s(60, 0) == 0
    bucket.take(60, 0)
    assert bucket.wait_s(1, 0) > 0


def test_a_clock_that_stands_still_or_goes_back_gives_nothing_for_free() -> None:
    bucket = Bucket(1, 100)
    bucket.take(1, 100)
    assert bucket.wait_s(1, 40) == pytest.approx(60)


def test_the_window_doubles_each_round_trip_until_congestion_and_then_grows_by_one() -> None:
    window, sizes = Window(most=float("inf")), list[int]()
    for _ in range(4):
        sizes.append(window.room)
        for _ in range(window.room):
            window.grow()
    assert sizes == [4, 8, 16, 32]
    window.shrink(10)
    assert window.size == pytest.approx(64 * 0.7)
    room = window.room
    for _ in range(room):
        window.grow()
    assert window.room == room + 1


def test_the_window_shrinks_once_a_second_and_never_below_one() -> None:
    window = Window(most=64)
    for _ in range(10):
        window.shrink(5.0)
    assert window.size == pytest.approx(2.8)
    for second in range(20):
        window.shrink(6.0 + second)
    assert window.room == 1


@given(st.integers(1, 100), st.lists(st.booleans(), max_size=200))
def test_the_window_stays_between_one_and_its_ceiling(most: int, outcomes: list[bool]) -> None:
    window = Window(most=most)
    for second, is_well in enumerate(outcomes):
        window.grow() if is_well else window.shrink(float(second))
        assert 1 <= window.room <= most
