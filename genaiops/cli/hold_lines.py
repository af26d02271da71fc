"""Waits of calls as lines on stderr, for commands without a bar, and where there is no terminal."""

import time
from collections.abc import Callable

from genaiops.cli.door import note
from genaiops.flow.hold import Hold
from genaiops.text.printable import printable

SHORTEST_S = 1.0
"""A shorter wait is over before it is read."""
EVERY_S = 5.0
"""Between two lines, at least."""


class HoldLines:
    """Tells of waits as they begin, but not of each one."""

    def __init__(
        self,
        tell: Callable[[str], None] = note,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin with nothing told.

        Args:
            tell: Writes a line.
            clock: Seconds, which never go back.
        """
        self._tell = tell
        self._clock = clock
        self._next_s = float("-inf")

    def take(self, hold: Hold) -> None:
        """Tell of a wait, if it is long enough and it is time for a line."""
        now_s = self._clock()
        if hold.wait_s >= SHORTEST_S and now_s >= self._next_s:
            self._next_s = now_s + EVERY_S
            self._tell(printable(str(hold)))
