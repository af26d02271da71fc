"""When a rollout is at which weight, if nothing goes wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from genaiops.rollout.traffic import Traffic
from genaiops.specs.durations import duration_s
from genaiops.specs.rollout import RolloutSpec, WeightStep

_LOOK_S = 60.0
_MOST_LOOKS = 80


@dataclass(frozen=True, slots=True)
class Segment:
    """A time at one weight in (0, 1); None: shadow."""

    weight: float | None
    lasts_s: float


@dataclass(frozen=True, slots=True)
class Grid:
    """Looks: when each ends, and the weight and the length of the time before it."""

    ends_s: NDArray[np.float64]
    lasts_s: NDArray[np.float64]
    weights: tuple[float | None, ...]


def step_lasts_s(step: WeightStep, traffic: Traffic) -> float:
    """How long a step takes with this traffic."""
    per_s = traffic.users_per_s * step.weight / 100
    lasts = max(duration_s(step.min_time), step.users_needed / per_s)
    most = step.max_exposed_users
    return lasts if most is None else min(lasts, most / per_s)


def ramp(spec: RolloutSpec, traffic: Traffic) -> tuple[Segment, ...]:
    """The steps with a weight, each as long as it takes."""
    steps = [step for step in spec.steps if isinstance(step, WeightStep)]
    return tuple(Segment(step.weight / 100, step_lasts_s(step, traffic)) for step in steps)


def grid(segments: Sequence[Segment], horizon_s: float) -> Grid:
    """Looks over segments, of which the last goes on to the horizon.

    A look takes a minute at first, and longer where the time is long.
    """
    ends: list[float] = []
    weights: list[float | None] = []
    begin = 0.0
    for place, segment in enumerate(segments):
        lasts = horizon_s - begin if place + 1 == len(segments) else segment.lasts_s
        if begin >= horizon_s or lasts <= 0:
            break
        lasts = min(lasts, horizon_s - begin)
        looks = _looks(lasts)
        ends += [begin + look for look in looks]
        weights += [segment.weight] * len(looks)
        begin += lasts
    return Grid(np.array(ends), np.diff(ends, prepend=0.0), tuple(weights))


def likely(times_s: NDArray[np.float64], share: float) -> float | None:
    """The time by which so large a share of rollouts are there; None: not all that many are."""
    found = float(np.sort(times_s)[int(np.ceil(share * len(times_s))) - 1])
    return None if found == inf else found


def _looks(lasts_s: float) -> list[float]:
    count = int(np.ceil(lasts_s / _LOOK_S))
    if count <= _MOST_LOOKS:
        return [min((look + 1) * _LOOK_S, lasts_s) for look in range(count)]
    return [float(end) for end in np.geomspace(_LOOK_S, lasts_s, _MOST_LOOKS)]
