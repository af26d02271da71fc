"""A release at work: the project that it holds, in a folder of its own."""

from dataclasses import dataclass, replace
from pathlib import Path

from genaiops.project.files import load_project
from genaiops.project.lock import read_lock
from genaiops.project.root import AUDIT_FILE, RELEASES_FOLDER
from genaiops.project.session import Session
from genaiops.project.wants import Used, used_by_flow
from genaiops.project.wiring import Wiring
from genaiops.records.releases import Release, Stage
from genaiops.release.audit import Audit
from genaiops.release.history import History
from genaiops.release.shelf import Shelf
from genaiops.trust import is_trusted


@dataclass(frozen=True, slots=True)
class Released:
    """A release, and a session on the project that it holds.

    `Wiring(session, …).flow(release.flow)` is the flow as it was released, whatever the files of
    the project are by now. What is recorded still goes to the store of the project.
    """

    release: Release
    session: Session

    @property
    def used(self) -> Used:
        """What its flow uses, and so has to be trusted."""
        return used_by_flow(self.session.project, self.release.flow)

    async def differences(self) -> tuple[str, ...]:
        """The parts that are not what was evaluated, such as weights or a runtime of this machine.

        Raises:
            InputError: a part is missing on this machine.
            TrustError: it wants what is not trusted yet.
        """
        async with Wiring(self.session, None) as wiring:
            here = await wiring.parts(self.release.flow)
        was = self.release.parts
        names = dict.fromkeys((*was, *here))
        return tuple(name for name in names if was.get(name) != here.get(name))


def shelf_of(session: Session) -> Shelf:
    """The shelf of a project's releases."""
    return Shelf(session.kept / RELEASES_FOLDER / "files")


def audit_of(session: Session) -> Audit:
    """The audit chain of a project."""
    return Audit(audit_path(session))


def audit_path(session: Session) -> Path:
    """The file of the audit chain."""
    return session.kept / AUDIT_FILE


def find_release(session: Session, reference: str) -> Release:
    """A release by its id or the beginning of it, its flow or `last`, with its newest evidence.

    Raises:
        InputError: there is none, or there are several.
        StoreError: the chain or the shelf cannot be read, or was changed.
    """
    event = History(audit_of(session).read_whole().records).find(reference).event
    return shelf_of(session).release(event.bundle, event.release)


def standing_release(session: Session, flow: str, stage: Stage) -> Release | None:
    """The release of a flow that stands in a stage; None where none was promoted yet.

    It is told on a chain of which records were changed, too: a rollback on it has to have effect.

    Raises:
        InputError: it is of another version of genaiops.
        StoreError: the chain cannot be read, or the release is gone from the shelf, or was changed.
    """
    event = History(audit_of(session).read().records).standing(flow, stage)
    return None if event is None else shelf_of(session).release(event.bundle, event.release)


def open_release(session: Session, release: Release) -> Released:
    """Unpack a release, and read the project that it holds.

    Raises:
        StoreError: a file of it is gone or was changed, or cannot be written.
        SpecError: this version of genaiops reads its files no more.
    """
    folder = session.kept / RELEASES_FOLDER / "opened" / release.id
    shelf_of(session).unpack(release, folder)
    own = replace(
        session,
        project=load_project(folder),
        lock=read_lock(folder),
        home=session.kept,
        pinned=release.indexes,
        named=Used(),
        files={},
    )
    return Released(release, own)


def trust_like(session: Session, released: Released) -> None:
    """Trust a release to do what its project may on this machine, so that it can be gone back to.

    Raises:
        InputError: the user's list of trusted projects is damaged.
        StoreError: it cannot be written.
    """
    wants = released.session.wants(released.used)
    trusted = session.book.trusted(session.root)
    if wants and all(is_trusted(want, trusted) for want in wants):
        session.book.trust(released.session.root, wants)
