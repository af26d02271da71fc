"""Arms with given scores, for tests of comparisons."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from genaiops.evaluations.columns import Columns, score_columns
from genaiops.evaluations.comparison import ArmScores
from genaiops.evaluations.contrasts import Contrasts, contrast
from genaiops.records import CaseScores, MetricInfo

OK = MetricInfo(name="ok", metric="ok", low=0, high=1, direction="higher", binary=True, digest="a")
F1 = MetricInfo(name="f1", metric="f1", low=0, high=1, direction="higher", digest="b")
LATENCY = MetricInfo(
    name="latency", metric="latency", low=0, high=None, direction="lower", unit="s", digest="c"
)

Row = Sequence[float | None] | float | None


def arm(
    label: str,
    rows: Sequence[Row] | Mapping[str, Row],
    *,
    info: MetricInfo = F1,
    clusters: Sequence[str] | None = None,
    tags: Sequence[Mapping[str, Any]] | None = None,
    **fields: Any,
) -> ArmScores:
    """An arm with one metric; cases are called c000, c001 and so on where no ids are given."""
    by_id = rows if isinstance(rows, Mapping) else {f"c{i:03}": row for i, row in enumerate(rows)}
    cases = tuple(
        CaseScores(
            case_id=case_id,
            cluster=clusters[place] if clusters else None,
            tags=dict(tags[place]) if tags else {},
            scores={info.name: row if isinstance(row, tuple) else (row,)},
        )
        for place, (case_id, row) in enumerate(by_id.items())
    )
    return ArmScores(label, (info,), cases, **fields)


def arms_of(scores: Any, *, info: MetricInfo = F1, **fields: Any) -> list[ArmScores]:
    """An arm for each column of an array, called a, b, c; NaN is a missing score."""
    columns = np.asarray(scores, float).T
    return [
        arm(
            chr(ord("a") + place),
            [None if np.isnan(value) else float(value) for value in column],
            info=info,
            **fields,
        )
        for place, column in enumerate(columns)
    ]


def columns_of(arms: Sequence[ArmScores]) -> Columns:
    info = arms[0].metrics[0]
    return score_columns(arms, info, [case.case_id for case in arms[0].cases])


def contrasts_of(scores: Any, *, info: MetricInfo = F1, level: float = 0.95) -> Contrasts:
    return contrast(columns_of(arms_of(scores, info=info)), level=level, seed=0)


def graded(n: int, shifts: Sequence[float], *, seed: int = 1, noise: float = 0.1) -> np.ndarray:
    """Scores around .5 of cases that differ in difficulty, shape (cases, arms)."""
    generator = np.random.default_rng(seed)
    scores = generator.normal(0.5, 0.15, (n, 1)) + np.array(shifts)
    return np.clip(scores + generator.normal(0, noise, (n, len(shifts))), 0, 1)
