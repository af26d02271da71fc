"""How fast a model is asked: buckets for what a minute allows, a window for what it bears. Pure.

Time is handed in as seconds of any clock that does not go back.
"""

from dataclasses import dataclass

FIRST_WINDOW = 4.0
SHRINK = 0.7
SHRINK_EVERY_S = 1.0
_NOTHING = 1e-9


class Bucket:
    """Lets so much pass that no minute sees more than the limit.

    A tenth of the limit may come at once, the rest flows evenly. What is larger than that tenth
    waits for a full bucket and leaves a debt, so that it passes, too.
    """

    def __init__(self, per_minute: int, now_s: float) -> None:
        """Begin full; `per_minute` is at least 1."""
        self._most = float(max(1, per_minute // 10))
        self._per_s = (per_minute - self._most + 1) / 60
        self._level = self._most
        self._seen_s = now_s

    def wait_s(self, amount: float, now_s: float) -> float:
        """Seconds until so much may pass; 0 is now."""
        self._flow(now_s)
        short = min(amount, self._most) - self._level
        return short / self._per_s if short > _NOTHING else 0.0

    def take(self, amount: float, now_s: float) -> None:
        """Let it pass; a negative amount gives back what was not needed."""
        self._flow(now_s)
        self._level = min(self._most, self._level - amount)

    def _flow(self, now_s: float) -> None:
        gone_s = max(0.0, now_s - self._seen_s)
        self._level = min(self._most, self._level + gone_s * self._per_s)
        self._seen_s = now_s


@dataclass(slots=True)
class Window:
    """How many calls are under way at most, found out by asking (AIMD).

    From 4 it doubles with each round trip until the first sign of congestion, then it grows by one
    a round trip; each further sign takes 0.7 of it, at most once a second.

    Source: Chiu and Jain 1989 (additive increase, multiplicative decrease); Jacobson 1988.
    """

    most: float
    size: float = FIRST_WINDOW
    is_doubling: bool = True
    _shrunk_s: float = float("-inf")

    @property
    def room(self) -> int:
        """How many calls may be under way now, at least one."""
        return max(1, int(min(self.size, self.most)))

    def grow(self) -> None:
        """A call came back well while others waited for room."""
        self.size = min(self.most, self.size + (1.0 if self.is_doubling else 1.0 / self.size))

    def limit(self, size: int) -> None:
        """No more than so many passed before the endpoint had enough."""
        self.size = max(1.0, min(self.size, size))

    def shrink(self, now_s: float) -> None:
        """A call came back with a sign of congestion."""
        self.is_doubling = False
        if now_s - self._shrunk_s >= SHRINK_EVERY_S:
            self.size = max(1.0, self.size * SHRINK)
            self._shrunk_s = now_s
