"""Many possible rollouts at once: the log evidence of each, look by look."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, log

import numpy as np
from numpy.typing import NDArray

from genaiops.rollout.learning import ENOUGH, no_evidence
from genaiops.rollout.schedule import Grid
from genaiops.specs.rollout import GoalSpec, GuardSpec, RolloutSpec
from genaiops.stats.event_arm import ArmClaim, EventArm, event_gains
from genaiops.stats.score_arm import ScoreArm

_PAIRS = 0.5
_SETTLED = 1e6
_MOST = 0.98


@dataclass(frozen=True, slots=True)
class World:
    """What is assumed by one metric: users that are scored, and the bad shares of both arms.

    In shadow nobody is scored by what needs an answer that its user saw.
    """

    users_per_s: float
    stable: float
    candidate: float
    is_shadowed: bool = True

    def users(self, looks: Grid) -> NDArray[np.float64]:
        """The users of each look that are scored."""
        is_scored = [self.is_shadowed or weight is not None for weight in looks.weights]
        return self.users_per_s * looks.lasts_s * np.array(is_scored)


def crossing_times(
    spec: RolloutSpec,
    watched: GuardSpec | GoalSpec,
    claim: ArmClaim,
    setting: tuple[World, Grid],
    rng: np.random.Generator,
    paths: int,
) -> NDArray[np.float64]:
    """When the evidence for a claim is enough in each of many rollouts; infinite where never.

    Harm by one metric alone has to outweigh all that are watched. Scores are thought to be 0 or 1,
    which is the most that they can differ.
    """
    world, looks = setting
    known = no_evidence(spec)[watched.metric]
    process = known.worse if claim == "worse" else known.tolerable
    if process is None:
        raise ValueError(f"{watched.metric} is no goal")
    enough = ENOUGH + (log(len(spec.watched)) if claim == "worse" else 0.0)
    if isinstance(process, EventArm):
        evidence = _event_paths(process, world, looks, rng, paths)
    else:
        evidence = _score_paths(process, world, looks, rng, paths)
    crossed = evidence >= enough
    return np.where(crossed.any(axis=1), looks.ends_s[crossed.argmax(axis=1)], inf)


def _event_paths(
    process: EventArm, world: World, looks: Grid, rng: np.random.Generator, paths: int
) -> NDArray[np.float64]:
    weights = [_PAIRS if weight is None else weight for weight in looks.weights]
    shares = np.array([_shares(weight) for weight in looks.weights])
    per_look = world.users(looks)
    candidate = rng.poisson(per_look * shares[:, 0] * world.candidate, (paths, len(weights)))
    stable = rng.poisson(per_look * shares[:, 1] * world.stable, (paths, len(weights)))
    gains = np.array([event_gains(process.claim, process.ratio, each) for each in weights])
    added = candidate[..., None] * gains[:, :, 0] + stable[..., None] * gains[:, :, 1]
    wealth = np.cumsum(added, axis=1)
    return np.logaddexp.reduce(wealth, axis=2) - log(wealth.shape[2])


def _score_paths(
    process: ScoreArm, world: World, looks: Grid, rng: np.random.Generator, paths: int
) -> NDArray[np.float64]:
    added = np.empty((paths, len(looks.weights), len(process.log_wealth)))
    settled = ScoreArm(
        process.claim,
        process.margin,
        process.log_wealth,
        0.0,
        _SETTLED * world.stable,
        int(_SETTLED),
    )
    for weight in dict.fromkeys(looks.weights):
        columns = [place for place, each in enumerate(looks.weights) if each == weight]
        chances, gains = _outcomes(settled, world, weight)
        rates = np.multiply.outer(world.users(looks)[columns], chances)
        counts = rng.poisson(rates, (paths, *rates.shape))
        added[:, columns] = counts @ gains
    wealth = np.cumsum(added, axis=1)
    on_grid = np.logaddexp.reduce(wealth[..., :-1], axis=2) - log(wealth.shape[2] - 1)
    return np.logaddexp(on_grid, wealth[..., -1]) - log(2)


def _outcomes(
    process: ScoreArm, world: World, weight: float | None
) -> tuple[Sequence[float], NDArray[np.float64]]:
    """What a user can meet with which chance, and what it adds to the wealth of each bet."""
    bad, of_stable = world.candidate, world.stable
    if weight is None:
        only = bad * (1 - of_stable), (1 - bad) * of_stable
        return (*only, 1 - sum(only)), process.pair_gains(np.array([1.0, -1.0, 0.0]))
    chances = (
        weight * bad, weight * (1 - bad), (1 - weight) * of_stable, (1 - weight) * (1 - of_stable),
    )  # fmt: skip
    both = np.array([1.0, 0.0])
    return chances, process.gains(both, both, weight=weight)


def worsened(bad_share: float, times: float) -> float:
    """A bad share that is so many times as large; never all of the users."""
    return min(bad_share * times, max(bad_share, _MOST))


def _shares(weight: float | None) -> tuple[float, float]:
    """The users that the candidate and stable have of all; in shadow each has all."""
    return (1.0, 1.0) if weight is None else (weight, 1 - weight)
