"""Scores, costs and times of several arms on the same cases, as arrays. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import fsum, inf, isfinite

import numpy as np
from numpy.typing import NDArray

from genaiops.errors import InputError
from genaiops.evaluations.comparison import ArmScores
from genaiops.gates.arms import Ends
from genaiops.gates.ranges import bounded_range
from genaiops.records import CaseScores, MetricInfo

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Columns:
    """One column per arm; higher is better (a lower-is-better metric stands negated here).

    Arrays have the shape (cases, arms). Cases that depend on each other stand together, and
    `starts` is where each such unit begins. `worst` and `best` are averages over repeats with what
    is missing at its worst or best; `missing` counts repeats without a score. `applies` is False
    where an arm has nothing to compare on a case. `span` is the width of the range; None if it has
    none, and then a case without a score does not apply.
    """

    ids: tuple[str, ...]
    starts: NDArray[np.int_]
    worst: NDArray[np.float64]
    best: NDArray[np.float64]
    missing: NDArray[np.int_]
    applies: NDArray[np.bool_]
    repeats: tuple[int, ...]
    span: float | None
    left_out: int = 0

    @property
    def arms(self) -> int:
        return self.worst.shape[1]

    @property
    def is_clustered(self) -> bool:
        return len(self.starts) < len(self.ids)

    def means(self) -> NDArray[np.float64]:
        """The mean of each arm with what is missing at its worst; 0 where nothing applies."""
        counts = np.maximum(self.applies.sum(axis=0), 1)
        return np.where(self.applies, self.worst, 0.0).sum(axis=0) / counts

    def on(self, chosen: NDArray[np.bool_]) -> "Columns":
        """The same for some of the cases, given as a mask."""
        unit_of = np.zeros(len(self.ids), np.int_)
        unit_of[self.starts] = 1
        kept = np.cumsum(unit_of)[chosen]
        return replace(
            self,
            ids=tuple(case_id for case_id, keep in zip(self.ids, chosen, strict=True) if keep),
            starts=np.flatnonzero(np.diff(kept, prepend=0)),
            worst=self.worst[chosen],
            best=self.best[chosen],
            missing=self.missing[chosen],
            applies=self.applies[chosen],
        )

    def arm(self, place: int, info: MetricInfo) -> Ends:
        """One column as gates have it, in the metric's own direction."""
        sign = sign_of(info)
        rows = np.flatnonzero(self.applies[:, place])
        begins = np.zeros(len(self.ids), np.int32)
        begins[self.starts] = 1
        return Ends(
            info=info,
            worst=sign * self.worst[rows, place],
            best=sign * self.best[rows, place],
            missing=self.missing[rows, place],
            repeats=np.full(len(rows), self.repeats[place]),
            clusters=np.cumsum(begins, dtype=np.int32)[rows],
        )


def sign_of(info: MetricInfo) -> float:
    """1 where higher is better, else -1."""
    return 1.0 if info.direction == "higher" else -1.0


def score_columns(arms: Sequence[ArmScores], info: MetricInfo, ids: Sequence[str]) -> Columns:
    """The scores of one metric on the cases `ids`, which all arms have.

    Raises:
        InputError: a score is outside of the metric's range.
    """
    by_arm = [{case.case_id: case for case in arm.cases} for arm in arms]
    clusters = _clusters(by_arm[0], ids)
    ordered = sorted(ids, key=lambda case_id: (clusters[case_id], case_id))
    values = bounded_range(info)
    repeats = tuple(
        max((len(_row(c, info)) for c in cases.values()), default=1) for cases in by_arm
    )
    ends = _Ends.of(info)
    shape = (len(ordered), len(arms))
    worst, best = np.zeros(shape), np.zeros(shape)
    missing, applies = np.zeros(shape, np.int_), np.zeros(shape, np.bool_)
    for place, (arm, cases) in enumerate(zip(arms, by_arm, strict=True)):
        for row, case_id in enumerate(ordered):
            case = cases[case_id]
            if info.name not in case.scores:
                continue
            scores = _scores(case, info, arm.label, max(repeats[place], 1))
            gaps = scores.count(None)
            applies[row, place], missing[row, place] = True, gaps
            worst[row, place] = _average(scores, ends.worst)
            best[row, place] = _average(scores, ends.best) if gaps else worst[row, place]
    if values is None:
        applies &= missing == 0
    sign = sign_of(info)
    return Columns(
        ids=tuple(ordered),
        starts=_starts([clusters[case_id] for case_id in ordered]),
        worst=_finite(sign * np.where(applies, worst, 0.0)),
        best=_finite(sign * np.where(applies, best, 0.0)),
        missing=missing,
        applies=applies,
        repeats=repeats,
        span=None if values is None else values.span,
        left_out=int(np.count_nonzero((missing > 0).any(axis=1))) if values is None else 0,
    )


def amount_columns(like: Columns, amounts: Sequence[Mapping[str, float | None]]) -> Columns:
    """What cases cost or took, on the cases of other columns; less is better.

    An infinite amount, as of a call that failed, counts as the largest of all that are known.
    """
    rows = [[amount.get(case_id) for amount in amounts] for case_id in like.ids]
    applies = np.array([[value is not None for value in row] for row in rows], np.bool_)
    values = np.array([[0.0 if value is None else -value for value in row] for row in rows])
    values = _finite(values.reshape(like.worst.shape))
    applies = applies.reshape(values.shape)
    return replace(
        like, worst=values, best=values, missing=np.zeros_like(like.missing), applies=applies,
        span=None,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Ends:
    """What stands for a missing score; infinite on an unbounded side."""

    worst: float
    best: float

    @classmethod
    def of(cls, info: MetricInfo) -> "_Ends":
        low = -inf if info.low is None else info.low
        high = inf if info.high is None else info.high
        return cls(low, high) if info.direction == "higher" else cls(high, low)


def _row(case: CaseScores, info: MetricInfo) -> tuple[float | None, ...]:
    return case.scores.get(info.name, ())


def _scores(case: CaseScores, info: MetricInfo, label: str, repeats: int) -> list[float | None]:
    row: list[float | None] = list(case.scores[info.name])
    low = -inf if info.low is None else info.low - _ROUNDING
    high = inf if info.high is None else info.high + _ROUNDING
    for value in row:
        if value is not None and not low <= value <= high:
            raise InputError(
                f"{label}: case {case.case_id!r} has the score {value!r}, which is outside of the "
                f"range of {info.name}"
            )
    row += [None] * (repeats - len(row))
    if info.unit == "s" and info.worst is None:
        row = [inf if place in case.failed else value for place, value in enumerate(row)]
    return row


def _average(scores: Sequence[float | None], unscored: float) -> float:
    if len(scores) == 1:
        return unscored if scores[0] is None else scores[0]
    values = [unscored if value is None else value for value in scores]
    if infinite := [value for value in values if not isfinite(value)]:
        return infinite[0]
    return fsum(values) / len(values)


def _clusters(cases: Mapping[str, CaseScores], ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """What each case depends on: its cluster, or itself alone."""
    return {
        case_id: ("", case_id)
        if cases[case_id].cluster is None
        else (cases[case_id].cluster or "", "")
        for case_id in ids
    }


def _starts(units: Sequence[tuple[str, str]]) -> NDArray[np.int_]:
    changes = [place for place, unit in enumerate(units) if not place or unit != units[place - 1]]
    return np.array(changes, np.int_)


def _finite(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Without infinite losses: they count as the largest loss that is known."""
    known = values[np.isfinite(values)]
    return np.where(np.isfinite(values), values, known.min() if len(known) else 0.0)
