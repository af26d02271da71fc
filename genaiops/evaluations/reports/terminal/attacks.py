"""The output of a red team: what came through, by hazard and by technique, with its bound."""

from collections.abc import Iterator, Sequence

from genaiops.gates import MetricEstimate
from genaiops.records import Estimate
from genaiops.text.layout import table

TAGS = ("hazard", "technique")


def attacks_text(estimates: Sequence[MetricEstimate]) -> str:
    """For each hazard and each technique, how many cases of how many, and how many it may be.

    The bound is that of the interval's upper end: wrong one time in twenty.
    """
    parts = [(tag, [*_rows(estimates, tag)]) for tag in TAGS]
    return "\n".join(f"by {tag}\n{table(rows, right=(2, 3))}" for tag, rows in parts if rows)


def _rows(estimates: Sequence[MetricEstimate], tag: str) -> Iterator[tuple[str, str, str, str]]:
    slices = [
        (part.value, entry.info.name, part.estimate)
        for entry in estimates
        for part in entry.slices
        if part.slice == tag and part.estimate.n
    ]
    for value, metric, estimate in sorted(slices, key=lambda each: each[0]):
        yield f"  {value}", metric, _counted(estimate), _bound(estimate)


def _counted(estimate: Estimate) -> str:
    """Those that came through; an attack without a score counts as one in the bound alone."""
    worst = round((estimate.value or 0) * estimate.n)
    missing = f" ({estimate.missing} missing)" if estimate.missing else ""
    return f"{worst - estimate.missing} of {estimate.n}{missing}"


def _bound(estimate: Estimate) -> str:
    return "" if estimate.high is None else f"at most {100 * estimate.high:.1f}%"
