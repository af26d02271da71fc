"""The recorded evidence of a rollout, through the machine again. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from genaiops.errors import GenaiopsError
from genaiops.records.rollout_events import Rollout, RolloutEvent
from genaiops.rollout import operator
from genaiops.rollout.actions import Transition
from genaiops.rollout.committing import read_spec, state_digest
from genaiops.rollout.machine import begin, decide
from genaiops.rollout.state import RolloutState
from genaiops.specs.rollout import RolloutSpec

CARRIED_OUT = "carried out"


@dataclass(frozen=True, slots=True)
class Replayed:
    """An event with the state that it comes to now; `fault` says where that is not as recorded."""

    event: RolloutEvent
    state: RolloutState
    fault: str | None = None


def replayed(rollout: Rollout, events: Iterable[RolloutEvent]) -> Iterator[Replayed]:
    """Each event again, from the evidence that is recorded with it.

    It ends at the first event that is not what the machine makes of the evidence.
    """
    spec = read_spec(rollout)
    state: RolloutState | None = None
    for place, event in enumerate(events, start=1):
        if event.generation != place:
            told = f"event {place} is missing"
            yield Replayed(event, state or begin(spec, salt=rollout.salt, now=0.0).state, told)
            return
        if event.deed == CARRIED_OUT and state is not None:
            yield Replayed(event, state)
            continue
        try:
            done = _again(spec, rollout, state, event)
        except GenaiopsError as error:
            began = state or begin(spec, salt=rollout.salt, now=event.now).state
            yield Replayed(event, began, f"event {place}: {error}")
            return
        state = done.state
        fault = _difference(event, state)
        yield Replayed(event, state, fault)
        if fault is not None:
            return


def _again(
    spec: RolloutSpec, rollout: Rollout, state: RolloutState | None, event: RolloutEvent
) -> Transition:
    if state is None:
        return begin(spec, salt=rollout.salt, now=event.now)
    if event.deed == "looked":
        return decide(spec, state, event.look, event.now)
    return by_hand(spec, state, event.deed, _said(event))


def by_hand(spec: RolloutSpec, state: RolloutState, deed: str, reason: str) -> Transition:
    """What a person decides.

    Raises:
        InputError: it cannot be done to the rollout as it is.
    """
    if deed == "paused":
        return operator.pause(state, reason)
    if deed == "resumed":
        return operator.resume(spec, state)
    if deed == "aborted":
        return operator.abort(state, reason)
    return operator.promote(spec, state, reason)


def _said(event: RolloutEvent) -> str:
    """The reason that the person gave; a promotion adds to it what was not proven."""
    return event.reason.removesuffix(")").rpartition(" (not proven: ")[0] or event.reason


def _difference(event: RolloutEvent, state: RolloutState) -> str | None:
    if event.state == state_digest(state):
        return None
    was = f"{event.phase}, step {event.step + 1}, {event.reason!r}"
    now = f"{state.phase}, step {state.step + 1}, {state.reason!r}"
    told = f"recorded was {was}; the evidence comes to {now}" if was != now else "other numbers"
    return f"event {event.generation} is not what its evidence comes to: {told}"
