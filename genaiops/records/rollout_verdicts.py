"""What a rollout comes to at a moment: one verdict, which everybody reads in their own way."""

from typing import Literal

from genaiops.records.record import Record
from genaiops.records.rollouts import ByArm

RolloutWord = Literal["progressing", "held", "promoted", "rolled_back"]


class MetricStanding(Record):
    """What is known by a metric.

    `harm` is the evidence that the candidate is worse, `proof` the highest that there was that it
    is no worse than tolerated (None: it is a guard); 20 proves. `bad` is the mean badness of the
    users that could be scored, None before the first.
    """

    metric: str
    role: Literal["guard", "goal"]
    tolerated: str
    harm: float
    proof: float | None
    known: ByArm
    missing: ByArm
    stable_bad: float | None
    candidate_bad: float | None

    @property
    def is_proven(self) -> bool:
        """Whether it is a goal that is proven."""
        return self.proof is not None and self.proof >= 20


class RolloutVerdict(Record):
    """A rollout now.

    `held` says that it does not progress as planned: it was paused, nobody comes, nobody looks, the
    candidate gets nothing for now, or its end cannot be carried out. `weight` is the candidate's
    share of users. `waiting` users of both arms came whose outcome is not known yet, the last of
    them until `waiting_until`. `unmeasured` are the guards that no user of the candidate was
    measured by, though some came: they guard nothing yet. `harm` is the mean evidence over all
    metrics, which rolls back at 20, and `split` that users are not split as they were meant to be,
    which does so at 1,000.
    """

    rollout: str
    name: str
    flow: str
    stable: str
    candidate: str
    word: RolloutWord
    reason: str
    began: str
    looked: str
    step: int
    steps: int
    weight: float
    is_shadowing: bool
    exposed: int
    waiting: int
    waiting_until: str | None
    unmeasured: tuple[str, ...] = ()
    harm: float
    split: float
    metrics: tuple[MetricStanding, ...]

    @property
    def exit_code(self) -> int:
        """0: promoted or progressing as planned, 1: rolled back, 3: held."""
        return {"rolled_back": 1, "held": 3}.get(self.word, 0)
