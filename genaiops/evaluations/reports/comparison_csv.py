"""A comparison as CSV: a row an arm, in the order of their ranks."""

from collections.abc import Iterator

from genaiops.evaluations.comparison import ComparedArm, Comparison
from genaiops.evaluations.reports.cells import csv_cell, csv_row
from genaiops.records import Estimate

_HEAD = (
    "rank_low", "rank_high", "arm", "metric", "value", "low", "high", "level", "cases", "missing",
)  # fmt: skip
_TAIL = ("usd_per_1k_cases", "latency_p95_s", "on_front", "failure")


def render_comparison_csv(comparison: Comparison) -> Iterator[str]:
    """Numbers in full; the other metrics stand in columns of their own, without intervals."""
    others = sorted({name for arm in comparison.arms for name in arm.others})
    yield csv_row([*_HEAD, *_TAIL, *map(csv_cell, others)])
    metric = comparison.metric.name if comparison.metric else ""
    for arm in comparison.arms:
        values = [arm.others[name].value if name in arm.others else None for name in others]
        yield csv_row(
            [
                _number(arm.rank_low),
                _number(arm.rank_high),
                csv_cell(arm.label),
                csv_cell(metric),
                *_estimate(arm.estimate),
                *_tail(arm),
                *map(_number, values),
            ]
        )


def _estimate(estimate: Estimate | None) -> list[str]:
    if estimate is None:
        return [""] * 6
    ends = (estimate.value, estimate.low, estimate.high, estimate.level)
    return [*map(_number, ends), str(estimate.n), str(estimate.missing)]


def _tail(arm: ComparedArm) -> list[str]:
    front = "" if arm.on_front is None else str(arm.on_front).lower()
    return [
        _number(arm.usd_per_1k_cases),
        _number(arm.latency_p95_s),
        front,
        csv_cell(arm.failure or ""),
    ]


def _number(value: float | None) -> str:
    return "" if value is None else repr(value)
