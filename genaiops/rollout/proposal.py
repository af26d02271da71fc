"""Steps that suit the traffic: gradual where users are many, in shadow first where they are few."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from genaiops.rollout.forecast import Forecast, forecast, likely_promoted_s
from genaiops.rollout.schedule import ramp
from genaiops.rollout.traffic import Traffic
from genaiops.specs.durations import duration_s
from genaiops.specs.rollout import EXTERNAL, SHOWN, RolloutSpec

_SOON_S = 6 * 3600.0
_RAMPS: tuple[Sequence[JsonValue], ...] = ((1, 5, 10, 25, 50), (5, 25, 50), (10, 50))
_SHADOW_FIRST: Sequence[JsonValue] = (
    {"shadow": "until_verdict"},
    {"weight": 50, "max_exposed_users": 100},
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Steps as a file says them, and what to expect of them."""

    steps: tuple[JsonValue, ...]
    forecast: Forecast


def propose(spec: RolloutSpec, traffic: Traffic) -> Proposal | None:
    """The most gradual ramp that is over within six hours, else shadow first, else any that works.

    None: no steps lead to a verdict in time with these goals.
    """
    is_shown = spec.flow == EXTERNAL or any(goal.metric == SHOWN for goal in spec.goals)
    slow = _RAMPS if is_shown else (_SHADOW_FIRST, *_RAMPS)
    horizon = duration_s(spec.max_time)
    for choices, most_s in ((_RAMPS, min(_SOON_S, horizon)), (slow, horizon)):
        for steps in choices:
            tried = _with_steps(spec, steps)
            if sum(step.lasts_s for step in ramp(tried, traffic)) > most_s:
                continue
            promoted = likely_promoted_s(tried, traffic)
            if promoted is not None and promoted <= most_s:
                return Proposal(tuple(steps), forecast(tried, traffic))
    return None


def _with_steps(spec: RolloutSpec, steps: Sequence[JsonValue]) -> RolloutSpec:
    said = spec.model_dump(by_alias=True, exclude_unset=True)
    return RolloutSpec.model_validate({**said, "steps": steps})
