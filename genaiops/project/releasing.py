"""Use cases of releases before they move: create one, and approve it."""

from collections.abc import Sequence
from dataclasses import dataclass

from genaiops.errors import InputError
from genaiops.index.versions import MANIFEST_FILE, IndexVersion
from genaiops.project.act import Act
from genaiops.project.code import is_python_flow
from genaiops.project.files import flow_name
from genaiops.project.kept_folder import keep_out_of_git
from genaiops.project.packages import packages_of
from genaiops.project.redteaming import NAME as REDTEAM
from genaiops.project.release_evidence import (
    evals_of,
    find_evidence,
    named_evals,
)
from genaiops.project.release_files import release_files
from genaiops.project.release_home import release_home
from genaiops.project.release_policy import policy_of
from genaiops.project.released import (
    Released,
    keep_trust,
    open_release,
)
from genaiops.project.root import KEPT_FOLDER
from genaiops.project.session import Session, git_commit
from genaiops.project.supplies import OnNote
from genaiops.project.wants import Used, used_by_eval, used_by_flow
from genaiops.project.wiring import Wiring
from genaiops.records import Decision
from genaiops.records.releases import AuditRecord, Release, ReleaseEvent, Stage
from genaiops.release.approvals import roles_of
from genaiops.release.evidence import Refusal, refusal_of
from genaiops.release.history import History
from genaiops.store import Store


@dataclass(frozen=True, slots=True)
class Created:
    """A release that is there now; `record` is None where the same was created before.

    `refusal` is what keeps it back for now.
    """

    release: Release
    refusal: Refusal | None
    record: AuditRecord | None


def used_to_create(session: Session, flow: str, names: Sequence[str]) -> Used:
    """What has to be trusted before a release of a flow is created.

    Raises:
        InputError: there is no such flow or evaluation, or it is of something else.
    """
    used = used_by_flow(session.project, flow)
    for name in _asked(session, _own_name(flow), names):
        used |= used_by_eval(session.project, name)
    return used


async def create_release(
    session: Session,
    store: Store,
    flow: str,
    names: Sequence[str],
    *,
    by: str,
    on_note: OnNote,
) -> Created:
    """Gather a flow with its evidence as it is now, put it on the shelf, and record that.

    `names` are the evaluations that have to pass; without any, all with gates that are of the flow.

    Raises:
        InputError: a file does not fit, a variable or an extra is missing, an evaluation is of
            something else.
        TrustError: the flow or an evaluation wants what is not trusted yet.
        StoreError: the store, the shelf or the chain cannot be read or written.
    """
    flow = _own_name(flow)
    session.require_trust(used_to_create(session, flow, names))
    keep_out_of_git(session.kept / KEPT_FOLDER)
    home = release_home(session)
    with home.at_work():
        history = History(home.audit.read_whole().records)
        release = await _gathered(session, store, flow, names, on_note)
        released = open_release(session, release)
        keep_trust(session, released)
        await _see_that_it_stands_alone(released)
        bundle = home.shelf.keep_release(release)
        known = history.created().get(release.id)
        is_known = known is not None and known.event.bundle == bundle
        record = None if is_known else _recorded(session, release, bundle, by)
    return Created(release, refusal_of(release, _decisions(release)), record)


def approve_release(session: Session, reference: str, stage: Stage, act: Act) -> AuditRecord:
    """Record that somebody approves of a release with the evidence that it has.

    Raises:
        InputError: there is no such release, or they may not approve it, or did so.
        StoreError: the chain is broken, or cannot be read or written.
    """
    home = release_home(session)
    with home.at_work():
        history = History(home.audit.read_whole().records)
        event = history.find(reference).event
        policy = policy_of(session)
        roles = roles_of(policy, history, act.by, release=event.release, stage=stage)
        if any(record.by == act.by for record in history.approvals(event.bundle, stage)):
            raise InputError(f"{act.by!r} approved release {event.release} for {stage} already")
        approved = event.model_copy(
            update={
                "deed": "approved",
                "stage": stage,
                "roles": roles,
                "reason": act.reason,
                "revision": None,
            }
        )
        return home.audit.append(approved, by=act.by, at=home.now())


async def _gathered(
    session: Session, store: Store, flow: str, names: Sequence[str], on_note: OnNote
) -> Release:
    evals = _asked(session, flow, names)
    used = used_by_flow(session.project, flow)
    shelf = release_home(session).shelf
    held: dict[str, str] = {}
    async with Wiring(session, None, on_wait=on_note) as wiring:
        parts = await wiring.parts(flow)
        indexes = {name: (await wiring.index(name)).version for name in sorted(used.indexes)}
        for name, version in indexes.items():
            folder = f"{KEPT_FOLDER}/indexes/{name}/{version.folder.name}"
            for file in _files_of(version):
                held[f"{folder}/{file}"] = shelf.keep_file(version.folder / file)
        _tell_of_redteam(session, store, on_note)
        found = [await find_evidence(session, store, wiring, name, on_note) for name in evals]
    files = release_files(session, flow, evals)
    return Release(
        flow=flow,
        files={name: shelf.keep(data) for name, data in sorted(files.items())},
        parts=dict(sorted(parts.items())),
        indexes={name: version.digest for name, version in indexes.items()},
        packages=packages_of(used, session.root),
        evals=evals,
        left_out=tuple(name for name in evals_of(session, flow) if name not in evals),
        held=held,
        evidence=tuple(each for each in found if each is not None),
    )


def _recorded(session: Session, release: Release, bundle: str, by: str) -> AuditRecord:
    event = ReleaseEvent(
        deed="created",
        flow=release.flow,
        release=release.id,
        bundle=bundle,
        revision=git_commit(session.root),
    )
    home = release_home(session)
    return home.audit.append(event, by=by, at=home.now())


def _asked(session: Session, flow: str, names: Sequence[str]) -> tuple[str, ...]:
    return named_evals(session, flow, names) if names else evals_of(session, flow)


def _own_name(flow: str) -> str:
    return flow if is_python_flow(flow) else flow_name(flow)


def _tell_of_redteam(session: Session, store: Store, on_note: OnNote) -> None:
    """A red team that was run and not saved has no gates that the release could hold."""
    if REDTEAM not in session.project.evals and store.runs(REDTEAM):
        on_note(
            f"run {store.runs(REDTEAM)[0].run.id} is no evidence: genaiops redteam --save makes "
            "the red team an evaluation of the project"
        )


def _files_of(version: IndexVersion) -> tuple[str, ...]:
    return (MANIFEST_FILE, *version.manifest.files)


async def _see_that_it_stands_alone(released: Released) -> None:
    """See that what is on the shelf is all that the flow needs, and the same.

    Raises:
        InputError: the flow does not load from it, or is another one.
    """
    others = await released.differences()
    if others:
        raise InputError(
            f"the flow is not the same from the files of its release: {', '.join(others)}; did "
            "they change just now? Create it again"
        )


def _decisions(release: Release) -> dict[str, Decision]:
    return {each.eval: each.decision for each in release.evidence}
