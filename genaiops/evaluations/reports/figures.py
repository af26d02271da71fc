"""Estimates as text, the same in every report and on the terminal. Pure."""

from genaiops.gates import number_style
from genaiops.records import Estimate, EvalRun, MetricInfo

PLAIN_MEANS = frozenset({"clopper-pearson", "gaffke"})
"""Methods that need no name: a share or mean, with an interval that holds for any scores."""


def counts_text(run: EvalRun) -> str:
    """`40 planned = 38 scored + 2 errored + 0 skipped`: the counts of a run, which add up."""
    done = f"{run.scored} scored + {run.errored} errored + {run.skipped} skipped"
    return f"{run.planned} planned = {done}"


def level_text(level: float) -> str:
    """A level of confidence: `95%`, `97.5%`."""
    return f"{100 * level:g}%"


def estimate_text(estimate: Estimate, info: MetricInfo) -> str:
    """A value with its interval: `71.2% [65.0, 77.1]`; a median or quantile says that it is one."""
    style = number_style(info)
    if estimate.value is None:
        return "no score"
    lead = "" if estimate.method in PLAIN_MEANS else f"{estimate.method} "
    return f"{lead}{style.value(estimate.value)} {interval_text(estimate, info)}"


def interval_text(estimate: Estimate, info: MetricInfo) -> str:
    """The interval of a value, without units: `[65.0, 77.1]`; an open side is `?`."""
    style = number_style(info)
    ends = (estimate.low, estimate.high)
    low, high = ("?" if end is None else style.number(end) for end in ends)
    return f"[{low}, {high}]"


def difference_text(difference: Estimate, info: MetricInfo) -> str:
    """A difference with its interval: `-3.3 points [-13.3, +6.3]`."""
    style = number_style(info)
    ends = (difference.low, difference.high)
    low, high = ("?" if end is None else style.signed(end) for end in ends)
    return f"{style.difference(difference.value)} [{low}, {high}]"
