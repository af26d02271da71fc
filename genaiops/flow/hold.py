"""A wait of calls, to be told to whoever sits before it. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

from genaiops.errors import FailureKind

_TROUBLES: dict[FailureKind, str] = {
    "rate_limit": "rate limit (429)",
    "server": "server error (5xx)",
    "timeout": "no reply in time",
    "connection": "no connection",
    "truncated": "a reply that broke off",
}


@dataclass(frozen=True, slots=True)
class Hold:
    """Calls to `who` wait for so many seconds before they go on."""

    who: str
    wait_s: float
    reason: str

    def __str__(self) -> str:
        return f"waiting {ceil(self.wait_s)} s for {self.who}: {self.reason}"


OnHold = Callable[[Hold], None]


def untold(_: Hold) -> None:
    """Where nobody wants to know."""


def trouble(kind: FailureKind) -> str:
    """A kind of failure that may pass, in words."""
    return _TROUBLES.get(kind, kind)
