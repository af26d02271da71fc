"""Where a rollout stands: all there is to keep between two looks."""

from typing import Literal

from genaiops.records.record import Record
from genaiops.records.rollouts import ByArm
from genaiops.stats.event_arm import EventArm
from genaiops.stats.sample_ratio import SampleRatio
from genaiops.stats.score_arm import ScoreArm

Phase = Literal["progressing", "paused", "promoted", "rolled_back"]
Cause = Literal[
    "worse",  # proven worse than stable
    "split",  # users were not split as they were meant to be
    "breaker",  # the hard breaker opened
    "no_proof",  # the time or the users were over without a proof
    "operator",  # a person said so
    "proven",  # every goal is proven, and every step is done
]
"""Why a rollout is not progressing."""


_IDLE_S = 120.0


class MetricEvidence(Record):
    """What is known by one metric.

    `known` counts users that could be scored, `badness` adds up what they met by arm (a bad event
    is 1), and `tolerable` is there where the metric is a goal.
    """

    worse: EventArm | ScoreArm
    tolerable: EventArm | ScoreArm | None = None
    known: ByArm = ByArm()
    missing: ByArm = ByArm()
    badness_stable: float = 0.0
    badness_candidate: float = 0.0


class RolloutState(Record):
    """A rollout after a look.

    `weight` is the candidate's share of users now, in [0, 1), 1 when promoted; `exposed` counts its
    users in all, `step_users` the new ones of this step. Seconds are those of looks: a clock that
    jumps adds none; `idle_s` counts those without a new user, and `full_s` those since the step has
    as many as it may. `waiting` users came whose outcome is still waited for, that of the last of
    them until `waiting_until`, in seconds of the clock of looks. `spec` is the digest of
    the file that it follows.
    """

    spec: str
    salt: str
    phase: Phase = "progressing"
    cause: Cause | None = None
    reason: str = ""
    step: int = 0
    weight: float = 0.0
    is_shadowing: bool = False
    looked_at: float
    step_s: float = 0.0
    total_s: float = 0.0
    idle_s: float = 0.0
    full_s: float = 0.0
    step_users: ByArm = ByArm()
    exposed: int = 0
    waiting: int = 0
    waiting_until: float = 0.0
    evidence: dict[str, MetricEvidence]
    split: SampleRatio = SampleRatio()

    @property
    def is_final(self) -> bool:
        """Whether nothing can happen to it any more."""
        return self.phase in {"promoted", "rolled_back"}

    @property
    def is_idle(self) -> bool:
        """Whether nobody came for two minutes, though somebody may."""
        return self.idle_s >= _IDLE_S and not self.full_s
