"""Why a step is not over yet, in a sentence."""

from genaiops.rollout.learning import unmeasured, unproven
from genaiops.rollout.state import RolloutState
from genaiops.specs.durations import duration_s
from genaiops.specs.rollout import RolloutSpec, ShadowStep
from genaiops.text.quantities import counted, long_time


def why_not_yet(spec: RolloutSpec, state: RolloutState) -> str:
    """What the step still needs, and that nobody comes if nobody does."""
    needs = " and ".join(_needs(spec, state))
    if not state.is_idle:
        return f"needs {needs}"
    nobody = f"no new user for {long_time(state.idle_s)}"
    learns = "outcomes are waited for" if state.waiting else "nothing is learned"
    return f"{nobody}: {learns}; needs {needs}"


def _needs(spec: RolloutSpec, state: RolloutState) -> list[str]:
    step = spec.steps[state.step]
    needs: list[str] = []
    most = None if isinstance(step, ShadowStep) else step.max_exposed_users
    if most is not None and state.step_users.candidate >= most:
        left_s = spec.waits_s - state.full_s
        return [f"{long_time(left_s)} more, to see what the last users meet"]
    if not isinstance(step, ShadowStep):
        left_s = duration_s(step.min_time) - state.step_s
        left_users = step.users_needed - state.step_users.candidate
        if left_s > 0:
            needs.append(f"{long_time(left_s)} more")
        if left_users > 0:
            needs.append(f"{counted(left_users, 'more user')} of the candidate")
    is_last = state.step + 1 == len(spec.steps)
    if isinstance(step, ShadowStep) or is_last:
        needs += [f"a proof of {metric}" for metric in unproven(spec, state)]
    if is_last:
        guards = unmeasured(spec, state)
        needs += [f"a user of the candidate whom {guard} measures" for guard in guards]
    return needs or ["nothing more"]
