"""What is to be done after a look; done in order, after the state is committed."""

from dataclasses import dataclass
from typing import Literal

from genaiops.rollout.state import Cause, RolloutState


@dataclass(frozen=True, slots=True)
class SetTraffic:
    """Send this share of users to the candidate, in [0, 1); mirror requests to it, or do not."""

    weight: float
    is_shadowing: bool = False
    kind: Literal["set_traffic"] = "set_traffic"


@dataclass(frozen=True, slots=True)
class Promote:
    """The candidate becomes stable."""

    reason: str
    kind: Literal["promote"] = "promote"


@dataclass(frozen=True, slots=True)
class RollBack:
    """Every user gets stable, and the candidate gets nothing."""

    cause: Cause
    reason: str
    kind: Literal["roll_back"] = "roll_back"


@dataclass(frozen=True, slots=True)
class Hold:
    """Nothing moves, and this is why."""

    reason: str
    kind: Literal["hold"] = "hold"


Action = SetTraffic | Promote | RollBack | Hold


@dataclass(frozen=True, slots=True)
class Transition:
    """The state after a look, and what is to be done."""

    state: RolloutState
    actions: tuple[Action, ...] = ()
