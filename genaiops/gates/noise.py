"""How much scores vary though nothing changed: measured in runs, or else assumed."""

from dataclasses import dataclass
from math import fsum
from typing import Literal

from genaiops.gates.arms import read_arm
from genaiops.gates.ranges import range_of
from genaiops.records import MetricInfo, RunScores
from genaiops.stats import repeat_variances

ASSUMED_VARIANCE = 0.17
"""Of paired differences: 17% of the answers flip, as those of a model that is right in 85% do."""


@dataclass(frozen=True, slots=True)
class Noise:
    """The variance of paired differences of scores in a range of 0 to 1 where nothing changed.

    Its origin is `repeats` (draws of the same case in one run), `change` (two runs of which one was
    changed, so that it holds the change's own effects as well), or `assumed`. Each arm averages
    `repeats` draws of each of `cases` that were measured.
    """

    variance: float
    origin: Literal["repeats", "change", "assumed"]
    repeats: int = 1
    cases: int = 0

    def at(self, repeats: int) -> float:
        """The variance where each arm averages so many repeats; that of a change is as it was."""
        return self.variance if self.origin == "change" else self.variance * self.repeats / repeats


ASSUMED = Noise(ASSUMED_VARIANCE, "assumed")


def noise_of_repeats(scores: RunScores, info: MetricInfo) -> Noise | None:
    """The noise between the repeats of each case of a run; None where no case has two scores.

    Two draws of the same case differ by twice its variance over repeats; this is their mean over
    cases.
    """
    span = range_of(info).span
    rows = (case.scores.get(info.name, ()) for case in scores.cases)
    drawn = [[value / span for value in row if value is not None] for row in rows]
    variances = repeat_variances(drawn)
    if not variances:
        return None
    return Noise(2 * fsum(variances) / len(variances), "repeats", cases=len(variances))


def noise_of_change(run: RunScores, baseline: RunScores, info: MetricInfo) -> Noise | None:
    """The noise of the differences between two runs; None with fewer than two common cases."""
    one, other = read_arm(run, info), read_arm(baseline, info)
    one, other = one.on(other.ids), other.on(one.ids)
    complete = (one.missing == 0) & (other.missing == 0)
    differences = (one.worst - other.worst)[complete] / range_of(info).span
    if len(differences) < 2:
        return None
    variance = float(differences.var(ddof=1))
    return Noise(variance, "change", repeats=run.run.repeats, cases=len(differences))
