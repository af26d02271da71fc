"""The cases that a metric applies to: how many, in which clusters, and how they scored before."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from genaiops.gates.arms import Arm, read_arm
from genaiops.records import MetricInfo, RunScores
from genaiops.stats.power import Spread


@dataclass(frozen=True, slots=True)
class Sample:
    """A number of cases; `clusters` is None where each stands for itself."""

    cases: int
    clusters: int | None = None
    largest: int = 1

    @classmethod
    def of(cls, ids: Iterable[str | None]) -> "Sample":
        """Count cases by the ids of their clusters; None is a cluster of its own."""
        named, alone = Counter[str](), 0
        for cluster in ids:
            if cluster is None:
                alone += 1
            else:
                named[cluster] += 1
        cases, largest = alone + named.total(), max(named.values(), default=1)
        return cls(cases, alone + len(named) if largest > 1 else None, largest)

    def grown(self, cases: int) -> "Sample":
        """So many cases of the same kind."""
        if self.clusters is None:
            return Sample(cases)
        return Sample(cases, self.clusters * cases // self.cases, self.largest)

    def spread(self, variance: float) -> Spread:
        """The spread of a mean over the cases whose variance is `variance` / cases."""
        units = self.cases // self.largest
        return Spread(units, variance * units / max(self.cases, 1), self.clusters)


@dataclass(frozen=True, slots=True)
class Level:
    """The scores of one metric in a run, with the cluster of each case."""

    arm: Arm
    clusters: tuple[str | None, ...]

    @classmethod
    def of(cls, scores: RunScores, info: MetricInfo) -> "Level":
        """Read one metric of a run.

        Raises:
            InputError: a case is there twice, or a score is outside of the metric's range.
        """
        arm = read_arm(scores, info)
        cluster = {case.case_id: case.cluster for case in scores.cases}
        return cls(arm, tuple(cluster[case_id] for case_id in arm.ids))

    @property
    def sample(self) -> Sample:
        return Sample.of(self.clusters)

    def variance(self, values: NDArray[np.float64]) -> float:
        """Cases times the variance of the mean of `values`, one per case; clusters as wholes."""
        if len(values) < 2:
            return 0.0
        errors = values - values.mean()
        if self.sample.clusters is None:
            return float((errors**2).sum()) / (len(values) - 1)
        numbers = dict[str | int, int]()
        keys = (cluster if cluster is not None else at for at, cluster in enumerate(self.clusters))
        rows = np.array([numbers.setdefault(key, len(numbers)) for key in keys], np.int_)
        totals = np.bincount(rows, errors)
        count = len(totals)
        return count / max(count - 1, 1) * float((totals**2).sum()) / len(values)
