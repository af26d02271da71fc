"""Ranges of numbers as people write them: `10-20 kWh`, `between £5 and £8`. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from genaiops.metrics.quantities import Quantity, quantities

_JOINED = re.compile(r"(?:[-–—]|\s(?:to|through|until)|\s(?P<and>and))\Z", re.IGNORECASE)
_SIGNS = "-−"
_BETWEEN = re.compile(r"\bbetween\s+\Z", re.IGNORECASE)
_LONGEST = len("between") + 3
_NUMBER = re.compile(r"[^\d]*\d[\d.,'’\s]*")


@dataclass(frozen=True, slots=True)
class Range:
    """The numbers from `low` to `high`, which are one where no range is written."""

    low: Quantity
    high: Quantity

    @property
    def text(self) -> str:
        return self.low.text if self.low is self.high else f"{self.low.text} to {self.high.text}"

    def is_same_kind(self, other: "Range") -> bool:
        """Whether both can have the same unit."""
        return self.low.is_same_kind(other.low) and self.high.is_same_kind(other.high)


def ranges(text: str) -> Iterator[Range]:
    """The ranges and the numbers beside them, in order.

    A unit that stands at one end is that of both. Three numbers in a row are no range: they are a
    date, or the digits of a telephone.
    """
    found = list(quantities(text))
    heads = [_head(text, *pair) for pair in pairwise(found)]
    joined = [False, *(head is not None for head in heads), False]
    place = 0
    while place < len(found):
        written = None
        if joined[place + 1] and not joined[place] and not joined[place + 2]:
            written = _range(heads[place] or "", found[place + 1])
        yield written or Range(found[place], found[place])
        place += 2 if written else 1


def _head(text: str, first: Quantity, second: Quantity) -> str | None:
    """What stands before the word or sign that joins two numbers; None where nothing does."""
    between = text[first.start : second.start]
    if second.text[0] in _SIGNS and not between[len(first.text) :].strip():
        between += "-"  # `10 - 20`: the hyphen was read as a sign
    bare = between.rstrip()
    sign = _JOINED.search(bare)
    if sign is None or (sign[0][-1].isalpha() and bare == between):
        return None
    before = max(0, first.start - _LONGEST)
    if sign["and"] and not _BETWEEN.search(text, before, first.start):
        return None
    return bare[: sign.start()].rstrip()


def _range(head: str, second: Quantity) -> Range | None:
    """The range from the number that is all of a text to another; None where it is no range."""
    first = _read_alone(head)
    if first is None:
        return None
    high = next(quantities(second.text.lstrip(_SIGNS + " ")))
    low, high = _with_one_unit(first, high)
    return Range(low, high) if low.is_same_kind(high) and low.base <= high.base else None


def _read_alone(text: str) -> Quantity | None:
    """The number that a text is, with a unit that is known or none."""
    found = next(quantities(text), None)
    if found is None or found.text != text.strip():
        return None
    return found if found.dimension or found.text[-1].isdigit() else None


def _with_one_unit(low: Quantity, high: Quantity) -> tuple[Quantity, Quantity]:
    """Both in the unit, and the magnitude, that only one of them has."""
    suffix = _NUMBER.sub("", high.text, count=1)
    if suffix and low.text[-1].isdigit():
        low = next(quantities(f"{low.text} {suffix}"))
    if low.dimension and high.dimension is None:
        factor = low.base / low.number if low.number else 1.0
        high = Quantity(high.number, high.number * factor, low.dimension, high.text, high.start)
    return low, high
