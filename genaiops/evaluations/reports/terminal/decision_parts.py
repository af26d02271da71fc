"""What stands below a gate: its slices."""

from collections.abc import Iterator

from genaiops.evaluations.reports.figures import difference_text, estimate_text
from genaiops.records import Verdict
from genaiops.text.layout import one_line
from genaiops.text.quantities import counted

MAX_NAME = 24
MAX_SLICES = 5
MARKS = {"pass": "pass", "fail": "FAIL", "inconclusive": "open"}


def slice_lines(verdict: Verdict) -> Iterator[str]:
    """The slices that could be tested or failed, the worst first, each on a line."""
    telling = [part for part in verdict.slices if part.p_fail is not None or part.word == "fail"]
    shown = telling[:MAX_SLICES]
    names = [one_line(part.slice or "", MAX_NAME) for part in shown]
    width = max(map(len, names), default=0)
    for part, name in zip(shown, names, strict=True):
        found = part.difference or part.estimate
        numbers = estimate_text(part.estimate, part.metric)
        if part.difference is not None:
            numbers = difference_text(part.difference, part.metric)
        yield f"{MARKS[part.word]}  {name.ljust(width)}  {numbers}, {counted(found.n, 'case')}"
    rest = len(verdict.slices) - len(shown)
    if rest and shown:
        yield f"and {counted(rest, 'slice')} that are not as bad, or too small to tell"
