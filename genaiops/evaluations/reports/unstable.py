"""The cases of a gate that change between repeats, which is neither better nor worse. Pure."""

from genaiops.records import Verdict
from genaiops.text.layout import one_line
from genaiops.text.quantities import counted

_MOST = 5
_WIDEST = 24


def unstable_text(verdict: Verdict) -> str:
    """The cases that change between repeats; empty where none does, or slices are shown."""
    unstable, judged = verdict.unstable, verdict.difference or verdict.estimate
    changing = sorted({*unstable.candidate, *(unstable.baseline or ())}) if unstable else []
    if unstable is None or not changing or verdict.slices:
        return ""
    share = f"{len(unstable.candidate)} of {counted(judged.n, 'case')}"
    before = "" if unstable.baseline is None else f", {len(unstable.baseline)} in the baseline"
    shown = ", ".join(one_line(each, _WIDEST) for each in changing[:_MOST])
    more = "" if len(changing) <= _MOST else f" and {len(changing) - _MOST} more"
    return f"unstable: {share} change between repeats{before}: {shown}{more}"
