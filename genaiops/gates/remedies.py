"""What would decide a gate that is inconclusive."""

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from genaiops.gates.arms import Ends
from genaiops.gates.finding import Remedy
from genaiops.stats import LEAST_CLUSTERS
from genaiops.text.quantities import counted


@dataclass(frozen=True, slots=True)
class Units:
    """What varies independently: cases, or clusters of cases.

    `complete` are the values of those without missing scores, means over the cases of a cluster;
    shape (units,). `cases` and `count` are all that there are, `incomplete` cases lack a score.
    `largest` is the size of the largest unit over that of the average one: the pseudo unit of
    Gaffke's bound is as large.
    """

    complete: NDArray[np.float64]
    cases: int
    count: int
    incomplete: int
    is_clustered: bool
    largest: float = 1.0

    @classmethod
    def of(cls, ends: Ends, values: NDArray[np.float64], is_complete: NDArray[np.bool_]) -> "Units":
        """The units of an arm with their values, shape (cases,)."""
        missing = int(np.count_nonzero(~is_complete))
        count = ends.cluster_count
        if count is None:
            return cls(values[is_complete], ends.n, ends.n, missing, is_clustered=False)
        _, rows = np.unique(np.array(ends.cluster_ids)[is_complete], return_inverse=True)
        sizes = np.bincount(rows)
        means = np.bincount(rows, values[is_complete]) / np.maximum(sizes, 1)
        largest = float(sizes.max(initial=1)) * len(sizes) / max(float(sizes.sum()), 1.0)
        return cls(means, ends.n, count, missing, is_clustered=True, largest=largest)

    @property
    def variance(self) -> float:
        """The variance between units; 0 for fewer than two."""
        return float(self.complete.var(ddof=1)) if len(self.complete) > 1 else 0.0


def remedy_of(needed: int | None, units: Units, obstacle: str, *, weight: float = 1.0) -> Remedy:
    """More cases, the missing scores, both, or nothing.

    Args:
        needed: units that would decide if the scores that are there are typical; None if no number
            would.
        units: those there are.
        obstacle: why no number of cases would do.
        weight: by how much more are needed for the largest unit.
    """
    needed = None if needed is None else ceil(needed * weight)
    incomplete = units.incomplete
    if incomplete and (incomplete == units.cases or (needed is not None and needed <= units.count)):
        return score_first(incomplete)
    lead = f"{score_first(incomplete).text}, then " if incomplete else ""
    if needed is None:
        return Remedy(f"{lead}no number of cases would: {obstacle}")
    needed = max(needed, units.count + 1)
    if units.is_clustered:
        needed = max(needed, LEAST_CLUSTERS)
        cases = ceil(needed * units.cases / units.count)
        return Remedy(f"{lead}about {counted(needed, 'cluster')} of cases", cases)
    return Remedy(f"{lead}about {counted(needed, 'case')}", needed)


def score_first(incomplete: int) -> Remedy:
    """Missing scores stand in the way."""
    return Remedy(f"score the {counted(incomplete, 'case')} with missing scores")


def missing_text(incomplete: int) -> str:
    """The sentence about missing scores, with a leading space; empty without any."""
    if not incomplete:
        return ""
    counts = "lacks a score and counts" if incomplete == 1 else "lack scores and count"
    return f" {counted(incomplete, 'case')} {counts} as the worst."
