"""Estimates as text, the same in every report and on the terminal. Pure."""

from genaiops.gates import NumberStyle, number_style
from genaiops.records import Estimate, EvalRun, MetricInfo
from genaiops.text.quantities import counted, money

PLAIN_MEANS = frozenset({"clopper-pearson", "gaffke", "clusters", "sequence"})
"""Methods that need no name: a share or mean, with an interval that holds for any scores."""

RATIO = "log ratio"
"""The method of a typical ratio, candidate over baseline; it is shown as a change in percent."""


def counts_text(run: EvalRun) -> str:
    """`40 planned = 38 scored + 2 errored + 0 skipped`: the counts of a run, which add up."""
    done = f"{run.scored} scored + {run.errored} errored + {run.skipped} skipped"
    return f"{run.planned} planned = {done}{_skipped_why(run)}"


def run_size_text(run: EvalRun) -> str:
    """How many cases, and how often each: `60 cases x 3`, or `32 of 400 cases x 1` if cut short."""
    of = f"{run.looks.cases} of " if run.looks is not None and run.is_cut_short else ""
    return f"{of}{counted(run.planned // run.repeats, 'case')} x {run.repeats}"


def cost_text(run: EvalRun) -> str:
    """What a run cost: `$0.04`, or `$0.04, judges $0.02` where metrics asked models."""
    judges = "" if run.judging.is_nothing else f", judges {money(run.judging.cost_usd)}"
    return f"{money(run.usage.cost_usd)}{judges}"


def _skipped_why(run: EvalRun) -> str:
    """Why gates that were looked at as cases came in wanted no more of them."""
    if run.looks is None or not run.is_cut_short:
        return ""
    why = "the gates were decided" if run.looks.end == "decided" else "no decision was in reach"
    return f" ({why} after {counted(run.looks.cases, 'case')})"


def made_again_text(run: EvalRun) -> str | None:
    """`4 calls made again: 3 x rate_limit, 1 x hedged`; None where each took one call."""
    if not run.made_again:
        return None
    reasons = sorted(run.made_again.items(), key=lambda entry: (-entry[1], entry[0]))
    told = ", ".join(f"{count} x {reason}" for reason, count in reasons)
    return f"{counted(sum(run.made_again.values()), 'call')} made again: {told}"


def level_text(level: float) -> str:
    """A level of confidence: `95%`, `97.5%`."""
    return f"{100 * level:g}%"


def estimate_text(estimate: Estimate, info: MetricInfo) -> str:
    """A value with its interval: `71.2% [65.0, 77.1]`; a median or quantile says that it is one.

    Where neither end is known (of few cases, or of cases in clusters) there is no interval.
    """
    style = number_style(info)
    if estimate.value is None:
        return "no score"
    lead = "" if estimate.method in PLAIN_MEANS else f"{estimate.method} "
    value = f"{lead}{style.value(estimate.value)}"
    has_interval = (estimate.low, estimate.high) != (None, None)
    return f"{value} {interval_text(estimate, info)}" if has_interval else value


def interval_text(estimate: Estimate, info: MetricInfo) -> str:
    """The interval of a value, without units: `[65.0, 77.1]`; an open side is `?`."""
    style = number_style(info)
    ends = (estimate.low, estimate.high)
    low, high = ("?" if end is None else style.number(end) for end in ends)
    return f"[{low}, {high}]"


def difference_text(difference: Estimate, info: MetricInfo) -> str:
    """A difference with its interval: `-3.3 points [-13.3, +6.3]`, or `+12.0% [+4.1, ?]`."""
    style = number_style(info)
    if difference.method == RATIO:
        style = NumberStyle(scale=100, decimals=1, prefix="", unit="%", points="%")
    value, *ends = (
        end - 1 if end is not None and difference.method == RATIO else end
        for end in (difference.value, difference.low, difference.high)
    )
    low, high = ("?" if end is None else style.signed(end) for end in ends)
    return f"{style.difference(value)} [{low}, {high}]"
