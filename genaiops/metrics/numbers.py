"""Answers that should give a number. Pure."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from genaiops.errors import InputError
from genaiops.metrics.declare import metric
from genaiops.metrics.number_words import in_digits
from genaiops.metrics.quantities import Quantity
from genaiops.metrics.ranges import Range, ranges
from genaiops.metrics.values import Text, Texts
from genaiops.records import Score

_ROUNDING = 1e-9

Pick = Literal["any", "first", "last"]
Tolerance = Annotated[float, Field(ge=0)]


@metric(binary=True, version="2")
def number_close(
    answer: Text,
    expected: Texts,
    *,
    tolerance: Tolerance = 0.0,
    relative: Tolerance = 0.0,
    pick: Pick = "any",
    within: bool = False,
) -> Score:
    """Whether the answer gives the expected number, or one of a list.

    Thousands, decimal commas where they are plain, currencies, units, per cent and English number
    words are read: `1,200 Wh` is `1.2 kWh`, `two weeks` is `14 days`, `25 %` is `0.25`.

    Args:
        answer: A text with numbers, or a number.
        expected: A number, or a text whose first number counts. Where it has a unit, numbers of the
            answer with a unit of another kind do not count: `48 hours` is `2 days`, not `2 months`.
            A range, `10-20 kWh`, is given by that range alone, and a number by no range.
        tolerance: The largest difference, in the base unit (seconds, metres, kWh, whole currency)
            where both have a unit, else of the numbers as written.
        relative: The largest difference as a share of the expected number.
        pick: Which numbers of the answer count: `any` of them, or the `first` or `last`.
        within: Whether a number or a range inside of the expected range counts too.

    Raises:
        InputError: `expected` holds no number.
    """
    wanted = [_first(text) for text in expected]
    found = [
        each for each in ranges(in_digits(answer)) if any(each.is_same_kind(one) for one in wanted)
    ]
    chosen = {"any": found, "first": found[:1], "last": found[-1:]}[pick]
    allowed = _Allowed(tolerance, max(relative, _ROUNDING), within)
    is_close = any(allowed.holds(each, one) for each in chosen for one in wanted)
    told = ", ".join(each.text for each in chosen[:5]) or "no number of its kind"
    said = " or ".join(one.text for one in wanted)
    return Score(value=float(is_close), explanation=f"expected {said}, found {told}")


def _first(text: str) -> Range:
    found = next(ranges(in_digits(text)), None)
    if found is None:
        raise InputError(f"the expected value {text!r} holds no number")
    return found


@dataclass(frozen=True, slots=True)
class _Allowed:
    """How far a number may be from the expected one."""

    tolerance: float
    relative: float
    within: bool

    def holds(self, found: Range, wanted: Range) -> bool:
        """Whether a range is the wanted one, or inside of it where that is enough."""
        if not found.is_same_kind(wanted):
            return False
        is_low = self._is_close(found.low, wanted.low)
        is_high = self._is_close(found.high, wanted.high)
        if self.within:
            is_low = is_low or found.low.minus(wanted.low) > 0
            is_high = is_high or found.high.minus(wanted.high) < 0
        return is_low and is_high

    def _is_close(self, found: Quantity, wanted: Quantity) -> bool:
        limit = max(self.tolerance, self.relative * found.size_of(wanted))
        return found.distance(wanted) <= limit or self._is_same_share(found, wanted)

    def _is_same_share(self, found: Quantity, wanted: Quantity) -> bool:
        """Whether one is per cent and the other that share as a bare number."""
        if {found.dimension, wanted.dimension} != {"%", None}:
            return False
        here, there = (
            each.number / 100 if each.dimension else each.number for each in (found, wanted)
        )
        return abs(here - there) <= self.relative * abs(there)
