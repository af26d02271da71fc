"""In which order cases are begun: the longest expected call first, as far as is read ahead. Pure.

What is long and begun last is waited for alone. How long a call takes is guessed by the size of
its inputs, the one thing that is known of it before it is made.
"""

from collections.abc import Callable, Iterable, Iterator
from heapq import heappop, heappush
from itertools import islice
from typing import TypeVar

from pydantic import JsonValue

ThingT = TypeVar("ThingT")
WINDOW = 4096
"""So many cases are read ahead at most."""
MOST_SIZE = 4_000_000
"""What is read ahead has this size at most, and one reading more: characters in memory."""
_READ_AT_ONCE = 8
"""Cases that are read for each that is begun, so that the first call need not wait for a window."""


def largest_first(
    things: Iterable[ThingT],
    size: Callable[[ThingT], float],
    *,
    window: int = WINDOW,
    most_size: int = MOST_SIZE,
) -> Iterator[ThingT]:
    """All things, each time the largest of those that are read ahead; equal ones as they came.

    Args:
        things: Read as they are needed.
        size: Of one of them.
        window: So many are held at most.
        most_size: No more are read while those that are held have this size together.

    Source: Graham 1969, Bounds on Multiprocessing Timing Anomalies (longest processing time first).
    """
    ahead: list[tuple[float, int, ThingT]] = []
    held = 0.0
    numbered = enumerate(things)
    while True:
        room = window - len(ahead) if held < most_size else 0
        for place, thing in islice(numbered, min(_READ_AT_ONCE, room)):
            own = size(thing)
            held += own
            heappush(ahead, (-own, place, thing))
        if not ahead:
            return
        less, _, largest = heappop(ahead)
        held += less
        yield largest


def size_of(value: JsonValue) -> int:
    """The characters of all texts in a value; a number, true, false or null counts as one."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return sum(map(size_of, value.values()))
    return sum(map(size_of, value)) if isinstance(value, list) else 1
