import pytest

from genaiops.models.rate_headers import told_allowance
from genaiops.protocols import Allowance

REMOTE = Allowance(is_remote=True)


def headers(limit: str, left: str, reset: str, what: str = "requests") -> dict[str, str]:
    return {
        f"x-ratelimit-limit-{what}": limit,
        f"x-ratelimit-remaining-{what}": left,
        f"x-ratelimit-reset-{what}": reset,
    }


@pytest.mark.parametrize(
    ("told", "per_minute"),
    [
        (headers("500", "499", "120ms"), 500),
        (headers("60", "30", "30s"), 60),
        (headers("60", "0", "1m0s"), 60),
        (headers("60", "59", "1"), 60),
        (headers("10000", "9999", "8.64s"), None),  # a day's
        (headers("10", "9", "6m0s"), None),
        (headers("500", "500", "0s"), None),  # nothing used yet, so the window is not known
        (headers("0", "0", "1s"), None),
        (headers("many", "9", "6s"), None),
        (headers("10", "-1", "6s"), None),
        (headers("10", "9", "soon"), None),
        (headers("9" * 400, "9", "6s"), None),
        ({}, None),
    ],
)
def test_a_limit_a_minute_is_learned_where_the_headers_tell_one(
    told: dict[str, str], per_minute: int | None
) -> None:
    assert told_allowance(REMOTE, told).requests_per_minute == per_minute


def test_requests_and_tokens_are_learned_together() -> None:
    told = headers("500", "499", "120ms") | headers("30000", "29500", "1s", "tokens")
    learned = told_allowance(REMOTE, told)
    assert learned == Allowance(requests_per_minute=500, tokens_per_minute=30_000, is_remote=True)
    assert told_allowance(learned, headers("400", "399", "150ms")) is learned


def test_what_the_entry_says_is_kept() -> None:
    stated = Allowance(requests_per_minute=100, tokens_per_minute=1, is_remote=True)
    assert told_allowance(stated, headers("500", "499", "120ms")) is stated
