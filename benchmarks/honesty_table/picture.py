"""The error table as a picture: an SVG of its own, which needs nothing to draw it."""

from collections.abc import Callable, Iterator, Sequence
from html import escape
from math import log10

from honesty_table.markdown import RULES
from honesty_table.table import MARGIN, OURS, Cell, Rates

_WIDTH, _HEIGHT = 1080, 536
_LEFT, _TOP, _GAP = 60, 74, 18
_PANEL_HEIGHT = 150
_NOMINAL = 0.05
_OPEN = (
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
    f'width="{_WIDTH}" height="{_HEIGHT}" role="img" aria-labelledby="t">'
)
_COLORS = ("#e69f00", "#cc79a7", "#8c6d31", "#009e73", "#56b4e9", "#d55e00", "#0b3d91")
_DASHES = ("2 3", "6 3", "1 2", "8 3 2 3", "4 2", "10 4", "")
_STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#222}.h{font-size:14px;font-weight:600}"
    ".s{font-size:11px;fill:#555}.grid{stroke:#ddd}.axis{stroke:#888}"
)


def picture(cells: Sequence[Cell]) -> str:
    """Two rows of panels, false blocks and misses at the margin; a column for each world."""
    parts = [
        _OPEN,
        '<title id="t">How often gates are wrong, by rule, world and number of cases</title>',
        f'<style>{_STYLE}</style><rect width="100%" height="100%" fill="#fff"/>',
        *_row(cells, 0.0, "Stopped though nothing changed", _TOP, lambda rates: rates.fails),
        *_row(
            cells,
            MARGIN,
            f"Let through though worse by {100 * MARGIN:g} points, the margin",
            _TOP + _PANEL_HEIGHT + 82,
            lambda rates: rates.passes,
        ),
        *_legend(_HEIGHT - 22),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _row(
    cells: Sequence[Cell], drop: float, title: str, top: int, error: Callable[[Rates], float]
) -> Iterator[str]:
    chosen = [cell for cell in cells if cell.place.drop == drop]
    worlds = list(dict.fromkeys(cell.place.world for cell in chosen))
    width = (_WIDTH - _LEFT - 20) / len(worlds) - _GAP
    yield _text(_LEFT, top - 34, title, "h")
    for place, world in enumerate(worlds):
        panel = _Panel(_LEFT + place * (width + _GAP), top, width)
        yield from panel.frame(world.name, is_first=place == 0)
        of_world = [cell for cell in chosen if cell.place.world == world]
        for number, rule in enumerate(RULES):
            points = [(cell.place.cases, error(cell.rates[rule])) for cell in of_world]
            yield from panel.line(points, number)


class _Panel:
    """One plot: cases on a logarithmic axis, shares from 0 to 100%."""

    def __init__(self, left: float, top: float, width: float) -> None:
        self._left, self._top, self._width = left, top, width

    def frame(self, title: str, *, is_first: bool) -> Iterator[str]:
        """Grid, axes and the error that is promised."""
        right, bottom = self._left + self._width, self._y(0)
        yield _text(self._left, self._top - 12, title)
        for share in (0.0, 0.25, 0.5, 0.75, 1.0):
            y = self._y(share)
            kind = "axis" if share == 0 else "grid"
            yield _stroke(self._left, y, right, y, f'class="{kind}"')
            if is_first:
                yield _text(self._left - 8, y + 4, f"{100 * share:.0f}%", "s", anchor="end")
        nominal = self._y(_NOMINAL)
        yield _stroke(self._left, nominal, right, nominal, 'stroke="#222" stroke-dasharray="3 3"')
        for cases in (30, 100, 300, 1000):
            yield _text(self._x(cases), bottom + 16, f"{cases:,}", "s", anchor="middle")
        if is_first:
            yield _text(self._left - 8, bottom + 16, "cases", "s", anchor="end")

    def line(self, points: Sequence[tuple[int, float]], number: int) -> Iterator[str]:
        """The error of one rule over the number of cases."""
        places = [(self._x(cases), self._y(share)) for cases, share in points]
        joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        yield f'<polyline points="{joined}" fill="none" {_look(number)}/>'
        radius = 3.6 if RULES[number] == OURS else 2.2
        for x, y in places:
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{_COLORS[number]}"/>'

    def _x(self, cases: int) -> float:
        return self._left + 14 + (log10(cases / 30) / log10(1000 / 30)) * (self._width - 32)

    def _y(self, share: float) -> float:
        return self._top + (1 - share) * _PANEL_HEIGHT


def _legend(y: float) -> Iterator[str]:
    x = float(_LEFT)
    for number, rule in enumerate(RULES):
        yield _stroke(x, y - 4, x + 26, y - 4, _look(number))
        yield _text(x + 32, y, rule)
        x += 52 + 6.4 * len(rule)
    yield _stroke(x, y - 4, x + 26, y - 4, 'stroke="#222" stroke-dasharray="3 3"')
    yield _text(x + 32, y, f"{100 * _NOMINAL:g}%, as promised")


def _look(number: int) -> str:
    width = 3 if RULES[number] == OURS else 1.6
    dash = f' stroke-dasharray="{_DASHES[number]}"' if _DASHES[number] else ""
    return f'stroke="{_COLORS[number]}" stroke-width="{width}"{dash}'


def _stroke(x1: float, y1: float, x2: float, y2: float, look: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" {look}/>'


def _text(x: float, y: float, text: str, kind: str = "", anchor: str = "start") -> str:
    attributes = f' class="{kind}"' if kind else ""
    if anchor != "start":
        attributes += f' text-anchor="{anchor}"'
    return f'<text x="{x:.1f}" y="{y:.1f}"{attributes}>{escape(text)}</text>'
