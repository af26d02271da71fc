"""The hard breaker: a candidate that is plainly dead, without waiting for statistics."""

from dataclasses import dataclass, replace

IN_A_ROW = 5
RECENT = 20
BY_THE_REQUEST = frozenset({"content_filter", "context_window"})
"""Failures that whoever asks can bring about, as often as they like: they open no breaker."""


@dataclass(frozen=True, slots=True)
class Breaker:
    """The last requests of the candidate, or the last probes: which of them failed.

    It opens after 5 failures in a row, or more than half of the last 20. Both are rules for what
    nobody needs statistics for; small rises are found by evidence.
    """

    recent: tuple[bool, ...] = ()
    what: str = "requests"

    def seen(self, *, failed: bool) -> "Breaker":
        """With one more request, in the order in which they ended."""
        return replace(self, recent=(*self.recent, failed)[-RECENT:])

    @property
    def trouble(self) -> str | None:
        """Why it is open; None while it is closed."""
        last = self.recent[-IN_A_ROW:]
        if len(last) == IN_A_ROW and all(last):
            return f"{IN_A_ROW} {self.what} of the candidate in a row failed"
        if len(self.recent) == RECENT and (failed := sum(self.recent)) * 2 > RECENT:
            return f"{failed} of the last {RECENT} {self.what} of the candidate failed"
        return None
