"""How long a candidate is waited for: as long as stable ever takes, and a good deal more. Pure."""

from collections import deque
from dataclasses import dataclass, field

_RECENT = 50
_TIMES = 2.0


@dataclass(slots=True)
class Patience:
    """How long stable took lately to what a client waits for: the first text, or the answer."""

    _seconds: deque[float] = field(default_factory=lambda: deque[float](maxlen=_RECENT))

    def saw(self, seconds: float) -> None:
        """Stable answered after so long."""
        self._seconds.append(seconds)

    def limit_s(self, least: float, most: float) -> float:
        """Twice the slowest of stable's last answers, within bounds; `most` where none is known."""
        if not self._seconds:
            return most
        return min(max(least, _TIMES * max(self._seconds)), most)
