"""Lines over time, drawn as SVG."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log10

from genaiops.evaluations.reports.html.markup import Html, element
from genaiops.text.quantities import long_time

KINDS = ("a", "b", "c", "d")
_WIDTH, _HEIGHT = 360, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 8, 8, 24
_MOST_POINTS = 300


@dataclass(frozen=True, slots=True)
class Line:
    """Values over time, each from its time on where the line has steps."""

    label: str
    points: Sequence[tuple[float, float]]
    has_steps: bool = False


@dataclass(frozen=True, slots=True)
class Scale:
    """The range of values, and where it is labelled; `is_log`: each decade is as high."""

    low: float
    high: float
    ticks: Sequence[tuple[float, str]]
    is_log: bool = False
    limit: tuple[float, str] | None = None

    def share(self, value: float) -> float:
        """How high a value stands, from 0 to 1."""
        clipped = min(max(value, self.low), self.high)
        if self.is_log:
            return log10(clipped / self.low) / log10(self.high / self.low)
        return (clipped - self.low) / (self.high - self.low)


@dataclass(frozen=True, slots=True)
class Chart:
    """Up to four lines on one scale; `told` says in words what they show."""

    title: str
    told: str
    lines: Sequence[Line]
    scale: Scale


def drawn(chart: Chart, lasts_s: float, number: int) -> Html:
    """A figure with its picture, and a key where there are several lines."""
    name = f"chart-{number}"
    frame = _Frame(chart.scale, max(lasts_s, 1.0))
    picture = element(
        "svg",
        element("title", chart.told, id=name),
        *frame.grid(),
        *(frame.path(line, kind) for line, kind in zip(chart.lines, KINDS, strict=False)),
        viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
        role="img",
        aria_labelledby=name,
    )
    keys = [_key(line, kind) for line, kind in zip(chart.lines, KINDS, strict=False)]
    listed = element("ul", *keys, class_="keys") if len(keys) > 1 else Html("")
    return element("figure", element("figcaption", chart.title), picture, listed)


@dataclass(frozen=True, slots=True)
class _Frame:
    scale: Scale
    lasts_s: float

    def x(self, at: float) -> float:
        share = min(max(at / self.lasts_s, 0.0), 1.0)
        return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        return _TOP + (1 - self.scale.share(value)) * (_HEIGHT - _TOP - _BOTTOM)

    def grid(self) -> Iterator[Html]:
        for value, label in self.scale.ticks:
            yield self._level(value, "grid")
            y = f"{self.y(value) + 4:.1f}"
            yield element("text", label, x=f"{_LEFT - 6}", y=y, class_="tick", text_anchor="end")
        for share, anchor in ((0.0, "start"), (0.5, "middle"), (1.0, "end")):
            at, y = share * self.lasts_s, f"{_HEIGHT - 6}"
            x = f"{self.x(at):.1f}"
            label = long_time(at) if at else "start"
            yield element("text", label, x=x, y=y, class_="tick", text_anchor=anchor)
        if self.scale.limit is not None:
            value, word = self.scale.limit
            yield self._level(value, "limit")
            y = f"{self.y(value) - 4:.1f}"
            yield element("text", word, x=f"{_LEFT + 4}", y=y, class_="limit-word")

    def path(self, line: Line, kind: str) -> Html:
        points = _thinned(line.points)
        if not points:
            return Html("")
        steps = [f"M{self.x(points[0][0]):.1f} {self.y(points[0][1]):.1f}"]
        for at, value in points[1:]:
            if line.has_steps:
                steps.append(f"H{self.x(at):.1f}V{self.y(value):.1f}")
            else:
                steps.append(f"L{self.x(at):.1f} {self.y(value):.1f}")
        if line.has_steps:
            steps.append(f"H{self.x(self.lasts_s):.1f}")
        path = element("path", d="".join(steps), class_=f"line {kind}")
        at, value = points[-1]
        end = element("circle", cx=f"{self.x(at):.1f}", cy=f"{self.y(value):.1f}", r="3")
        return element("g", path, end, class_=f"end {kind}")

    def _level(self, value: float, kind: str) -> Html:
        y = f"{self.y(value):.1f}"
        return element("line", x1=f"{_LEFT}", x2=f"{_WIDTH - _RIGHT}", y1=y, y2=y, class_=kind)


def _key(line: Line, kind: str) -> Html:
    sample = element("path", d="M0 4H32", class_=f"line {kind}")
    return element("li", element("svg", sample, viewBox="0 0 32 8", aria_hidden="true"), line.label)


def _thinned(points: Sequence[tuple[float, float]]) -> Sequence[tuple[float, float]]:
    """At most so many points; the last one stays."""
    if len(points) <= _MOST_POINTS:
        return points
    every = len(points) / _MOST_POINTS
    return [*(points[int(place * every)] for place in range(_MOST_POINTS)), points[-1]]
