import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.errors import FailureKind
from genaiops.flow.retrying import (
    ATTEMPTS,
    TRANSIENT,
    Outage,
    RetryBudget,
    attempts_at,
    backoff_s,
)


def drawn(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311  no secret


@given(st.integers(1, ATTEMPTS), st.integers())
def test_the_wait_is_anywhere_below_a_bound_that_doubles(attempt: int, seed: int) -> None:
    assert 0 <= backoff_s(attempt, None, drawn(seed)) <= 2.0 ** (attempt - 1)


@given(st.floats(1e-3, 300), st.integers())
def test_a_wait_that_was_asked_for_is_never_cut_short(asked_s: float, seed: int) -> None:
    assert asked_s <= backoff_s(3, asked_s, drawn(seed)) <= asked_s + 0.5


def test_calls_spread_and_one_call_waits_the_same_again() -> None:
    waits = {round(backoff_s(3, None, drawn(seed)), 2) for seed in range(100)}
    assert len(waits) > 50
    assert backoff_s(3, None, drawn(7)) == backoff_s(3, None, drawn(7))


@pytest.mark.parametrize(
    ("kind", "has_answered", "attempts"),
    [
        ("server", False, ATTEMPTS),
        ("rate_limit", True, ATTEMPTS),
        ("connection", True, ATTEMPTS),
        ("connection", False, 2),
        ("timeout", True, 2),
        ("auth", True, 1),
        ("malformed", True, 1),
        ("context_window", True, 1),
        ("budget", True, 1),
        ("content_filter", True, 1),
    ],
)
def test_only_what_may_pass_by_itself_is_tried_again(
    kind: FailureKind, *, has_answered: bool, attempts: int
) -> None:
    assert attempts_at(kind, has_answered=has_answered) == attempts
    assert (attempts > 1) == (kind in TRANSIENT)


@given(st.lists(st.booleans(), max_size=500), st.integers(0, 64))
def test_retries_stay_within_a_tenth_of_the_calls_and_what_was_in_flight(
    wants: list[bool], most_at_once: int
) -> None:
    budget = RetryBudget(most_at_once=most_at_once)
    for is_retry in wants:
        if is_retry:
            budget.take()
        else:
            budget.first += 1
        assert budget.spent <= max(10, most_at_once) + budget.first / 10


def fail(outage: Outage, times: int, *, asked_s: float | None = None) -> list[float]:
    """The clock at each of so many failures, each after the hold before it."""
    now_s, seen = 0.0, list[float]()
    for _ in range(times):
        now_s = max(now_s, outage.until_s)
        outage.failure(asked_s, now_s, drawn(1))
        seen.append(now_s)
    return seen


def test_a_failure_now_and_then_holds_nobody() -> None:
    outage = Outage()
    for number in range(200):
        if number % 5:
            outage.reply(float(number))
        else:
            outage.failure(1.0, float(number), drawn(1))
    assert outage.holds == 0


def test_failures_in_a_row_hold_all_for_longer_and_longer_until_patience_ends() -> None:
    outage = Outage()
    seen = fail(outage, 100)
    assert outage.is_given_up
    assert not outage.is_probing
    assert 25 < seen[-1] < 40
    outage.reply(seen[-1])
    assert not outage.is_given_up


def test_a_good_reply_after_the_hold_ends_it_and_earns_patience() -> None:
    outage = Outage()
    fail(outage, 5)
    outage.reply(outage.until_s - 0.1)
    assert outage.is_probing
    outage.reply(outage.until_s)
    assert not outage.is_probing
    left_s = outage.patience_s
    outage.reply(outage.until_s)
    assert outage.patience_s == pytest.approx(min(30, left_s + 0.1))


def test_a_hold_lasts_at_least_as_long_as_was_asked_for() -> None:
    outage = Outage()
    fail(outage, 4, asked_s=20)
    assert outage.until_s == 20


def test_a_wait_of_years_holds_nobody_for_long() -> None:
    outage = Outage()
    fail(outage, 4, asked_s=999_999_999)
    assert outage.until_s < 2
