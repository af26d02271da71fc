"""What a person may do to a rollout; whoever writes it down says who it was, and why."""

from genaiops.errors import InputError
from genaiops.rollout.actions import Hold, Transition
from genaiops.rollout.holds import why_not_yet
from genaiops.rollout.learning import unmeasured, unproven
from genaiops.rollout.machine import paused, promoted, rolled_back, step_traffic
from genaiops.rollout.state import RolloutState
from genaiops.specs.rollout import RolloutSpec


def pause(state: RolloutState, reason: str) -> Transition:
    """Stay at this weight; evidence is still gathered, and harm still rolls back.

    Raises:
        InputError: the rollout is over or paused already.
    """
    _refuse_if_over(state)
    if state.phase == "paused":
        raise InputError(f"the rollout is paused already: {state.reason}")
    return paused(state, "operator", reason, weight=state.weight)


def resume(spec: RolloutSpec, state: RolloutState) -> Transition:
    """Go on with the step at which it was paused.

    Raises:
        InputError: the rollout is not paused, or its time or users are used up.
    """
    _refuse_if_over(state)
    if state.phase != "paused":
        raise InputError("the rollout is not paused")
    if state.cause == "no_proof":
        told = f"the rollout cannot go on ({state.reason}): promote or abort it"
        raise InputError(told)
    traffic = step_traffic(spec, state)
    reason = why_not_yet(spec, state)
    update = {"phase": "progressing", "cause": None, "reason": reason, "weight": traffic.weight}
    going = state.model_copy(update={**update, "is_shadowing": traffic.is_shadowing})
    return Transition(going, (traffic, Hold(reason)))


def abort(state: RolloutState, reason: str) -> Transition:
    """Roll back.

    Raises:
        InputError: the rollout is over.
    """
    _refuse_if_over(state)
    return rolled_back(state, "operator", reason)


def promote(spec: RolloutSpec, state: RolloutState, reason: str) -> Transition:
    """Promote now, whatever is proven; the reason names what was not, nor even measured.

    Raises:
        InputError: the rollout is over.
    """
    _refuse_if_over(state)
    lacks = (
        ("not proven", unproven(spec, state)),
        ("measured nothing", unmeasured(spec, state)),
    )
    told = "; ".join(f"{what}: {', '.join(metrics)}" for what, metrics in lacks if metrics)
    return promoted(state, "operator", f"{reason} ({told})" if told else reason)


def _refuse_if_over(state: RolloutState) -> None:
    if state.is_final:
        word = "promoted" if state.phase == "promoted" else "rolled back"
        raise InputError(f"the rollout is over: it was {word} ({state.reason})")
