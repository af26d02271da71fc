"""The rollout as a pure machine: (spec, state, look, now) → (state', actions)."""

from math import exp, inf

from genaiops.records.rollouts import ByArm, Look
from genaiops.rollout.actions import Hold, Promote, RollBack, SetTraffic, Transition
from genaiops.rollout.holds import why_not_yet
from genaiops.rollout.learning import (
    ENOUGH,
    SPLIT_IS_BROKEN,
    arrived,
    harm,
    learned,
    no_evidence,
    unmeasured,
    unproven,
)
from genaiops.rollout.state import Cause, RolloutState
from genaiops.specs.durations import duration_s
from genaiops.specs.rollout import RolloutSpec, ShadowStep

MOST_BETWEEN_LOOKS_S = 300.0
"""More than so long after the look before is a clock that jumped, or a controller that was away."""
NO_PROOF = "no harm shown, safety not proven"


def begin(spec: RolloutSpec, *, salt: str, now: float) -> Transition:
    """A rollout at its first step.

    Args:
        spec: the file.
        salt: drawn anew for each rollout, so that other users come first each time.
        now: seconds of any clock.
    """
    state = RolloutState(
        spec=spec.digest, salt=salt, looked_at=now, evidence=no_evidence(spec), step=-1
    )
    return _next_step(spec, state)


def decide(spec: RolloutSpec, state: RolloutState, look: Look, now: float) -> Transition:
    """What a look comes to.

    The candidate is rolled back for trouble, a broken split or proven harm, whatever else holds;
    a step ends when its time and users are there, and promotion follows the last one when every
    goal is proven and every guard measured some user of the candidate. While the candidate gets
    nothing, no step goes on and nothing is promoted. Promoted and rolled back are final.

    Raises:
        KeyError: an outcome is of a metric that the rollout does not watch.
    """
    if state.is_final:
        return Transition(state)
    state = _counted(spec, learned(state, look), look, now)
    ended = _harmed(state, look)
    if ended is not None:
        return ended
    if state.phase == "paused":
        return Transition(state, (Hold(state.reason),))
    return _progressed(spec, state, look.withheld)


def is_step_done(spec: RolloutSpec, state: RolloutState) -> bool:
    """Whether the step has had its time and its users; a shadow step, whether all is proven."""
    step = spec.steps[state.step]
    if isinstance(step, ShadowStep):
        return not unproven(spec, state)
    if _is_full(spec, state):
        return state.full_s >= spec.waits_s
    has_users = state.step_users.candidate >= step.users_needed
    return has_users and state.step_s >= duration_s(step.min_time)


def rolled_back(state: RolloutState, cause: Cause, reason: str) -> Transition:
    """The end in which every user gets stable."""
    update = {"phase": "rolled_back", "cause": cause, "reason": reason}
    ended = state.model_copy(update={**update, "weight": 0.0, "is_shadowing": False})
    return Transition(ended, (RollBack(cause, reason),))


def promoted(state: RolloutState, cause: Cause, reason: str) -> Transition:
    """The end in which every user gets the candidate."""
    update = {"phase": "promoted", "cause": cause, "reason": reason}
    ended = state.model_copy(update={**update, "weight": 1.0, "is_shadowing": False})
    return Transition(ended, (Promote(reason),))


def paused(state: RolloutState, cause: Cause, reason: str, *, weight: float) -> Transition:
    """Nothing moves until a person says so; harm still rolls back."""
    update = {"phase": "paused", "cause": cause, "reason": reason}
    held = state.model_copy(update={**update, "weight": weight, "is_shadowing": False})
    return Transition(held, (SetTraffic(weight), Hold(reason)))


def step_traffic(spec: RolloutSpec, state: RolloutState) -> SetTraffic:
    """The traffic that the step of a state says: never more than that."""
    step = spec.steps[state.step]
    if isinstance(step, ShadowStep):
        return SetTraffic(0.0, is_shadowing=True)
    return SetTraffic(0.0 if _is_full(spec, state) else step.weight / 100)


def _counted(spec: RolloutSpec, state: RolloutState, look: Look, now: float) -> RolloutState:
    """Time and users; a clock that goes back adds nothing, one that leaps adds little."""
    passed = min(max(now - state.looked_at, 0.0), MOST_BETWEEN_LOOKS_S)
    at_step = arrived(look.came, None if state.is_shadowing else state.weight)
    came = sum((each.users.total for each in look.came), 0)
    shown = sum((each.users for each in look.came if each.weight is not None), ByArm())
    closed = sum(each.users.total for each in look.batches if each.weight is not None)
    runs = state.phase == "progressing"
    return state.model_copy(
        update={
            "looked_at": now,
            "step_s": state.step_s + passed * (runs and look.withheld is None),
            "total_s": state.total_s + passed * runs,
            "idle_s": 0.0 if came else state.idle_s + passed,
            "full_s": state.full_s + passed * _is_full(spec, state),
            "step_users": state.step_users + at_step,
            "exposed": state.exposed + shown.candidate,
            "waiting": state.waiting + shown.total - closed,
            "waiting_until": now + spec.waits_s if shown.total else state.waiting_until,
        }
    )


def _harmed(state: RolloutState, look: Look) -> Transition | None:
    if look.trouble is not None:
        return rolled_back(state, "breaker", look.trouble)
    if state.split.log_e >= SPLIT_IS_BROKEN:
        seen = state.split
        told = (
            f"users are not split as they were meant to be: {seen.candidate} of "
            f"{seen.candidate + seen.stable} came to the candidate at a weight of "
            f"{100 * (seen.weight or 0):g} %; nothing that was measured is valid"
        )
        return rolled_back(state, "split", told)
    if (evidence := harm(state)) < ENOUGH:
        return None
    worst = max(state.evidence, key=lambda metric: state.evidence[metric].worse.log_e)
    odds = exp(min(evidence, 30.0)) if evidence < inf else inf
    told = f"{worst} is proven worse than stable's (evidence {odds:,.0f}, 20 is enough)"
    return rolled_back(state, "worse", told)


def _progressed(spec: RolloutSpec, state: RolloutState, withheld: str | None) -> Transition:
    """Where no harm is proven: on, to the end, or nowhere yet."""
    if withheld is None and is_step_done(spec, state):
        if state.step + 1 < len(spec.steps):
            return _next_step(spec, state)
        if not unproven(spec, state) and not unmeasured(spec, state):
            return promoted(state, "proven", "every goal is proven, and every step is done")
    if state.total_s >= duration_s(spec.max_time) or _is_used_up(spec, state):
        return _without_proof(spec, state)
    reason = why_not_yet(spec, state)
    if withheld is not None:
        reason = f"{withheld}: stable answers for the candidate; {reason}"
    if state.weight and _is_full(spec, state):
        closed = state.model_copy(update={"reason": reason, "weight": 0.0})
        return Transition(closed, (SetTraffic(0.0), Hold(reason)))
    return Transition(state.model_copy(update={"reason": reason}), (Hold(reason),))


def _next_step(spec: RolloutSpec, state: RolloutState) -> Transition:
    update = {"step": state.step + 1, "step_s": 0.0, "full_s": 0.0, "step_users": ByArm()}
    begun = state.model_copy(update=update)
    traffic = step_traffic(spec, begun)
    begun = begun.model_copy(
        update={"weight": traffic.weight, "is_shadowing": traffic.is_shadowing}
    )
    reason = why_not_yet(spec, begun)
    return Transition(begun.model_copy(update={"reason": reason}), (traffic, Hold(reason)))


def _is_full(spec: RolloutSpec, state: RolloutState) -> bool:
    """Whether the step has shown the candidate to as many users as it may."""
    step = spec.steps[state.step]
    most = None if isinstance(step, ShadowStep) else step.max_exposed_users
    return most is not None and state.step_users.candidate >= most


def _is_used_up(spec: RolloutSpec, state: RolloutState) -> bool:
    """Whether no more users may come, though not all is proven."""
    is_last = state.step + 1 == len(spec.steps)
    return is_last and _is_full(spec, state) and is_step_done(spec, state)


def _without_proof(spec: RolloutSpec, state: RolloutState) -> Transition:
    left_open = [*unproven(spec, state)]
    left_open += [f"{guard} measured nothing" for guard in unmeasured(spec, state)]
    told = f"{NO_PROOF}: {', '.join(left_open) or 'the users of the last step'}"
    if spec.without_proof == "roll_back":
        return rolled_back(state, "no_proof", told)
    return paused(state, "no_proof", told, weight=0.0 if _is_full(spec, state) else state.weight)
