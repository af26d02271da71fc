"""Use cases of people: start a rollout, and decide in one."""

import secrets
from dataclasses import dataclass

from genaiops.errors import InputError
from genaiops.project.act import Act
from genaiops.project.files import flow_name
from genaiops.project.online_scoring import scored_metrics
from genaiops.project.promoting import why_not_promoted
from genaiops.project.release_home import release_home
from genaiops.project.rollout_home import open_rollouts, read_live
from genaiops.project.rollout_releases import RolloutReleases
from genaiops.project.session import Session
from genaiops.records.rollout_events import Cursor, Rollout, RolloutDeed, RolloutEvent
from genaiops.release.evidence import Refusal
from genaiops.rollout.committing import (
    Grounds,
    carried_out,
    event_of,
    moment_of,
    read_spec,
    read_state,
)
from genaiops.rollout.machine import begin
from genaiops.rollout.replay import by_hand
from genaiops.specs.rollout import EXTERNAL, RolloutSpec
from genaiops.store.rollouts import Rollouts, StoredRollout


@dataclass(frozen=True, slots=True)
class Arms:
    """The two releases of a rollout, by id; of a service of one's own, what it calls its arms."""

    flow: str
    stable: str
    candidate: str


@dataclass(frozen=True, slots=True)
class Started:
    """A rollout that began, or what keeps its candidate out of production."""

    stored: StoredRollout | None = None
    refusal: Refusal | None = None


def arms_of(
    session: Session, name: str, spec: RolloutSpec, candidate: str, stable: str | None
) -> Arms:
    """The arms that are meant.

    Raises:
        InputError: there is no such release, it is of another flow or is stable itself, or none
            stands in production.
        StoreError: the chain or the shelf was changed, or cannot be read.
    """
    if spec.flow == EXTERNAL:
        arms = Arms(f"{EXTERNAL}:{name}", stable or "stable", candidate)
    else:
        arms = _released_arms(session, flow_name(spec.flow), candidate, stable)
    if arms.candidate == arms.stable:
        raise InputError(
            f"candidate and stable are the same, {arms.stable}: there is nothing to roll out"
        )
    return arms


def start_rollout(session: Session, name: str, spec: RolloutSpec, arms: Arms, act: Act) -> Started:
    """Begin a rollout at its first step, if its candidate could be promoted to production.

    Raises:
        InputError: another rollout of the flow is under way, or live answers are not kept that
            it is to score.
        StoreError: a release is no longer whole, or the store or the chain cannot be written.
    """
    with release_home(session).at_work():
        return _started(session, name, spec, arms, act)


def _started(session: Session, name: str, spec: RolloutSpec, arms: Arms, act: Act) -> Started:
    if spec.flow != EXTERNAL:
        _refuse_unscored(session, spec)
        refusal = why_not_promoted(session, arms.candidate, "production")
        if refusal is not None:
            return Started(refusal=refusal)
    moment = moment_of(session.clock())
    with read_live(session) as live:
        run, told = live.ends()
    salt = secrets.token_hex(8)
    begun = begin(spec, salt=salt, now=moment.now)
    grounds = Grounds("begun", act.by, cursor=Cursor(run=run, told=told))
    event = event_of(None, begun, grounds, moment)
    with open_rollouts(session) as rollouts:
        rollout = Rollout(
            id=rollouts.next_id(name),
            name=name,
            flow=arms.flow,
            stable=arms.stable,
            candidate=arms.candidate,
            salt=salt,
            spec=spec.model_dump(mode="json", exclude_unset=True),
            by=act.by,
            at=moment.at,
        )
        rollouts.begin(rollout, event, begun.state.model_dump_json())
        RolloutReleases(session).chain(rollout, event)
        return Started(rollouts.find(rollout.id))


def decide_by_hand(session: Session, reference: str, deed: RolloutDeed, act: Act) -> StoredRollout:
    """Pause, resume, abort or promote a rollout.

    Raises:
        InputError: it cannot be done to the rollout as it is, the candidate may not be promoted,
            or somebody else decided at the same time.
        StoreError: the store or the chain cannot be read or written.
    """
    with open_rollouts(session) as rollouts:
        before = rollouts.find(reference)
        spec = read_spec(before.rollout)
        reason = act.reason or f"{deed.removesuffix(' by hand')} by {act.by}"
        decided = by_hand(spec, read_state(before.state), deed, reason)
        if decided.state.phase == "promoted":
            _refuse_unpromotable(session, before.rollout)
        moment = moment_of(session.clock())
        grounds = Grounds(deed, act.by, cursor=before.event.cursor)
        event = event_of(before.event, decided, grounds, moment)
        _commit(rollouts, before, event, decided.state.model_dump_json())
        releases = RolloutReleases(session)
        releases.chain(before.rollout, event)
        if decided.state.is_final:
            _carry_out(rollouts, releases, before.rollout, session)
        return rollouts.find(before.rollout.id)


def _released_arms(session: Session, flow: str, candidate: str, stable: str | None) -> Arms:
    home = release_home(session)
    standing = home.standing(flow, "production")
    if standing is None:
        raise InputError(
            f"no release of {flow} stands in production, so there is no stable: promote one first, "
            f"genaiops release promote RELEASE --to production"
        )
    if stable is not None and (named := home.find(stable)).id != standing.id:
        raise InputError(
            f"release {named.id} of {named.flow} does not stand in production, {standing.id} of "
            f"{flow} does: promote it first, or leave --stable out"
        )
    found = home.find(candidate)
    if found.flow != flow:
        raise InputError(f"release {found.id} is of {found.flow}, and this rollout is of {flow}")
    faults = home.shelf.faults(standing)
    if faults:
        raise InputError(
            f"nobody could go back to release {standing.id}, it is no longer whole: {faults[0]}"
        )
    return Arms(flow, standing.id, found.id)


def _refuse_unscored(session: Session, spec: RolloutSpec) -> None:
    """Refuse metrics that would never see an answer.

    Raises:
        InputError: no content of live answers is kept.
    """
    metrics = scored_metrics(spec)
    if metrics and not session.project.spec.serving.keep_content:
        raise InputError(
            f"{', '.join(metrics)} would score live answers, of which nothing is kept: write "
            "serving: {keep_content: true} into the project file and serve anew"
        )


def _refuse_unpromotable(session: Session, rollout: Rollout) -> None:
    if rollout.flow.startswith(f"{EXTERNAL}:"):
        return
    refusal = why_not_promoted(session, rollout.candidate, "production")
    if refusal is not None:
        why = "; ".join(refusal.sentences)
        raise InputError(f"release {rollout.candidate} may not be promoted to production: {why}")


def _commit(rollouts: Rollouts, before: StoredRollout, event: RolloutEvent, state: str) -> None:
    if rollouts.commit(before, event, state):
        return
    events = rollouts.events(before.rollout.id)
    rival = next(each for each in events if each.generation == event.generation)
    who = rival.by or "its controller"
    raise InputError(
        f"nothing was done: {who} was first, rollout {before.rollout.id} {rival.deed} at "
        f"{rival.at} (event {rival.generation}): look at it by genaiops rollout status"
    )


def _carry_out(
    rollouts: Rollouts, releases: RolloutReleases, rollout: Rollout, session: Session
) -> None:
    """Move the releases at once; a controller that is quicker has done the same."""
    before = rollouts.find(rollout.id)
    if not before.is_open:
        return
    done = releases.carry_out(rollout, before.event)
    event = carried_out(before.event, moment_of(session.clock()), done)
    releases.chain(rollout, event)
    rollouts.commit(before, event, before.state)
