"""What the texts of a decision share: marks, widths, and the slices below a gate."""

from collections.abc import Iterator

from genaiops.evaluations.reports.figures import difference_text, estimate_text
from genaiops.records import Verdict
from genaiops.text.layout import one_line, wrapped
from genaiops.text.quantities import counted

MOST_COLUMNS = 80
"""A decision is read in one look, so it never is wider, on however wide a terminal."""
MAX_NAME = 24
MAX_SLICES = 5
MARKS = {"pass": "pass", "fail": "FAIL", "inconclusive": "open"}


def slice_lines(verdict: Verdict, *, indent: int, width: int) -> Iterator[str]:
    """The slices that could be tested or failed, the worst first, on a line each where it fits."""
    for line in _slices(verdict):
        fits = indent + len(line) <= width
        yield f"{' ' * indent}{line}" if fits else wrapped(line, indent=indent, width=width)


def _slices(verdict: Verdict) -> Iterator[str]:
    telling = [part for part in verdict.slices if part.p_fail is not None or part.word == "fail"]
    shown = telling[:MAX_SLICES]
    names = [one_line(part.slice or "", MAX_NAME) for part in shown]
    longest = max(map(len, names), default=0)
    for part, name in zip(shown, names, strict=True):
        found = part.difference or part.estimate
        numbers = estimate_text(part.estimate, part.metric)
        if part.difference is not None:
            numbers = difference_text(part.difference, part.metric)
        yield f"{MARKS[part.word]}  {name.ljust(longest)}  {numbers}, {counted(found.n, 'case')}"
    rest = len(verdict.slices) - len(shown)
    if rest and shown:
        yield f"and {counted(rest, 'slice')} that are not as bad, or too small to tell"
