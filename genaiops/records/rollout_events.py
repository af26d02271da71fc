"""Rollouts that run, and what was decided in them, one event after the other."""

from typing import Literal

from pydantic import Field, JsonValue

from genaiops.records.record import Record
from genaiops.records.rollouts import Look

RolloutDeed = Literal[
    "begun", "looked", "paused", "resumed", "aborted", "promoted by hand", "carried out"
]
RolloutPhase = Literal["progressing", "paused", "promoted", "rolled_back"]


class Rollout(Record):
    """A rollout that was started: of which file, between which releases, by whom.

    `id` is the name of the file and a number. `spec` is the file as it was then, which the rollout
    follows to its end. `salt` says who gets which arm. `flow` is `external:NAME` where a service
    splits its users itself, and `stable` and `candidate` are then what it calls its arms.
    """

    id: str
    name: str
    flow: str
    stable: str
    candidate: str
    salt: str
    spec: dict[str, JsonValue]
    by: str
    at: str


class Cursor(Record):
    """The numbers of the last run, of the last thing told and of the last finding that counted."""

    run: int = 0
    told: int = 0
    finding: int = 0


class RolloutEvent(Record):
    """What was committed: from this event on the candidate has the share `weight` of all users.

    `generation` counts from 1. `now` are the seconds of the clock by which it was decided, and
    `look` is the evidence, of all up to the `cursor`; every outcome whose window ended by
    `closed_until` is counted. `state` is the digest of the state that it came
    to. The event in which a rollout ends keeps the weight of the one before where the candidate was
    promoted; "carried out" is the event after it: the releases stand where they should.
    """

    generation: int = Field(ge=1)
    deed: RolloutDeed
    at: str
    now: float
    by: str | None = None
    reason: str
    phase: RolloutPhase
    cause: str | None = None
    step: int
    weight: float = Field(ge=0, le=1)
    is_shadowing: bool = False
    look: Look = Look()
    cursor: Cursor = Cursor()
    closed_until: float
    state: str
