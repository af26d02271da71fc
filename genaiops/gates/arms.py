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
class Ends:
    """The scores of one metric, one entry per case to which it applies.

    Arrays have the shape (cases,). `worst` and `best` are the averages over the repeats if what is
    missing scored the worst, or the best; an unbounded side is infinite. `missing` counts the
    repeats without a score, of `repeats`. `clusters` are their numbers, -1 for a case of none.
    """

    info: MetricInfo
    worst: NDArray[np.float64]
    best: NDArray[np.float64]
    missing: NDArray[np.int_]
    repeats: NDArray[np.int_]
    clusters: NDArray[np.int32]

    @property
    def n(self) -> int:
        return len(self.worst)

    @property
    def incomplete(self) -> int:
        """Cases that lack a score."""
        return int(np.count_nonzero(self.missing))

    @property
    def cluster_count(self) -> int | None:
        """Clusters, a case of none being one; None where no two cases share one."""
        named = self.clusters[self.clusters >= 0]
        repeated = len(named) - len(np.unique(named))
        return self.n - repeated if repeated else None

    @property
    def cluster_ids(self) -> list[int]:
        """A number of each case's cluster, one of its own for a case of none."""
        own = -1 - np.arange(self.n)
        return np.where(self.clusters >= 0, self.clusters, own).tolist()

    @property
    def is_repeated(self) -> bool:
        """Whether any case was asked more than once."""
        return bool(np.any(self.repeats > 1))

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


@dataclass(frozen=True, slots=True)
class Arm(Ends):
    """The same with the ids of the cases, in whose order the entries stand.

    `unstable` are those whose scores differ between repeats.
    """

    ids: tuple[str, ...]
    unstable: frozenset[str]

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
            clusters=self.clusters[kept],
            unstable=self.unstable & chosen,
        )


class EndsBuilder:
    """Takes the scores of one metric case by case, so that nothing else of a case is held."""

    def __init__(self, run: EvalRun, info: MetricInfo) -> None:
        self._run = run
        self._info = info
        unscored = (inf, -inf) if info.direction == "lower" else (-inf, inf)
        best = info.best
        self._worst_value = unscored[0] if info.worst is None else info.worst
        self._best_value = unscored[1] if best is None else best
        self._worst, self._best = array("d"), array("d")
        self._missing, self._repeats = array("q"), array("q")
        self._numbers: dict[str, int] = {}
        self._clusters = array("i")

    def add(self, case: CaseScores) -> bool:
        """Take a case; one whose scores do not hold the metric is left out, which gives False.

        Raises:
            InputError: a score is outside of the metric's range.
        """
        if self._info.name not in case.scores:
            return False
        row = _padded(case, self._info, self._run.repeats)
        if case.cluster is not None:
            self._fill_clusters()
            self._clusters.append(self._numbers.setdefault(case.cluster, len(self._numbers)))
        self._worst.append(_average(row, self._worst_value))
        self._best.append(_average(row, self._best_value))
        self._missing.append(row.count(None))
        self._repeats.append(len(row))
        return True

    def ends(self) -> Ends:
        """All that was taken, in its order; no more can be taken then."""
        self._fill_clusters()
        return Ends(
            info=self._info,
            worst=np.frombuffer(self._worst, np.float64),
            best=np.frombuffer(self._best, np.float64),
            missing=np.frombuffer(self._missing, np.int64),
            repeats=np.frombuffer(self._repeats, np.int64),
            clusters=np.frombuffer(self._clusters, np.int32),
        )

    def _fill_clusters(self) -> None:
        """Note that the cases so far, where nothing is noted, are of no cluster."""
        self._clusters.extend([-1] * (len(self._worst) - len(self._clusters)))


def read_arm(scores: RunScores, info: MetricInfo) -> Arm:
    """Read the scores of one metric from a run, in the order of case ids.

    A case whose scores do not hold the metric is left out: it does not apply there. Repeats that
    the run planned and the case does not have are missing. A repeat that failed counts as infinite
    seconds.

    Raises:
        InputError: two cases have the same id, or a score is outside of the metric's range.
    """
    refuse_doubled(scores)
    builder = EndsBuilder(scores.run, info)
    in_order = sorted(scores.cases, key=lambda case: case.case_id)
    ids = tuple(case.case_id for case in in_order if builder.add(case))
    ends = builder.ends()
    return Arm(
        info=info,
        ids=ids,
        worst=ends.worst,
        best=ends.best,
        missing=ends.missing,
        repeats=ends.repeats,
        clusters=ends.clusters,
        unstable=frozenset(case.case_id for case in in_order if _is_unstable(case, info)),
    )


class ScoreReader:
    """The scores of a run, each metric read once however many gates look at it."""

    def __init__(self, scores: RunScores) -> None:
        self.scores = scores
        self._arms: dict[str, Arm] = {}

    def arm(self, info: MetricInfo) -> Arm:
        """The scores of a metric that the run has.

        Raises:
            InputError: as of `read_arm`.
        """
        if info.name not in self._arms:
            self._arms[info.name] = read_arm(self.scores, info)
        return self._arms[info.name]


def refuse_doubled(scores: RunScores) -> None:
    """See that each case is there once.

    Raises:
        InputError: two cases have the same id.
    """
    in_order = sorted(case.case_id for case in scores.cases)
    for one, other in pairwise(in_order):
        if one == other:
            name = scores.run.id
            raise InputError(f"run {name!r} holds the case {one!r} twice: evaluate it again")


def mean(values: NDArray[np.float64]) -> float | None:
    """The mean, the same for any order of the values; None without values or if it is infinite."""
    if not len(values) or bool(np.isinf(values).any()):
        return None
    return fsum(values.data) / len(values)


def draw_seed(run: EvalRun) -> int:
    """The seed of a gate's random draws: it depends on the dataset alone."""
    return int(digest(run.digests.get("dataset", ""))[:8], 16)


def _is_unstable(case: CaseScores, info: MetricInfo) -> bool:
    """Whether the scores of repeats differ; seconds and dollars always do, which says nothing."""
    if info.low is None or info.high is None:
        return False
    scores = case.scores.get(info.name, ())
    if len(scores) < 2:
        return False
    scored = [value for value in scores if value is not None]
    return bool(scored) and max(scored) - min(scored) > _ROUNDING


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
