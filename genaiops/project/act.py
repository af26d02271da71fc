"""Who decides something about releases, as they say."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Act:
    """Who decides something, as they say, and why.

    `seen` is the last record of the chain that they had seen then; None: all that there are.
    """

    by: str
    reason: str | None = None
    seen: int | None = None
