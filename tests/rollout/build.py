"""Specs, looks and rollouts for tests."""

from collections.abc import Iterable

from pydantic import JsonValue

from genaiops.records.rollouts import Arrivals, Batch, ByArm, Events, Look, Scores
from genaiops.rollout.actions import Transition
from genaiops.rollout.machine import begin, decide
from genaiops.rollout.state import RolloutState
from genaiops.specs.rollout import RolloutSpec


def spec_of(**changed: JsonValue) -> RolloutSpec:
    said: dict[str, JsonValue] = {
        "flow": "flows/assistant",
        "steps": [{"weight": 10, "min_users": 10}, {"weight": 50, "min_users": 10}],
        "guards": ["errors"],
        "goals": [{"metric": "feedback", "margin_ratio": 2}],
    }
    return RolloutSpec.model_validate({**said, **changed})


def look_of(
    weight: float | None,
    users: tuple[int, int] = (0, 0),
    *,
    trouble: str | None = None,
    scores: dict[str, tuple[list[float], list[float]]] | None = None,
    **bad: tuple[int, int],
) -> Look:
    """Users who came and met what they met at once; counts are (stable, candidate)."""
    came = ByArm(stable=users[0], candidate=users[1])
    events = {
        metric: Events(
            bad=ByArm(stable=of_stable, candidate=of_candidate),
            fine=ByArm(
                stable=max(users[0] - of_stable, 0), candidate=max(users[1] - of_candidate, 0)
            ),
        )
        for metric, (of_stable, of_candidate) in bad.items()
    }
    graded = {
        metric: Scores(stable=tuple(of_stable), candidate=tuple(of_candidate))
        for metric, (of_stable, of_candidate) in (scores or {}).items()
    }
    batch = Batch(weight=weight, users=came, events=events, scores=graded)
    return Look(came=(Arrivals(weight=weight, users=came),), batches=(batch,), trouble=trouble)


def started(spec: RolloutSpec) -> RolloutState:
    return begin(spec, salt="salt", now=0.0).state


def followed(
    spec: RolloutSpec, state: RolloutState, looks: Iterable[Look], *, every_s: float = 60.0
) -> Transition:
    """What the last of these looks came to."""
    done = Transition(state)
    for look in looks:
        done = decide(spec, done.state, look, done.state.looked_at + every_s)
    return done
