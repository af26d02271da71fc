"""A release at work: the project that it holds, in a folder of its own."""

from dataclasses import dataclass, replace

from genaiops.project.files import load_project
from genaiops.project.lock import read_lock
from genaiops.project.release_home import release_home
from genaiops.project.session import Session
from genaiops.project.wants import Used, used_by_flow
from genaiops.project.wiring import Wiring
from genaiops.records.releases import Release
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


def open_release(session: Session, release: Release) -> Released:
    """Unpack a release, and read the project that it holds.

    What its project may do by now, the release may do too, byte by byte the same.

    Raises:
        InputError: the user's list of trusted projects is damaged.
        StoreError: a file of it is gone or was changed, or cannot be written.
        SpecError: this version of genaiops reads its files no more.
    """
    home = release_home(session)
    folder = home.opened(release)
    home.shelf.unpack(release, folder)
    own = replace(
        session,
        project=load_project(folder),
        lock=read_lock(folder),
        home=session.kept,
        pinned=release.indexes,
        named=Used(),
        files={},
        granted=set(),
    )
    released = Released(release, own)
    trusted = session.book.trusted(session.kept)
    granted = {*session.granted, *replace(session, named=Used()).wants(session.named)}
    own.granted.update(
        want for want in own.wants(released.used) if want in granted or is_trusted(want, trusted)
    )
    return released


def keep_trust(session: Session, released: Released) -> None:
    """Go on trusting a release on this machine when its project has become another one.

    What was trusted for one command only, or by being named, is not.

    Raises:
        InputError: the user's list of trusted projects is damaged.
        StoreError: it cannot be written.
    """
    wants = released.session.wants(released.used)
    trusted = session.book.trusted(session.root)
    if wants and all(is_trusted(want, trusted) for want in wants):
        session.book.trust(released.session.root, wants)
