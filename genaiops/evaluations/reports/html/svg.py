"""Intervals drawn on one axis: small pictures that stand beside the numbers they show."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from genaiops.evaluations.reports.html.markup import Html, element
from genaiops.gates import NumberStyle
from genaiops.records import Estimate

WIDTH = 220
HEIGHT = 22
_PAD = 8
_TICKS = 4
_EQUAL = 1e-9


@dataclass(frozen=True, slots=True)
class Axis:
    """The range of numbers that a column of plots shares, and where it is labelled."""

    low: float
    high: float
    ticks: tuple[float, ...]

    def x(self, value: float) -> str:
        """The place of a value, clipped to the axis."""
        share = (value - self.low) / (self.high - self.low)
        return f"{_PAD + min(max(share, 0.0), 1.0) * (WIDTH - 2 * _PAD):.1f}"


def axis_of(estimates: Iterable[Estimate], *, low: float | None, high: float | None) -> Axis | None:
    """An axis that holds all ends, within the metric's range; None where nothing has a value."""
    numbers = [
        number
        for entry in estimates
        for number in (entry.value, entry.low, entry.high)
        if number is not None
    ]
    if not numbers:
        return None
    start, end = min(numbers), max(numbers)
    if end - start <= _EQUAL * max(abs(start), abs(end), 1):
        margin = abs(start) / 2 if abs(start) > _EQUAL else 0.5
        start, end = start - margin, end + margin
    step = _round_step((end - start) / _TICKS)
    first, last = math.floor(start / step + 1e-9), math.ceil(end / step - 1e-9)
    ticks = [round(step * place, 12) for place in range(first, last + 1)]
    least = ticks[0] if low is None else max(low, ticks[0])
    most = ticks[-1] if high is None else min(high, ticks[-1])
    return Axis(least, most, tuple(tick for tick in ticks if least <= tick <= most))


def plot(estimate: Estimate, axis: Axis, told: str, number: Iterator[int]) -> Html:
    """An interval with its value; `told` says the same in words."""
    name = f"plot-{next(number)}"
    marks = [_line(axis.x(tick), axis.x(tick), "0", str(HEIGHT), "grid") for tick in axis.ticks]
    if axis.low < 0 < axis.high:
        marks.append(_line(axis.x(0), axis.x(0), "0", str(HEIGHT), "zero"))
    middle = str(HEIGHT // 2)
    if estimate.low is not None or estimate.high is not None:
        left = axis.x(axis.low if estimate.low is None else estimate.low)
        right = axis.x(axis.high if estimate.high is None else estimate.high)
        marks.append(_line(left, right, middle, middle, "span"))
    if estimate.value is not None:
        marks.append(element("circle", cx=axis.x(estimate.value), cy=middle, r="4.5", class_="dot"))
    title = element("title", told, id=name)
    return _picture(title, *marks, label=name)


def scale(axis: Axis, style: NumberStyle, number: Iterator[int]) -> Html:
    """The labels of an axis, for the head of the column; the first and the last are enough."""
    name = f"plot-{next(number)}"
    ends = (axis.ticks[0], axis.ticks[-1])
    title = element("title", f"Axis from {style.limit(ends[0])} to {style.limit(ends[1])}", id=name)
    middle = [tick for tick in axis.ticks if tick not in ends]
    shown = [*ends, *(middle[len(middle) // 2 : len(middle) // 2 + 1] if middle else [])]
    labels = [
        element(
            "text",
            style.limit(tick),
            x=axis.x(tick),
            y="15",
            class_="tick",
            text_anchor=_anchor(axis, tick),
        )
        for tick in shown
    ]
    return _picture(title, *labels, label=name)


def _anchor(axis: Axis, tick: float) -> str:
    if tick == axis.ticks[0]:
        return "start"
    return "end" if tick == axis.ticks[-1] else "middle"


def _picture(title: Html, *content: Html, label: str) -> Html:
    return element(
        "svg",
        title,
        *content,
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        width=str(WIDTH),
        height=str(HEIGHT),
        role="img",
        aria_labelledby=label,
    )


def _line(left: str, right: str, top: str, bottom: str, kind: str) -> Html:
    return element("line", x1=left, x2=right, y1=top, y2=bottom, class_=kind)


def _round_step(rough: float) -> float:
    """The next 1, 2, 2.5 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(
        size * power for size in (1.0, 2.0, 2.5, 5.0, 10.0) if size * power >= rough - 1e-12
    )
