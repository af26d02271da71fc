"""Cases to look at: where every arm does badly, and where arms differ most. Pure."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from genaiops.evaluations.columns import Columns, sign_of
from genaiops.evaluations.comparison import CaseContrast
from genaiops.gates.ranges import bounded_range
from genaiops.records import MetricInfo

_MOST = 5
_EQUAL = 1e-9


def worst_cases(
    columns: Columns, info: MetricInfo, order: Sequence[int], failed: int
) -> tuple[CaseContrast, ...]:
    """Up to five cases whose best score over all arms is lowest, and not the best there is."""
    top = np.where(columns.applies, columns.worst, -np.inf).max(axis=1, initial=-np.inf)
    is_bad = np.isfinite(top)
    values = bounded_range(info)
    if values is not None:
        is_bad &= top < max(sign_of(info) * values.low, sign_of(info) * values.high) - _EQUAL
    return _contrasts(columns, info, (order, failed), -top, is_bad)


def most_different_cases(
    columns: Columns, info: MetricInfo, order: Sequence[int], failed: int
) -> tuple[CaseContrast, ...]:
    """Up to five cases with the largest distance between two arms' scores."""
    has_score = columns.applies & (columns.missing == 0)
    high = np.where(has_score, columns.worst, -np.inf).max(axis=1, initial=-np.inf)
    low = np.where(has_score, columns.worst, np.inf).min(axis=1, initial=np.inf)
    spread = np.where(has_score.any(axis=1), high, 0.0) - np.where(has_score.any(axis=1), low, 0.0)
    return _contrasts(columns, info, (order, failed), spread, spread > _EQUAL)


def _contrasts(
    columns: Columns,
    info: MetricInfo,
    rows: tuple[Sequence[int], int],
    size: NDArray[np.float64],
    chosen: NDArray[np.bool_],
) -> tuple[CaseContrast, ...]:
    order, failed = rows
    places = sorted(np.flatnonzero(chosen), key=lambda place: (-size[place], columns.ids[place]))
    sign = sign_of(info)
    return tuple(
        CaseContrast(
            columns.ids[case],
            (
                *(
                    sign * float(columns.worst[case, arm]) + 0.0
                    if columns.applies[case, arm] and not columns.missing[case, arm]
                    else None
                    for arm in order
                ),
                *[None] * failed,
            ),
        )
        for case in places[:_MOST]
    )
