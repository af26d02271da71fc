"""A candidate and its baseline on the same cases, and the test of their difference."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from genaiops.gates.arms import Arm
from genaiops.gates.questions import Question, settled
from genaiops.gates.ranges import range_of
from genaiops.stats import (
    ClusterTotals,
    Counts,
    PairedTest,
    Units,
    paired_binary,
    paired_clustered,
    paired_mean,
)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Two arms on the same cases, in the same order.

    `worst` and `best` hold, per case, by how much the candidate is better than the baseline
    (whatever the direction of the metric) if what is missing in either scored the worst, or the
    best, for the candidate. `is_complete` tells the cases without a missing score.
    """

    candidate: Arm
    baseline: Arm

    @property
    def worst(self) -> NDArray[np.float64]:
        return self._sign * (self.candidate.worst - self.baseline.best)

    @property
    def best(self) -> NDArray[np.float64]:
        return self._sign * (self.candidate.best - self.baseline.worst)

    @property
    def is_complete(self) -> NDArray[np.bool_]:
        return (self.candidate.missing == 0) & (self.baseline.missing == 0)

    @property
    def incomplete(self) -> int:
        return int(np.count_nonzero(~self.is_complete))

    @property
    def is_equal(self) -> bool:
        """Whether each case scored the same in both arms, and none lacks a score."""
        is_same = np.array_equal(self.candidate.worst, self.baseline.worst)
        return is_same and not self.incomplete

    @property
    def missing_share(self) -> float:
        """The larger share of missing scores of the two arms."""
        return max(self.candidate.missing_share, self.baseline.missing_share)

    @property
    def is_single_binary(self) -> bool:
        """Whether each case has one score of 0 or 1 in both arms, and cases are independent."""
        is_share = self.candidate.is_single_binary and self.baseline.is_single_binary
        return is_share and self.candidate.cluster_count is None

    @property
    def counts(self) -> Counts:
        """The pairs of 0/1 scores, missing ones at their worst."""
        return _counts(self.worst)

    @property
    def drop(self) -> str:
        """What a worse value is called."""
        return "drop" if self.candidate.info.direction == "higher" else "rise"

    def on(self, ids: frozenset[str]) -> "Pairs":
        """The same for some of the cases."""
        return Pairs(self.candidate.on(ids), self.baseline.on(ids))

    @property
    def _sign(self) -> float:
        return 1.0 if self.candidate.info.direction == "higher" else -1.0


def ask_difference(pairs: Pairs, *, margin: float, alpha: float) -> Question[PairedTest]:
    """Ask whether the candidate is worse than the baseline, and whether by the margin."""
    worst, best = pairs.worst, pairs.best
    span = range_of(pairs.candidate.info).span
    if pairs.candidate.cluster_count is not None:
        ids = pairs.candidate.cluster_ids
        totals = ClusterTotals.of(worst, best, ids, lo=-span, hi=span)
        return Question(
            (Units.of_clusters(totals),),
            lambda draws: paired_clustered(totals, draws[0], margin=margin, alpha=alpha),
        )
    if pairs.is_single_binary:
        return settled(paired_binary(_counts(worst), _counts(best), margin=margin, alpha=alpha))
    return Question(
        (Units.of_cases(worst, best, lo=-span, hi=span),),
        lambda draws: paired_mean(draws[0], margin=margin, alpha=alpha),
    )


def _counts(gains: NDArray[np.float64]) -> Counts:
    return Counts(int(np.count_nonzero(gains > 0)), int(np.count_nonzero(gains < 0)), len(gains))
