"""A transition as an event to commit, and a committed state to go on from."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from pydantic import ValidationError

from genaiops.digests import digest
from genaiops.errors import StoreError
from genaiops.records.rollout_events import Cursor, Rollout, RolloutDeed, RolloutEvent
from genaiops.records.rollouts import Look
from genaiops.rollout.actions import Transition
from genaiops.rollout.state import RolloutState
from genaiops.specs.rollout import RolloutSpec


@dataclass(frozen=True, slots=True)
class Moment:
    """When something was decided: by the seconds of the clock, and as it is written (UTC)."""

    now: float
    at: str


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a decision was made on: a look at everything up to a cursor, or the word of somebody."""

    deed: RolloutDeed
    by: str | None = None
    look: Look = field(default_factory=Look)
    cursor: Cursor = field(default_factory=Cursor)


def moment_of(time: datetime) -> Moment:
    """The moment of a time of the clock."""
    return Moment(time.timestamp(), time.astimezone(UTC).isoformat(timespec="seconds"))


def event_of(
    before: RolloutEvent | None, decided: Transition, grounds: Grounds, moment: Moment
) -> RolloutEvent:
    """The event that follows; a promotion gives no more traffic until it is carried out."""
    state = decided.state
    waits = before is not None and state.phase == "promoted"
    return RolloutEvent(
        generation=1 if before is None else before.generation + 1,
        deed=grounds.deed,
        at=moment.at,
        now=moment.now,
        by=grounds.by,
        reason=state.reason,
        phase=state.phase,
        cause=state.cause,
        step=state.step,
        weight=before.weight if waits and before else state.weight,
        is_shadowing=before.is_shadowing if waits and before else state.is_shadowing,
        look=grounds.look,
        cursor=grounds.cursor,
        closed_until=_closed_until(before, grounds, moment),
        state=state_digest(state),
    )


def _closed_until(before: RolloutEvent | None, grounds: Grounds, moment: Moment) -> float:
    """A look closes the windows that are over; a clock that goes back opens none again."""
    if before is None:
        return moment.now
    return max(moment.now, before.closed_until) if grounds.deed == "looked" else before.closed_until


def carried_out(before: RolloutEvent, moment: Moment, reason: str) -> RolloutEvent:
    """The last event: the releases stand where the rollout put them."""
    return before.model_copy(
        update={
            "generation": before.generation + 1,
            "deed": "carried out",
            "at": moment.at,
            "now": moment.now,
            "by": None,
            "reason": reason,
            "weight": 1.0 if before.phase == "promoted" else 0.0,
            "is_shadowing": False,
            "look": Look(),
        }
    )


def state_digest(state: RolloutState) -> str:
    """By which a replay tells whether it comes to the same."""
    return digest(state.model_dump(mode="json"))


def read_state(text: str) -> RolloutState:
    """A state as it was committed.

    Raises:
        StoreError: another version of genaiops wrote it, which keeps other things.
    """
    try:
        return RolloutState.model_validate_json(text)
    except ValidationError as error:
        raise _of_another_version("the state of a rollout", error) from error


def read_spec(rollout: Rollout) -> RolloutSpec:
    """The file of a rollout as it was when it began.

    Raises:
        StoreError: another version of genaiops wrote it, which has other keys.
    """
    try:
        return RolloutSpec.model_validate(rollout.spec)
    except ValidationError as error:
        raise _of_another_version(f"the file of rollout {rollout.id}", error) from error


def _of_another_version(what: str, error: ValidationError) -> StoreError:
    first = ".".join(str(part) for part in error.errors()[0]["loc"])
    return StoreError(
        f"{what} was written by another version of genaiops ({first}): carry it on or abort it "
        "with that version"
    )
