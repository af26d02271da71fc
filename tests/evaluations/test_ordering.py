import random
from collections.abc import Iterable, Iterator
from heapq import heapreplace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.evaluations.ordering import largest_first, size_of

SIZES = st.lists(st.integers(0, 20), max_size=60)


@given(SIZES, st.integers(1, 70))
def test_each_thing_comes_once(sizes: list[int], window: int) -> None:
    things = list(enumerate(sizes))
    assert sorted(largest_first(things, lambda thing: thing[1], window=window)) == things


@given(SIZES)
def test_what_fits_the_first_reading_is_sorted_and_equal_ones_stay_in_order(
    sizes: list[int],
) -> None:
    things = list(enumerate(sizes[:8]))
    found = list(largest_first(things, lambda thing: thing[1]))
    assert found == sorted(things, key=lambda thing: -thing[1])


@given(SIZES, st.integers(1, 70))
def test_no_more_is_read_ahead_than_the_window_holds(sizes: list[int], window: int) -> None:
    read = 0

    def reading() -> Iterator[int]:
        nonlocal read
        for size in sizes:
            read += 1
            yield size

    for given_out, _ in enumerate(largest_first(reading(), float, window=window)):
        assert read - given_out <= window


@given(SIZES)
def test_nothing_that_was_read_is_larger_than_what_comes(sizes: list[int]) -> None:
    read: list[int] = []

    def reading() -> Iterator[int]:
        for size in sizes:
            read.append(size)
            yield size

    for largest in largest_first(reading(), float):
        assert largest == max(read)
        read.remove(largest)


@given(st.integers(0, 300))
def test_things_of_one_size_keep_their_order(count: int) -> None:
    assert list(largest_first(range(count), lambda _: 1.0)) == list(range(count))


def test_a_size_counts_all_texts() -> None:
    assert size_of({"question": "four", "passages": [{"text": "five!", "score": 0.5}, None]}) == 11


def makespan_s(seconds: Iterable[float], workers: int) -> float:
    """When the last of the calls ends that so many workers take one after the other."""
    free_s = [0.0] * workers
    for each_s in seconds:
        heapreplace(free_s, free_s[0] + each_s)
    return max(free_s)


def over_floor(cases: int, workers: int, *, noise: float) -> tuple[float, float]:
    """Makespan over its floor, as the cases come and longest guess first; a mean of ten runs.

    Seconds are lognormal with the mean 2 and sigma 0.6, and of one call in a hundred eight times
    that; the guess is off by a lognormal factor.
    """
    found: list[tuple[float, ...]] = []
    for seed in range(10):
        draw = random.Random(seed)  # noqa: S311  no secret
        seconds = [
            draw.lognormvariate(0.513, 0.6) * (8 if draw.random() < 0.01 else 1)
            for _ in range(cases)
        ]
        guessed = [(each_s * draw.lognormvariate(0, noise), each_s) for each_s in seconds]
        ordered = [each_s for _, each_s in largest_first(guessed, lambda pair: pair[0])]
        floor_s = max(sum(seconds) / workers, *seconds)
        found.append(tuple(makespan_s(each, workers) / floor_s for each in (seconds, ordered)))
    first, second = (sum(column) / len(found) for column in zip(*found, strict=True))
    return first, second


@pytest.mark.parametrize(
    ("cases", "workers", "as_they_come", "longest_first"),
    [(200, 8, 1.07, 1.02), (200, 32, 1.33, 1.04), (1000, 32, 1.15, 1.02), (1000, 128, 1.23, 1.02)],
)
def test_a_rough_guess_takes_most_of_what_is_over_the_floor(
    cases: int, workers: int, as_they_come: float, longest_first: float
) -> None:
    before, after = over_floor(cases, workers, noise=0.5)
    assert before == pytest.approx(as_they_come, abs=0.03)
    assert after <= longest_first


@given(SIZES, st.integers(1, 40))
def test_what_is_held_stays_small_where_things_are_large(sizes: list[int], most: int) -> None:
    held = largest = 0

    def reading() -> Iterator[int]:
        nonlocal held, largest
        for size in sizes:
            held += size
            largest = max(largest, held)
            yield size

    found: list[int] = []
    for size in largest_first(reading(), float, most_size=most):
        held -= size
        found.append(size)
    assert sorted(found) == sorted(sizes)
    assert largest < most + 8 * max(sizes, default=1) + 1
