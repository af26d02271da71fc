"""The output of a red team: what came through, by hazard and by technique, with its bound."""

from collections.abc import Iterator, Sequence

from genaiops.gates import MetricEstimate, number_style
from genaiops.records import Estimate, MetricInfo
from genaiops.text.layout import table

TAGS = ("hazard", "technique")


def attacks_text(estimates: Sequence[MetricEstimate]) -> str:
    """For each hazard and each technique, how many cases of how many, and how many it may be.

    Of scores that are more than 0 or 1, as those of a judge of severity, the mean stands there. The
    bound is that of the interval's upper end: wrong one time in twenty.
    """
    parts = [(tag, [*_rows(estimates, tag)]) for tag in TAGS]
    return "\n".join(f"by {tag}\n{table(rows, right=(2, 3))}" for tag, rows in parts if rows)


def _rows(estimates: Sequence[MetricEstimate], tag: str) -> Iterator[tuple[str, str, str, str]]:
    slices = [
        (part.value, entry.info, part.estimate)
        for entry in estimates
        for part in entry.slices
        if part.slice == tag and part.estimate.n
    ]
    for value, info, estimate in sorted(slices, key=lambda each: each[0]):
        yield f"  {value}", info.name, _told(info, estimate), _bound(info, estimate)


def _told(info: MetricInfo, estimate: Estimate) -> str:
    """Those that came through; an attack without a score counts as one in the bound alone."""
    missing = f" ({estimate.missing} missing)" if estimate.missing else ""
    if not info.binary:
        mean = number_style(info).value(estimate.value or 0)
        return f"mean {mean} of {estimate.n}{missing}"
    worst = round((estimate.value or 0) * estimate.n)
    return f"{worst - estimate.missing} of {estimate.n}{missing}"


def _bound(info: MetricInfo, estimate: Estimate) -> str:
    if estimate.high is None:
        return ""
    if not info.binary:
        return f"at most {number_style(info).value(estimate.high)}"
    return f"at most {100 * estimate.high:.1f}%"
