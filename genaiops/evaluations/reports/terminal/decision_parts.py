"""What stands below a gate: its slices, and the cases that change between repeats."""

from collections.abc import Iterator

from genaiops.evaluations.reports.figures import difference_text, estimate_text
from genaiops.records import Verdict
from genaiops.text.layout import one_line
from genaiops.text.quantities import counted

MAX_NAME = 24
MAX_SLICES = 5
MAX_UNSTABLE = 5
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


def unstable_text(verdict: Verdict) -> str:
    """The cases that change between repeats; empty where none does, or slices are shown."""
    unstable, judged = verdict.unstable, verdict.difference or verdict.estimate
    changing = sorted({*unstable.candidate, *(unstable.baseline or ())}) if unstable else []
    if unstable is None or not changing or verdict.slices:
        return ""
    share = f"{len(unstable.candidate)} of {counted(judged.n, 'case')}"
    before = "" if unstable.baseline is None else f", {len(unstable.baseline)} in the baseline"
    shown = ", ".join(one_line(each, MAX_NAME) for each in changing[:MAX_UNSTABLE])
    more = "" if len(changing) <= MAX_UNSTABLE else f" and {len(changing) - MAX_UNSTABLE} more"
    return f"unstable: {share} change between repeats{before}: {shown}{more}"
