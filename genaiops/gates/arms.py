"""The scores of one metric in one run: repeats averaged, missing ones at both ends."""

from array import array
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import fsum, inf, isinf

import numpy as np
from numpy.typing import NDArray

from genaiops.digests import digest
from genaiops.errors import InputError
from genaiops.records import CaseScores, EvalRun, MetricInfo, RunScores

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Arm:
    """The scores of one metric, one entry per case to which it applies, in the order of case ids.

    Arrays have the shape (cases,). `worst` and `best` are the averages over the repeats if what is
    missing scored the worst, or the best; an unbounded side is infinite. `missing` counts the
    repeats without a score, of `repeats`.
    """

    info: MetricInfo
    ids: tuple[str, ...]
    worst: NDArray[np.float64]
    best: NDArray[np.float64]
    missing: NDArray[np.int_]
    repeats: NDArray[np.int_]

    @property
    def n(self) -> int:
        return len(self.ids)

    @property
    def incomplete(self) -> int:
        """Cases that lack a score."""
        return int(np.count_nonzero(self.missing))

    @property
    def missing_share(self) -> float:
        """The share of missing scores among all; 0 without cases."""
        return float(self.missing.sum() / self.repeats.sum()) if self.n else 0.0

    @property
    def is_single_binary(self) -> bool:
        """Whether each case has one score of 0 or 1, so that exact binomial methods apply."""
        return self.info.binary and bool(np.all(self.repeats == 1))

    @property
    def low(self) -> NDArray[np.float64]:
        """The numerically lower of the two ends."""
        return np.minimum(self.worst, self.best)

    @property
    def high(self) -> NDArray[np.float64]:
        """The numerically higher of the two ends."""
        return np.maximum(self.worst, self.best)

    def on(self, ids: Collection[str]) -> "Arm":
        """The same for some of the cases."""
        chosen = set(ids)
        kept = [position for position, case_id in enumerate(self.ids) if case_id in chosen]
        return Arm(
            info=self.info,
            ids=tuple(self.ids[position] for position in kept),
            worst=self.worst[kept],
            best=self.best[kept],
            missing=self.missing[kept],
            repeats=self.repeats[kept],
        )


class ArmBuilder:
    """Takes the scores of one metric case by case, so that nothing else of a case is held."""

    def __init__(self, run: EvalRun, info: MetricInfo) -> None:
        self._run = run
        self._info = info
        unscored = (inf, -inf) if info.direction == "lower" else (-inf, inf)
        best = info.high if info.direction == "higher" else info.low
        self._worst_value = unscored[0] if info.worst is None else info.worst
        self._best_value = unscored[1] if best is None else best
        self._ids: list[str] = []
        self._worst, self._best = array("d"), array("d")
        self._missing, self._repeats = array("q"), array("q")

    def add(self, case: CaseScores) -> None:
        """Take a case; one whose scores do not hold the metric is left out.

        Raises:
            InputError: a score is outside of the metric's range.
        """
        if self._info.name not in case.scores:
            return
        row = _padded(case, self._info, self._run.repeats)
        self._ids.append(case.case_id)
        self._worst.append(_average(row, self._worst_value))
        self._best.append(_average(row, self._best_value))
        self._missing.append(row.count(None))
        self._repeats.append(len(row))

    def arm(self) -> Arm:
        """All that was taken, in the order of case ids."""
        ids = np.array(self._ids, np.object_)
        order = np.argsort(ids, kind="stable")
        return Arm(
            info=self._info,
            ids=tuple(ids[order].tolist()),
            worst=np.frombuffer(self._worst, np.float64)[order],
            best=np.frombuffer(self._best, np.float64)[order],
            missing=np.frombuffer(self._missing, np.int64)[order],
            repeats=np.frombuffer(self._repeats, np.int64)[order],
        )


def read_arm(scores: RunScores, info: MetricInfo) -> Arm:
    """Read the scores of one metric from a run.

    A case whose scores do not hold the metric is left out: it does not apply there. Repeats that
    the run planned and the case does not have are missing. A repeat that failed counts as infinite
    seconds.

    Raises:
        InputError: two cases have the same id, or a score is outside of the metric's range.
    """
    refuse_doubled(scores.run, [case.case_id for case in scores.cases])
    builder = ArmBuilder(scores.run, info)
    for case in scores.cases:
        builder.add(case)
    return builder.arm()


def refuse_doubled(run: EvalRun, ids: Sequence[str]) -> None:
    """See that each case is there once.

    Raises:
        InputError: two cases have the same id.
    """
    in_order = sorted(ids)
    for one, other in pairwise(in_order):
        if one == other:
            raise InputError(f"run {run.id!r} holds the case {one!r} twice: evaluate it again")


def mean(values: NDArray[np.float64]) -> float | None:
    """The mean, the same for any order of the values; None without values or if it is infinite."""
    if not len(values) or bool(np.isinf(values).any()):
        return None
    return fsum(values.tolist()) / len(values)


def draw_seed(run: EvalRun) -> int:
    """The seed of a gate's random draws: it depends on the dataset alone."""
    return int(digest(run.digests.get("dataset", ""))[:8], 16)


def _padded(case: CaseScores, info: MetricInfo, repeats: int) -> list[float | None]:
    row = [_checked(value, case.case_id, info) for value in case.scores[info.name]]
    row += [None] * (max(repeats, 1) - len(row))
    if info.unit == "s" and info.worst is None:
        row = [inf if repeat in case.failed else value for repeat, value in enumerate(row)]
    return row


def _checked(value: float | None, case_id: str, info: MetricInfo) -> float | None:
    if value is None:
        return None
    low = -inf if info.low is None else info.low
    high = inf if info.high is None else info.high
    allowed = f"0 or 1, and {info.name} says that it is binary"
    if not info.binary:
        allowed = f"in [{low:g}, {high:g}], the range of {info.name}"
    if not low - _ROUNDING <= value <= high + _ROUNDING or (info.binary and value not in {0, 1}):
        raise InputError(f"case {case_id!r} has the score {value!r}, which is not {allowed}")
    return min(max(value, low), high)


def _average(row: Sequence[float | None], unscored: float) -> float:
    values = [unscored if value is None else value for value in row]
    # A repeat that took forever stays so, whatever the missing ones might have been.
    if infinite := [value for value in values if isinf(value)]:
        return max(infinite)
    return fsum(values) / len(values)
