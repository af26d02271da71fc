"""What the headers of a reply tell about an endpoint's limits a minute. Pure.

| header | meaning |
|---|---|
| x-ratelimit-limit-requests, -tokens | how many in its window |
| x-ratelimit-remaining-requests, -tokens | how many of them are left |
| x-ratelimit-reset-requests, -tokens | when all of them are there again: `6m0s`, `120ms`, `1.5` |

The window is not told: it follows from how long what was used takes to come back. A limit of a day
is no pace, so only windows of about a minute count.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from genaiops.protocols import Allowance

_SECONDS: Mapping[str, float] = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_LONGEST_WINDOW_S = 90.0


def told_allowance(allowance: Allowance, headers: Mapping[str, str]) -> Allowance:
    """The allowance with the limits that a reply told; the same object where it told none.

    Args:
        allowance: As it is known; what it states is kept.
        headers: The reply's, whose names compare in any case.
    """
    requests, tokens = allowance.requests_per_minute, allowance.tokens_per_minute
    if requests is None:
        requests = _per_minute(headers, "requests")
    if tokens is None:
        tokens = _per_minute(headers, "tokens")
    if (requests, tokens) == (allowance.requests_per_minute, allowance.tokens_per_minute):
        return allowance
    return replace(allowance, requests_per_minute=requests, tokens_per_minute=tokens)


def _per_minute(headers: Mapping[str, str], what: Literal["requests", "tokens"]) -> int | None:
    limit = headers.get(f"x-ratelimit-limit-{what}")
    if limit is None or not re.fullmatch(r"\d{1,15}", limit) or not int(limit):
        return None
    left = headers.get(f"x-ratelimit-remaining-{what}", "")
    reset_s = _seconds(headers.get(f"x-ratelimit-reset-{what}", ""))
    if not re.fullmatch(r"\d{1,15}", left) or reset_s is None or int(left) >= int(limit):
        return None
    window_s = reset_s * int(limit) / (int(limit) - int(left))
    return int(limit) if window_s <= _LONGEST_WINDOW_S else None


def _seconds(said: str) -> float | None:
    """A duration such as `1m30.5s`; a bare number is seconds."""
    if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", said):
        return float(said)
    if not re.fullmatch(r"((\d{1,9}(\.\d{1,9})?)(ms|s|m|h|d))+", said):
        return None
    return sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(said))
