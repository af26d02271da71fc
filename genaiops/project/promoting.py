"""Use cases of moving releases: promote one into a stage, and go back to an earlier one."""

from collections.abc import Sequence
from dataclasses import dataclass

from genaiops.errors import InputError, StoreError
from genaiops.project.act import Act
from genaiops.project.code import is_python_flow
from genaiops.project.files import flow_name
from genaiops.project.release_evidence import judge_evidence
from genaiops.project.release_home import ReleaseHome, release_home
from genaiops.project.release_policy import policy_of
from genaiops.project.released import open_release
from genaiops.project.rollout_home import read_rollouts
from genaiops.project.session import Session
from genaiops.records.releases import AuditRecord, Deed, Release, ReleaseEvent, Stage
from genaiops.release.approvals import missing_approvals
from genaiops.release.chain import Trail
from genaiops.release.evidence import Refusal, refusal_of
from genaiops.release.history import History

PREVIOUS = "previous"
"""What stands for the release that stood in a stage before."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What came of moving a release into a stage: the `record`, or why it was refused.

    Neither is there where it stands in the stage already.
    """

    release: Release
    record: AuditRecord | None = None
    refusal: Refusal | None = None


def promote_release(session: Session, reference: str, stage: Stage, act: Act) -> Moved:
    """Put a release into a stage, if its evidence passes and everybody approved who has to.

    Raises:
        InputError: there is no such release, somebody else moved one there meanwhile, or the
            session is of a project file that says nothing of releases.
        StoreError: the chain or the shelf was changed, or cannot be read or written.
    """
    home = release_home(session)
    with home.at_work():
        return _promoted(session, home, reference, stage, act)


def promote_by_hand(session: Session, reference: str, stage: Stage, act: Act) -> Moved:
    """The same, where no rollout compares its candidate with what stands in production.

    Raises:
        InputError: a rollout of the flow is under way, or as for `promote_release`.
        StoreError: the chain, the shelf or the rollouts were changed, or cannot be read or written.
    """
    home = release_home(session)
    with home.at_work():
        if stage == "production":
            _refuse_beside_rollout(session, home.created(reference).flow)
        return _promoted(session, home, reference, stage, act)


def why_not_promoted(session: Session, reference: str, stage: Stage) -> Refusal | None:
    """What keeps a release out of a stage; None where it could be promoted now.

    Raises:
        InputError: there is no such release.
        StoreError: the chain or the shelf was changed, or cannot be read.
    """
    history = History(release_home(session).audit.read_whole().records)
    return _refusal(session, history, history.find(reference).event, stage)


def roll_back(home: ReleaseHome, to: str, stage: Stage, act: Act, flow: str | None = None) -> Moved:
    """Go back to a release that stood in a stage: `previous`, or one by its id.

    It needs no evidence, no approval and no file of the project, and goes on a chain of which
    records were changed, too, whose numbers then tell nothing of who was first.

    Raises:
        InputError: no such release ever stood there, or somebody else moved one there meanwhile.
        StoreError: the release is no longer whole, or the chain cannot be read or written.
    """
    with home.at_work():
        return _rolled_back(home, to, stage, act, flow)


def _refuse_beside_rollout(session: Session, flow: str) -> None:
    with read_rollouts(session) as rollouts:
        for each in rollouts.open():
            if each.rollout.flow == flow:
                id_ = each.rollout.id
                raise InputError(
                    f"nothing was promoted: rollout {id_} compares its candidate with what stands "
                    f"there. End it first: genaiops rollout promote {id_}, or abort {id_}"
                )


def _promoted(session: Session, home: ReleaseHome, reference: str, stage: Stage, act: Act) -> Moved:
    trail = home.audit.read_whole()
    history = History(trail.records)
    event = history.find(reference).event
    release = home.shelf.release(event.bundle, event.release)
    standing = history.standing(release.flow, stage)
    if standing is not None and standing.bundle == event.bundle:
        return Moved(release)
    refusal = _refusal(session, history, event, stage)
    if refusal is not None:
        return Moved(release, refusal=refusal)
    move = _move("promoted", event, stage, history, act)
    move = move.model_copy(update={"roles": policy_of(session).stage(stage).approvals})
    record = home.audit.append(move, by=act.by, at=home.now(), decided_on=_seen(trail, act))
    return Moved(release, record)


def _rolled_back(home: ReleaseHome, to: str, stage: Stage, act: Act, flow: str | None) -> Moved:
    trail = home.audit.read()
    history = History(trail.records)
    event = _earlier(history, to, stage, flow)
    release = home.shelf.release(event.bundle, event.release)
    standing = history.standing(release.flow, stage)
    if standing is not None and standing.release == event.release:
        return Moved(release)
    _see_that_it_is_whole(home, release)
    record = home.audit.append(
        _move("rolled back", event, stage, history, act),
        by=act.by,
        at=home.now(),
        decided_on=_seen(trail, act) if trail.fault is None else None,
        although_broken=True,
    )
    return Moved(release, record)


def _see_that_it_is_whole(home: ReleaseHome, release: Release) -> None:
    faults = home.shelf.faults(release)
    if faults:
        told = "\n".join(f"  {fault}" for fault in faults)
        raise StoreError(
            f"release {release.id} is no longer what was created, and stays where it is:\n{told}\n"
            f"restore the files from a copy, or create it again: genaiops release create "
            f"{release.flow}"
        )


def _refusal(
    session: Session, history: History, event: ReleaseEvent, stage: Stage
) -> Refusal | None:
    home = release_home(session)
    release = home.shelf.release(event.bundle, event.release)
    _see_that_it_is_whole(home, release)
    decisions = judge_evidence(open_release(session, release), home.shelf)
    return refusal_of(release, decisions) or _unapproved(session, history, event, stage)


def _unapproved(
    session: Session, history: History, event: ReleaseEvent, stage: Stage
) -> Refusal | None:
    policy = policy_of(session)
    missing = missing_approvals(
        policy, history, release=event.release, bundle=event.bundle, stage=stage
    )
    return (
        Refusal("open", tuple(f"nobody approved as {each}" for each in missing))
        if missing
        else None
    )


def _move(
    deed: Deed, event: ReleaseEvent, stage: Stage, history: History, act: Act
) -> ReleaseEvent:
    standing = history.standing(event.flow, stage)
    return ReleaseEvent(
        deed=deed,
        flow=event.flow,
        release=event.release,
        bundle=event.bundle,
        stage=stage,
        replaced=standing.release if standing else None,
        reason=act.reason,
    )


def _seen(trail: Trail, act: Act) -> int:
    """The last record that was seen.

    Raises:
        InputError: there is no such record yet.
    """
    if act.seen is None:
        return trail.length
    if act.seen > trail.length:
        raise InputError(f"there is no record {act.seen} yet: the last is {trail.length}")
    return act.seen


def _earlier(history: History, to: str, stage: Stage, flow: str | None) -> ReleaseEvent:
    """What to go back to.

    Raises:
        InputError: nothing like that ever stood in the stage.
    """
    if to != PREVIOUS:
        found = history.find(to).event
        own = found.flow if flow is None else _flow_of(history, flow)
        stood = history.last_in(found.release, stage)
        if stood is None or own != stood.flow:
            raise InputError(f"release {found.release} never stood in {stage}: promote it")
        return stood
    own = _flow_of(history, flow)
    stood_there = history.stood(own, stage)
    if len(stood_there) < 2:
        raise InputError(f"there is nothing to go back to: {_stood_text(own, stage, stood_there)}")
    return stood_there[-2]


def _flow_of(history: History, flow: str | None) -> str:
    """The flow that is meant; where none is named, the only one.

    Raises:
        InputError: there is no release of it, or there are several flows.
    """
    known = history.flows()
    if flow is None and len(known) == 1:
        return known[0]
    if not known:
        raise InputError("there is no release to go back to: genaiops release create FLOW")
    if flow is None:
        raise InputError(f"name the flow whose release is to go back: {', '.join(known)}")
    own = flow if is_python_flow(flow) else flow_name(flow)
    if own not in known:
        if is_id := next((each for each in history.created() if each.startswith(own)), None):
            raise InputError(f"{own!r} is a release: genaiops release rollback --to {is_id}")
        raise InputError.unknown("flow with releases", own, known)
    return own


def _stood_text(flow: str, stage: Stage, stood: Sequence[ReleaseEvent]) -> str:
    if not stood:
        return f"no release of {flow} ever stood in {stage}"
    return f"release {stood[0].release} is the first of {flow} that stood in {stage}"
