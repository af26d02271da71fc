"""How a case stands: what it lost, whether it failed, and where it belongs in the order. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from genaiops.evaluations.reports.html.rows import CaseRow
from genaiops.records import MetricInfo
from genaiops.store import StoredResult

Mark = Literal["worse", "better", "unstable", "failed", "low", "missing"]
MARKS: tuple[Mark, ...] = ("worse", "better", "unstable", "failed", "low", "missing")
"""`unstable` are cases whose repeats score differently within one arm, which is no change."""
_EQUAL = 1e-9


@dataclass(frozen=True, slots=True)
class Standing:
    """A case by its scores, one per arm (None is missing); smaller `order` comes first.

    `gain` is that of the arm that lost most against the first arm, negative where it lost; None
    where there is one arm, or one of the scores is missing.
    """

    scores: tuple[float | None, ...]
    marks: tuple[Mark, ...]
    gain: float | None
    order: tuple[float, float]


def standing_of(row: CaseRow, metric: MetricInfo | None) -> Standing:
    """Where a case stands by a metric: with several arms by its loss, with one by its score.

    Several arms: the largest loss against the first arm first, then what failed, what is equal or
    missing, and the largest gain last. One arm: what failed, what has no score, then the worst.
    """
    sign = -1.0 if metric is not None and metric.direction == "lower" else 1.0
    scores = tuple(
        _mean(results, metric.name) if metric is not None else None
        for results in row.results.values()
    )
    failed = any(stored.result.failure for results in row.results.values() for stored in results)
    missing = metric is not None and None in scores
    first, *others = scores
    gains = [sign * (b - first) for b in others if b is not None and first is not None]
    marks: dict[Mark, bool] = {
        "worse": min(gains, default=0.0) < 0,
        "better": max(gains, default=0.0) > 0,
        "unstable": metric is not None and _is_unstable(row, metric),
        "failed": failed,
        "low": not others and _is_low(first, metric),
        "missing": missing,
    }
    gain = min(gains, default=None)
    if others:
        order = (gain or 0.0, 0.0 if failed else 1.0)
    else:
        order = (0.0 if failed else 1.0, float("-inf") if first is None else sign * first)
    return Standing(scores, tuple(mark for mark in MARKS if marks[mark]), gain, order)


def _mean(results: Sequence[StoredResult], metric: str) -> float | None:
    values = _values(results, metric)
    return sum(values) / len(values) if values else None


def _values(results: Sequence[StoredResult], metric: str) -> list[float]:
    scores = [stored.result.scores.get(metric) for stored in results]
    return [score.value for score in scores if score is not None and score.value is not None]


def _is_unstable(row: CaseRow, metric: MetricInfo) -> bool:
    """Whether repeats of an arm score differently; seconds and dollars always do."""
    if metric.low is None or metric.high is None:
        return False
    arms = [_values(results, metric.name) for results in row.results.values()]
    return any(values and max(values) - min(values) > _EQUAL for values in arms)


def _is_low(value: float | None, metric: MetricInfo | None) -> bool:
    """Whether a score is in the worse half of its metric's range."""
    if value is None or metric is None or metric.low is None or metric.high is None:
        return False
    middle = (metric.low + metric.high) / 2
    return value < middle if metric.direction == "higher" else value > middle
