"""The table of arms, with as many columns as the terminal has room for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from genaiops.evaluations.comparison import ComparedArm, Comparison
from genaiops.evaluations.reports.comparison_figures import (
    front_text,
    rank_text,
    score_head,
    score_text,
    seconds_text,
    usd_text,
)
from genaiops.evaluations.reports.figures import difference_text, estimate_text, level_text
from genaiops.records import Estimate, MetricInfo
from genaiops.text.layout import one_line, table

_LEAST_LABEL = 12
_MOST_LABEL = 32
_GAP = 2
_INDENT = 2


@dataclass(frozen=True, slots=True)
class ArmTable:
    """The text of the table, and whether the differences to the first arm are in it."""

    text: str
    has_differences: bool


@dataclass(frozen=True, slots=True)
class _Column:
    head: str
    cells: tuple[str, ...]
    is_right: bool = False

    @property
    def width(self) -> int:
        return max(len(cell) for cell in (self.head, *self.cells))


def arm_table(comparison: Comparison, width: int) -> ArmTable:
    """Rank, arm and score always; then cost, time and front; then differences; then other metrics.

    Args:
        comparison: with at least one arm.
        width: of the terminal, 60 or more.
    """
    labels = tuple(one_line(arm.label, _MOST_LABEL) for arm in comparison.arms)
    natural = max(map(len, ("arm", *labels)))
    least = min(natural, _LEAST_LABEL)
    columns = _first(comparison)
    room = width - _INDENT
    for column in _known(comparison):
        if _width([*columns, column]) + least <= room:
            columns.append(column)
    differences = difference_column(comparison)
    has_differences = False
    if differences is not None and _width([*columns, differences]) + natural <= room:
        columns.append(differences)
        has_differences = True
    if has_differences or differences is None:
        for info in comparison.metrics:
            column = _other(comparison, info)
            if _width([*columns, column]) + natural <= room:
                columns.append(column)
    label_width = max(min(natural, room - _width(columns)), 1)
    arms = _Column("arm", tuple(one_line(label, label_width) for label in labels))
    return ArmTable(_text([columns[0], arms, *columns[1:]]), has_differences)


def difference_column(comparison: Comparison) -> "_Column | None":
    """Each arm minus the first; None where there is nothing to compare."""
    info, best = comparison.metric, comparison.arms[0].label
    found = differences_to(comparison, best)
    if info is None or not found:
        return None
    level = level_text(comparison.level)
    cells = tuple(
        difference_text(found[arm.label], info) if arm.label in found else ""
        for arm in comparison.arms
    )
    return _Column(f"minus first [{level}]", cells)


def differences_to(comparison: Comparison, label: str) -> dict[str, Estimate]:
    """The difference of each other arm to one, by its label."""
    found: dict[str, Estimate] = {}
    for pair in comparison.pairs:
        if pair.first == label:
            found[pair.second] = pair.difference
        elif pair.second == label:
            found[pair.first] = _turned(pair.difference)
    return found


def _turned(difference: Estimate) -> Estimate:
    value, low, high = (
        None if end is None else 0.0 - end
        for end in (difference.value, difference.low, difference.high)
    )
    return difference.model_copy(update={"value": value, "low": high, "high": low})


def _first(comparison: Comparison) -> list[_Column]:
    info = comparison.metric
    ranks = _Column("rank", tuple(map(rank_text, comparison.arms)))
    if info is None:
        return [ranks]
    estimates = [arm.estimate for arm in comparison.arms if arm.estimate is not None]
    cells = tuple(
        score_text(arm.estimate, info) if arm.failure is None else "failed"
        for arm in comparison.arms
    )
    return [ranks, _Column(one_line(score_head(info, estimates), _MOST_LABEL), cells)]


def _known(comparison: Comparison) -> list[_Column]:
    """Cost, time and front, where any arm has them."""
    arms = comparison.arms
    columns: list[_Column] = []
    if any(arm.usd_per_1k_cases is not None for arm in arms):
        columns.append(
            _Column(
                "per 1,000", _cells(arms, lambda arm: usd_text(arm.usd_per_1k_cases)), is_right=True
            )
        )
    if any(arm.latency_p95_s is not None for arm in arms):
        columns.append(
            _Column("p95", _cells(arms, lambda arm: seconds_text(arm.latency_p95_s)), is_right=True)
        )
    if any(arm.on_front is not None for arm in arms):
        columns.append(_Column("front", _cells(arms, front_text)))
    return columns


def _cells(arms: Sequence[ComparedArm], told: Callable[[ComparedArm], str]) -> tuple[str, ...]:
    return tuple(told(arm) if arm.failure is None else "" for arm in arms)


def _other(comparison: Comparison, info: MetricInfo) -> _Column:
    cells = tuple(
        estimate_text(arm.others[info.name], info) if info.name in arm.others else ""
        for arm in comparison.arms
    )
    return _Column(one_line(info.name, _MOST_LABEL), cells)


def _width(columns: Sequence[_Column]) -> int:
    """Of the columns with the gaps that the column of labels adds."""
    return sum(column.width + _GAP for column in columns)


def _text(columns: Sequence[_Column]) -> str:
    rows = [[column.head for column in columns]]
    rows += [list(row) for row in zip(*(column.cells for column in columns), strict=True)]
    rows = [[" " * _INDENT + row[0], *row[1:]] for row in rows]
    right = [place for place, column in enumerate(columns) if column.is_right]
    return table(rows, right=right)
