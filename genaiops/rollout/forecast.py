"""What a rollout can tell with the traffic that there is, and when, before it begins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf

import numpy as np
from numpy.typing import NDArray

from genaiops.rollout.evidence_paths import World, crossing_times, worsened
from genaiops.rollout.schedule import Segment, grid, likely, ramp
from genaiops.rollout.traffic import Traffic
from genaiops.specs.durations import duration_s
from genaiops.specs.rollout import SHOWN, GoalSpec, GuardSpec, RolloutSpec, ShadowStep

LIKELY = 0.8
"""What is likely happens in four of five rollouts."""
WORSE = (1.5, 2.0, 3.0, 5.0, 10.0)
"""How many times stable's bad events are looked for."""
_PATHS = 300


@dataclass(frozen=True, slots=True)
class StepForecast:
    """How long a step likely takes, and how many new users of the candidate it has.

    `weight` is None in shadow; a last step goes on until all is proven.
    """

    weight: float | None
    lasts_s: float | None
    exposed: int


@dataclass(frozen=True, slots=True)
class MetricForecast:
    """When harm by a metric is likely found, by how many times worse it is; None: not in time.

    `proven_s` is when a candidate like stable is likely proven, where the metric is a goal.
    """

    metric: str
    bad_share: float
    found_s: Mapping[float, float | None]
    is_goal: bool = False
    proven_s: float | None = None


@dataclass(frozen=True, slots=True)
class Forecast:
    """What to expect; `promoted_s` is of a candidate like stable, None: likely not in time."""

    steps: tuple[StepForecast, ...]
    metrics: tuple[MetricForecast, ...]
    promoted_s: float | None
    max_time_s: float

    @property
    def unproven(self) -> tuple[str, ...]:
        """The goals that are likely not proven in time."""
        goals = (each for each in self.metrics if each.is_goal)
        return tuple(each.metric for each in goals if each.proven_s is None)


def forecast(spec: RolloutSpec, traffic: Traffic, *, seed: int = 0) -> Forecast:
    """Draw 300 rollouts by each metric, and tell when four of five know.

    A guard is told of until promotion, which it does not keep from happening; a goal longer.
    """
    drawn = _Drawn(spec, traffic, np.random.default_rng(seed))
    horizon, proofs = duration_s(spec.max_time), drawn.proofs()
    proven = likely(np.max(list(proofs.values()), axis=0), LIKELY)
    promoted = drawn.promoted_s(proven)
    is_in_time = promoted is not None and promoted <= horizon
    guarded = promoted if promoted is not None and is_in_time else horizon
    shadow = (Segment(None, proven or horizon),) if spec.is_shadowed else ()
    along = (*shadow, *drawn.steps)
    goals = [
        replace(
            drawn.found(goal, drawn.proving, drawn.proving_until_s),
            is_goal=True,
            proven_s=likely(proofs[goal.metric], LIKELY),
        )
        for goal in spec.goals
    ]
    return Forecast(
        steps=_steps(traffic, drawn.steps, proven, is_shadowed=spec.is_shadowed),
        metrics=(*goals, *(drawn.found(guard, along, guarded) for guard in spec.guards)),
        promoted_s=promoted if is_in_time else None,
        max_time_s=horizon,
    )


def likely_promoted_s(spec: RolloutSpec, traffic: Traffic, *, seed: int = 0) -> float | None:
    """When a candidate like stable is likely promoted; None: likely not in time."""
    horizon = duration_s(spec.max_time)
    if sum(step.lasts_s for step in ramp(spec, traffic)) > horizon:
        return None
    drawn = _Drawn(spec, traffic, np.random.default_rng(seed))
    promoted = drawn.promoted_s(likely(np.max(list(drawn.proofs().values()), axis=0), LIKELY))
    return promoted if promoted is not None and promoted <= horizon else None


@dataclass(frozen=True, slots=True)
class _Drawn:
    spec: RolloutSpec
    traffic: Traffic
    rng: np.random.Generator

    @property
    def steps(self) -> tuple[Segment, ...]:
        """The steps with a weight."""
        return ramp(self.spec, self.traffic)

    @property
    def proving(self) -> tuple[Segment, ...]:
        """The time in which goals are proven."""
        return (Segment(None, inf),) if self.spec.is_shadowed else self.steps

    @property
    def proving_until_s(self) -> float:
        """When nothing more is proven: the time is over, or the users who may be exposed are."""
        horizon, last = duration_s(self.spec.max_time), self.spec.steps[-1]
        is_open = isinstance(last, ShadowStep) or last.max_exposed_users is None
        if self.spec.is_shadowed or is_open:
            return horizon
        return min(sum(segment.lasts_s for segment in self.steps), horizon)

    def proofs(self) -> Mapping[str, NDArray[np.float64]]:
        """When a candidate like stable is proven to be by each goal, in each rollout."""
        looks = grid(self.proving, self.proving_until_s)
        window = self.spec.waits_s
        return {
            goal.metric: window
            + crossing_times(
                self.spec, goal, "tolerable", (self._world(goal, 1.0), looks), self.rng, _PATHS
            )
            for goal in self.spec.goals
        }

    def promoted_s(self, proven: float | None) -> float | None:
        """When it is promoted, if all is proven at this time of the proving."""
        if proven is None:
            return None
        ramp_s = sum(step.lasts_s for step in self.steps)
        return proven + ramp_s if self.spec.is_shadowed else max(ramp_s, proven)

    def found(
        self, watched: GuardSpec | GoalSpec, segments: Sequence[Segment], until_s: float
    ) -> MetricForecast:
        """When a candidate that is so many times worse is rolled back."""
        looks = grid(segments, until_s)
        found: dict[float, float | None] = {}
        for times in WORSE:
            world = self._world(watched, times)
            if world.candidate < times * world.stable:
                break
            setting = world, looks
            drawn = crossing_times(self.spec, watched, "worse", setting, self.rng, _PATHS)
            found[times] = likely(drawn + self.spec.waits_s, LIKELY)
        return MetricForecast(watched.metric, self.traffic.bad_share(watched.metric), found)

    def _world(self, watched: GuardSpec | GoalSpec, times: float) -> World:
        bad = self.traffic.bad_share(watched.metric)
        scored = self.traffic.users_per_s * watched.sample
        return World(scored, bad, worsened(bad, times), is_shadowed=watched.metric != SHOWN)


def _steps(
    traffic: Traffic, steps: Sequence[Segment], proven: float | None, *, is_shadowed: bool
) -> tuple[StepForecast, ...]:
    shadow = (StepForecast(None, proven, 0),) if is_shadowed else ()
    return (*shadow, *(_ramp_step(traffic, step) for step in steps))


def _ramp_step(traffic: Traffic, step: Segment) -> StepForecast:
    weight = step.weight or 0.0
    return StepForecast(weight, step.lasts_s, round(traffic.users_per_s * weight * step.lasts_s))
