"""Which releases answer for a flow: the one that stands in a stage, and a rollout's candidate."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from genaiops.project.release_home import release_home
from genaiops.project.rollout_home import read_rollouts
from genaiops.project.session import Session
from genaiops.records.releases import Stage
from genaiops.release.history import History
from genaiops.rollout.committing import read_spec, read_state
from genaiops.serve.gateway.newcomers import Room
from genaiops.serve.gateway.weights import Share
from genaiops.specs.rollout import RolloutSpec, WeightStep
from genaiops.store.rollouts import StoredRollout


@dataclass(frozen=True, slots=True)
class Arms:
    """The releases of a flow, by id; without stable its files answer as they are."""

    stable: str | None = None
    candidate: str | None = None


def open_rollouts_of(session: Session) -> list[StoredRollout]:
    """The rollouts that are under way.

    Raises:
        StoreError: they cannot be read.
    """
    with read_rollouts(session) as rollouts:
        return rollouts.open()


def arms_now(
    session: Session, flows: Iterable[str], stage: Stage | None, rollouts: Sequence[StoredRollout]
) -> Mapping[str, Arms]:
    """The arms of each flow, as the audit chain and the open rollouts say.

    Only what stands in production has a rollout. Without a stage files answer: of a package they
    are those of its release.

    Raises:
        StoreError: the chain cannot be read.
    """
    if stage is None:
        return {flow: Arms(session.release) for flow in flows}
    history = History(release_home(session).audit.read().records)
    under_way = {each.rollout.flow: each.rollout.candidate for each in rollouts}
    arms: dict[str, Arms] = {}
    for flow in flows:
        event = history.standing(flow, stage)
        candidate = under_way.get(flow) if event and stage == "production" else None
        arms[flow] = Arms(event.release if event else None, candidate)
    return arms


def share_of(stored: StoredRollout) -> Share:
    """What the last event of a rollout that was committed gives its candidate."""
    rollout, event = stored.rollout, stored.event
    spec = read_spec(rollout)
    return Share(
        rollout=rollout.id,
        name=rollout.name,
        flow=rollout.flow,
        salt=rollout.salt,
        candidate=rollout.candidate,
        stable=rollout.stable,
        weight=event.weight,
        is_shadowing=event.is_shadowing,
        per=spec.per,
        watched=tuple(each.metric for each in spec.watched),
        budget=spec.budget,
        room=_room(spec, stored),
    )


def _room(spec: RolloutSpec, stored: StoredRollout) -> Room | None:
    most = [step.max_exposed_users if isinstance(step, WeightStep) else None for step in spec.steps]
    if all(each is None for each in most):
        return None
    step, state = stored.event.step, read_state(stored.state)
    return Room(step, most[step], state.step_users.candidate, state.looked_at)
