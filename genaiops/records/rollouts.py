"""What a rollout is decided by: users by arm, and what they met."""

from typing import Literal

from pydantic import Field

from genaiops.records.record import Record

Arm = Literal["stable", "candidate"]


class ByArm(Record):
    """A count of each arm."""

    stable: int = Field(default=0, ge=0)
    candidate: int = Field(default=0, ge=0)

    @property
    def total(self) -> int:
        """Of both arms."""
        return self.stable + self.candidate

    def __add__(self, other: "ByArm") -> "ByArm":
        return ByArm.model_construct(
            stable=self.stable + other.stable, candidate=self.candidate + other.candidate
        )


class Events(Record):
    """By a metric of bad events: how many users met one, met none, or could not be scored."""

    bad: ByArm = ByArm()
    fine: ByArm = ByArm()
    missing: ByArm = ByArm()


class Scores(Record):
    """By a graded metric: the badness of each user from 0, the best, to 1; pairs stand in order.

    `missing` users could not be scored.
    """

    stable: tuple[float, ...] = ()
    candidate: tuple[float, ...] = ()
    missing: ByArm = ByArm()


class Batch(Record):
    """Users whose outcomes became known, each counted once, that were split at one weight.

    `weight` is the candidate's share in (0, 1) when the user came first; None: both arms answered
    the same requests (shadow), and `users` counts each request in both.
    """

    weight: float | None = Field(gt=0, lt=1)
    users: ByArm
    events: dict[str, Events] = {}
    scores: dict[str, Scores] = {}


class Arrivals(Record):
    """New users, each counted when the first request comes, that were split at one weight.

    `weight` is the candidate's share in (0, 1); None: shadow.
    """

    weight: float | None = Field(gt=0, lt=1)
    users: ByArm


class Look(Record):
    """What happened since the look before: who came, and what became known of who came earlier.

    `trouble` says why the hard breaker opened, `withheld` why the candidate gets nothing for now.
    """

    came: tuple[Arrivals, ...] = ()
    batches: tuple[Batch, ...] = ()
    trouble: str | None = None
    withheld: str | None = None
