"""What an evaluation in batches saves: calls until it may stop, at the same error."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt

import numpy as np
from honesty_table.ours import ALPHA, paired
from honesty_table.table import BOUND, MARGIN
from honesty_table.worlds import WORLDS, Floats, Sample, World, draw

from genaiops.stats import Claim, Units, pairs_needed
from genaiops.stats.split import Split

NOISY, SPARSE = WORLDS[0], WORLDS[2]
BATCH = 20
CAP = pairs_needed(0.17, MARGIN, ALPHA) or 0
"""The cases with which an unchanged candidate of the noisy world passes four times of five."""
LEAST_SAVED = {0.20: 0.75, 0.10: 0.45, -0.05: 0.50}
"""The share of calls that has to be saved, by the true drop; below 0 it is a gain."""
_DROPS = (0.20, 0.10, 0.05, 0.0, -0.05)


@dataclass(frozen=True, slots=True)
class Race:
    """Evaluations of one true drop in batches: what was claimed, and the share of calls saved.

    `saved_error` is the standard error of `saved`.
    """

    world: World
    drop: float
    passes: float
    fails: float
    saved: float
    saved_error: float
    evaluations: int

    def broken_bound(self) -> str | None:
        """How it errs too often, or saves too little."""
        allowed = BOUND + 2 * sqrt(ALPHA * (1 - ALPHA) / self.evaluations)
        error = self.fails if self.drop <= 0 else self.passes if self.drop >= MARGIN else 0.0
        if error > allowed:
            return f"in batches, {self.world.name}, true drop {self.drop:g}: {error:.3f} are wrong"
        least = LEAST_SAVED.get(self.drop, 0.0) if self.world == NOISY else 0.0
        if self.saved < least - 2 * self.saved_error:
            return f"in batches, true drop {self.drop:g}: {self.saved:.0%} saved, not {least:.0%}"
        return None


def races(seed: int, evaluations: int) -> Iterator[Race]:
    """Run evaluations in batches, by draws of their own."""
    places = [*((NOISY, drop) for drop in _DROPS), (SPARSE, MARGIN)]
    for number, (world, drop) in enumerate(places):
        generator = np.random.default_rng([seed, number, evaluations])
        samples = draw(world, generator, evaluations=evaluations, cases=CAP, drop=drop)
        ends = [_run(samples[place]) for place in range(evaluations)]
        saved = [1 - end.units / CAP for end in ends]
        yield Race(
            world=world,
            drop=drop,
            passes=float(np.mean([end.claim == "pass" for end in ends])),
            fails=float(np.mean([end.claim == "fail" for end in ends])),
            saved=float(np.mean(saved)),
            saved_error=float(np.std(saved)) / sqrt(evaluations),
            evaluations=evaluations,
        )


def _run(sample: Sample) -> "_End":
    """One evaluation until a claim or the cap."""
    split = Split.start(margin=MARGIN, cap=CAP, alpha=ALPHA)
    differences: Floats = sample.differences
    for start in range(0, CAP, BATCH):
        batch = differences[start : start + BATCH]
        split = split.updated(Units.of_cases(batch, batch, lo=-1, hi=1))
        if claim := split.proofs().claim(ALPHA):
            return _End(claim, split.units)
    return _End(split.proofs(paired(sample, MARGIN)).claim(ALPHA), split.units)


@dataclass(frozen=True, slots=True)
class _End:
    claim: Claim | None
    units: int
