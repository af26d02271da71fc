"""What would change a verdict, in sentences with numbers. Pure."""

from collections.abc import Callable, Iterator

from genaiops.rollout.learning import ENOUGH, harm, is_proven
from genaiops.rollout.state import MetricEvidence, RolloutState
from genaiops.specs.rollout import RolloutSpec
from genaiops.stats.event_arm import EventArm

_MOST_EVENTS = 10_000
_MOST_USERS = 10_000_000
_OF_PAIRS = 0.5


def what_would_change(spec: RolloutSpec, state: RolloutState) -> Iterator[str]:
    """What would roll it back, and what is still to come until each goal is proven."""
    if state.is_final:
        return
    weight = _OF_PAIRS if state.is_shadowing else state.weight
    if not 0 < weight < 1:
        yield "no user comes to the candidate, so that nothing is learned"
        return
    for watched in spec.watched:
        known = state.evidence[watched.metric]
        if isinstance(known.worse, EventArm):
            yield _until_harm(state, watched.metric, known, weight)
    for goal in spec.goals:
        if is_proven(state, goal.metric):
            yield f"{goal.metric}: proven"
        else:
            yield _until_proof(goal.metric, state.evidence[goal.metric], weight)


def _until_harm(state: RolloutState, metric: str, known: MetricEvidence, weight: float) -> str:
    def is_harm(events: int) -> bool:
        if not isinstance(known.worse, EventArm):
            return False
        worse = known.worse.updated(events, 0, weight=weight)
        evidence = {**state.evidence, metric: known.model_copy(update={"worse": worse})}
        return harm(state.model_copy(update={"evidence": evidence})) >= ENOUGH

    needed = _first(is_harm, _MOST_EVENTS)
    return (
        f"{metric}: {needed:,} more users of the candidate with a bad event, and none of stable, "
        "would roll back"
        if needed is not None
        else f"{metric}: no bad event is near a rollback"
    )


def _until_proof(metric: str, known: MetricEvidence, weight: float) -> str:
    """By the rates that were seen so far, if they go on."""
    tolerable = known.tolerable
    if not isinstance(tolerable, EventArm):
        return f"{metric}: a proof needs more scores"
    if not known.badness_stable:
        return (
            f"{metric}: a proof needs bad events of stable to compare with, and there was none yet"
        )
    stable = known.badness_stable / max(known.known.stable, 1)
    candidate = known.badness_candidate / max(known.known.candidate, 1)

    def is_enough(users: int) -> bool:
        more = tolerable.updated(
            users * weight * candidate, users * (1 - weight) * stable, weight=weight
        )
        return more.log_e >= ENOUGH

    needed = _first(is_enough, _MOST_USERS)
    if needed is None:
        return f"{metric}: no proof comes if the rates stay as they were seen"
    return f"{metric}: about {needed:,} more users prove it, if the rates stay as they were seen"


def _first(holds: Callable[[int], bool], most: int) -> int | None:
    """The least count from which on something holds; None where none up to the most does."""
    high = 1
    while not holds(high):
        high *= 2
        if high > most:
            return None
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
