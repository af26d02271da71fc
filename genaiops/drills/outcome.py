"""What a drill found: its figures, and what broke its promise."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

OnNote = Callable[[str], None]
"""Is told how far a drill is."""
Kind = Literal[
    "resume-kill", "faults", "disk-full", "determinism", "concurrent-runs", "rollout"
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """`figures` is a table: a head, then rows. `broken` says in sentences what did not hold."""

    kind: Kind
    promise: str
    figures: tuple[tuple[str, ...], ...]
    broken: tuple[str, ...]

    @property
    def held(self) -> bool:
        """Whether the promise held."""
        return not self.broken
