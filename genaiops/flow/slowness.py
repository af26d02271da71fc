"""When a call of a model counts as slow, and whether a second one may race it. Pure."""

from bisect import bisect_left, insort
from collections import deque
from dataclasses import dataclass, field
from math import ceil

_QUANTILE = 0.95
_FEWEST = 20
"""Calls that tell when one is slow."""
_MOST = 1000
"""So many of the last calls are looked at."""
_SHARE = 0.05


@dataclass(slots=True)
class Slowness:
    """How long the calls of a model take, and how many of them were raced: 5 % at most.

    Source: Dean and Barroso 2013, The Tail at Scale (hedged requests after the 95th percentile).
    """

    calls: int = 0
    raced: int = 0
    _last_s: deque[float] = field(default_factory=deque[float])
    _sorted_s: list[float] = field(default_factory=list[float])

    def took(self, seconds: float) -> None:
        """A call was answered after so long, by whichever of two was faster."""
        self.calls += 1
        self._last_s.append(seconds)
        insort(self._sorted_s, seconds)
        if len(self._last_s) > _MOST:
            del self._sorted_s[bisect_left(self._sorted_s, self._last_s.popleft())]

    @property
    def limit_s(self) -> float | None:
        """From how many seconds on a call is slower than 95 % of those before; None: not known."""
        count = len(self._sorted_s)
        return self._sorted_s[ceil(_QUANTILE * count) - 1] if count >= _FEWEST else None

    @property
    def may_race(self) -> bool:
        """Whether one more race leaves them at 5 % of all calls."""
        return self.raced + 1 <= _SHARE * self.calls
