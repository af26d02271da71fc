"""A plan carried through many times: the machine itself, with users that are drawn."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from genaiops.records.rollouts import Arm, Arrivals, Batch, ByArm, Events, Look, Scores
from genaiops.rollout.evidence_paths import worsened
from genaiops.rollout.machine import MOST_BETWEEN_LOOKS_S, begin, decide
from genaiops.rollout.state import Phase, RolloutState
from genaiops.rollout.traffic import Traffic
from genaiops.specs.rollout import SHOWN, GoalSpec, GuardSpec, RolloutSpec

_BUSY_PER_S = 0.2
_OFTEN_S = 60.0


@dataclass(frozen=True, slots=True)
class Effect:
    """How many times worse than stable a candidate is, by metric; 1 where it says nothing."""

    times: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Ended:
    """How one rollout ended: held is `paused`."""

    phase: Phase
    after_s: float
    exposed: int


@dataclass(frozen=True, slots=True)
class Share:
    """A share of the simulated rollouts with its Monte Carlo standard error."""

    value: float
    error: float


@dataclass(frozen=True, slots=True)
class Simulated:
    """How many rollouts of a candidate ended."""

    effect: Effect
    ends: tuple[Ended, ...]

    def share(self, phase: Phase) -> Share:
        """The share of rollouts that ended so; of none seen, the error is that of half a one."""
        count, of = sum(end.phase == phase for end in self.ends), len(self.ends)
        usual = min(max(count, 0.5), of - 0.5) / of
        return Share(count / of, (usual * (1 - usual) / of) ** 0.5)

    def after_s(self, phase: Phase) -> float | None:
        """The median time after which they ended so; None: none did."""
        times = [end.after_s for end in self.ends if end.phase == phase]
        return median(times) if times else None


def simulate(
    spec: RolloutSpec,
    traffic: Traffic,
    effect: Effect,
    seeds: Sequence[int],
    told: Callable[[], None] = lambda: None,
) -> Simulated:
    """Carry a rollout through with each seed; `told` is called after each."""
    ends: list[Ended] = []
    for seed in seeds:
        users = _Users(spec, traffic, effect, np.random.default_rng(seed))
        ends.append(_carried_through(spec, users))
        told()
    return Simulated(effect, tuple(ends))


@dataclass(frozen=True, slots=True)
class _Users:
    """New users of a look, and what they meet."""

    spec: RolloutSpec
    traffic: Traffic
    effect: Effect
    rng: np.random.Generator

    def look(self, state: RolloutState, lasts_s: float) -> Look:
        if not (state.is_shadowing or state.weight):
            return Look()
        came = int(self.rng.poisson(self.traffic.users_per_s * lasts_s))
        if state.is_shadowing:
            return self._look(None, ByArm(stable=came), ByArm(stable=came, candidate=came))
        candidate = int(self.rng.binomial(came, state.weight))
        users = ByArm(stable=came - candidate, candidate=candidate)
        return self._look(state.weight, users, users)

    def _look(self, weight: float | None, came: ByArm, asked: ByArm) -> Look:
        events: dict[str, Events] = {}
        scores: dict[str, Scores] = {}
        for watched in self.spec.watched:
            if weight is None and watched.metric == SHOWN:
                continue
            scored = self._sampled(watched, asked, is_paired=weight is None)
            if isinstance(watched, GoalSpec) and watched.margin is not None:
                scores[watched.metric] = Scores(
                    stable=self._scores(watched, "stable", scored.stable),
                    candidate=self._scores(watched, "candidate", scored.candidate),
                )
            else:
                events[watched.metric] = self._events(watched, scored)
        batch = Batch(weight=weight, users=asked, events=events, scores=scores)
        return Look(came=(Arrivals(weight=weight, users=came),), batches=(batch,))

    def _sampled(self, watched: GuardSpec | GoalSpec, asked: ByArm, *, is_paired: bool) -> ByArm:
        if watched.sample == 1:
            return asked
        stable = int(self.rng.binomial(asked.stable, watched.sample))
        if is_paired:
            return ByArm(stable=stable, candidate=stable)
        candidate = int(self.rng.binomial(asked.candidate, watched.sample))
        return ByArm(stable=stable, candidate=candidate)

    def _events(self, watched: GuardSpec | GoalSpec, scored: ByArm) -> Events:
        stable = int(self.rng.binomial(scored.stable, self._bad(watched, "stable")))
        candidate = int(self.rng.binomial(scored.candidate, self._bad(watched, "candidate")))
        fine = ByArm(stable=scored.stable - stable, candidate=scored.candidate - candidate)
        return Events(bad=ByArm(stable=stable, candidate=candidate), fine=fine)

    def _scores(self, watched: GuardSpec | GoalSpec, arm: Arm, count: int) -> tuple[float, ...]:
        return tuple(float(bad) for bad in self.rng.random(count) < self._bad(watched, arm))

    def _bad(self, watched: GuardSpec | GoalSpec, arm: Arm) -> float:
        share = self.traffic.bad_share(watched.metric)
        if arm == "stable":
            return share
        return worsened(share, self.effect.times.get(watched.metric, 1.0))


def _carried_through(spec: RolloutSpec, users: _Users) -> Ended:
    is_busy = users.traffic.users_per_s >= _BUSY_PER_S
    every_s = _OFTEN_S if is_busy else MOST_BETWEEN_LOOKS_S
    window = spec.waits_s
    state = begin(spec, salt="simulated", now=0.0).state
    waiting: deque[tuple[float, tuple[Batch, ...]]] = deque()
    while state.phase == "progressing":
        now = state.looked_at + every_s
        look = users.look(state, every_s)
        waiting.append((now + window, look.batches))
        known: list[Batch] = []
        while waiting and waiting[0][0] <= now:
            known += waiting.popleft()[1]
        look = look.model_copy(update={"batches": tuple(known)})
        state = decide(spec, state, look, now).state
    return Ended(state.phase, state.looked_at, state.exposed)
