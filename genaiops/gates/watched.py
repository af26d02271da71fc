"""A gate with what was seen of it while cases come in."""

from dataclasses import dataclass, field

import numpy as np

from genaiops.gates.against import shared_pairs
from genaiops.gates.arms import Arm, ScoreReader
from genaiops.gates.baselines import metric_of
from genaiops.gates.bounds import Ranged
from genaiops.gates.counts import broken_cases
from genaiops.gates.course import Course
from genaiops.gates.find import is_followed
from genaiops.gates.followed import start_difference, start_limit
from genaiops.gates.rules import gate_limit
from genaiops.specs.evaluation import GateSpec
from genaiops.stats import LimitSplit, Proofs, Split, Units, outlook


@dataclass(slots=True)
class Watched:
    """A gate under way; `shared` cases, or clusters, are expected to be in the baseline as well."""

    gate: GateSpec
    shared: int
    _state: Split | LimitSplit | None = None
    _seen: list[Units] = field(default_factory=list[Units])
    _broken: int = 0

    @property
    def proofs(self) -> Proofs:
        """What is proven so far; nothing of a gate that waits for all cases."""
        return Proofs(1.0, 1.0) if self._state is None else self._state.proofs()

    @property
    def is_broken(self) -> bool:
        """Whether more cases are broken than may be."""
        return self.gate.max_cases is not None and self._broken > self.gate.max_cases

    def is_futile(self, *, seed: int) -> bool:
        """Whether the cases to come are unlikely to decide it; known of comparisons only."""
        if not isinstance(self._state, Split):
            return False
        shares, sizes = zip(*((units.shares, units.sizes) for units in self._seen), strict=True)
        seen = Units(np.hstack(shares), np.hstack(sizes), self._seen[0].lo, self._seen[0].hi)
        return outlook(self._state, seen, seed=seed).is_futile

    def take(self, here: ScoreReader, there: ScoreReader | None, course: Course) -> None:
        """See a batch of a run, and of its baseline.

        Raises:
            InputError: the scores are broken.
        """
        info = metric_of(here.scores, self.gate.metric)
        if info is None:
            return
        arm = here.arm(info)
        if self.gate.max_cases is not None:
            self._broken += broken_cases(arm)
        elif is_followed(self.gate) and self.gate.no_worse_than is None:
            state = self._state or start_limit(arm, course, gate_limit(self.gate))
            self._state = state.updated(course.scores(Ranged.of(arm), arm.ids))
        elif is_followed(self.gate) and there is not None:
            self._compare(arm, here, there, course)

    def _compare(self, arm: Arm, here: ScoreReader, there: ScoreReader, course: Course) -> None:
        theirs, margin = metric_of(there.scores, arm.info.name), self.gate.margin or 0.0
        if theirs is None or theirs.digest != arm.info.digest:
            return
        pairs = shared_pairs(arm, here, there)
        state = self._state or start_difference(
            pairs, course, margin=margin, alpha=self.gate.alpha, cap=self.shared
        )
        units = course.differences(pairs)
        self._seen.append(units)
        self._state = state.updated(units)
