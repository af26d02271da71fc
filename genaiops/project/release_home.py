"""Where the releases of a project are kept; its other files need not even be readable."""

from collections.abc import Collection, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from genaiops.errors import StoreError
from genaiops.project.kept_folder import refuse_planted
from genaiops.project.root import AUDIT_FILE, RELEASES_FOLDER, find_project_file
from genaiops.project.session import Session, utc_now
from genaiops.protocols import Clock
from genaiops.records.releases import Release, ReleaseEvent, Stage
from genaiops.release.audit import Audit
from genaiops.release.clearing import remove
from genaiops.release.history import History
from genaiops.release.shelf import Shelf
from genaiops.release.work import at_work


@dataclass(frozen=True, slots=True)
class ReleaseHome:
    """The shelf and the audit chain in the folder of a project."""

    root: Path
    clock: Clock

    @property
    def shelf(self) -> Shelf:
        """The files of all releases."""
        return Shelf(self.root / RELEASES_FOLDER / "files")

    @property
    def audit(self) -> Audit:
        """What was done with them."""
        return Audit(self.root / AUDIT_FILE)

    def opened(self, release: Release) -> Path:
        """The folder in which the project stands that a release holds, once it is opened."""
        return self.root / RELEASES_FOLDER / "opened" / release.id

    def at_work(self, *, alone: bool = False) -> AbstractContextManager[None]:
        """Hold what is on the shelf, so that nobody removes it; or `alone`, to remove some.

        Raises:
            InputError: it would be alone, and somebody else is at work.
            StoreError: the folder cannot be written.
        """
        return at_work(self.root / RELEASES_FOLDER / "lock", alone=alone)

    def remove(self, id_: str, bundles: Iterable[str], needed: Collection[str]) -> None:
        """Remove a release, opened and on the shelf, but what is `needed` elsewhere of its files.

        Raises:
            StoreError: something cannot be removed.
        """
        opened = self.root / RELEASES_FOLDER / "opened" / id_
        try:
            if opened.exists():
                remove(opened)
        except OSError as error:
            raise StoreError(f"{opened}: cannot be removed: {error.strerror}") from error
        for bundle in bundles:
            self.shelf.remove(bundle, id_, needed)

    def now(self) -> str:
        """The time of a record."""
        return self.clock().isoformat(timespec="seconds")

    def created(self, reference: str) -> ReleaseEvent:
        """What gave a release its newest evidence; it is named as for `find`.

        Raises:
            InputError: there is none, or there are several.
            StoreError: the chain cannot be read, or was changed.
        """
        return History(self.audit.read_whole().records).find(reference).event

    def find(self, reference: str) -> Release:
        """A release by its id or the beginning of it, its flow or `last`, with its newest evidence.

        Raises:
            InputError: there is none, or there are several.
            StoreError: the chain or the shelf cannot be read, or was changed.
        """
        event = self.created(reference)
        return self.shelf.release(event.bundle, event.release)

    def standing(self, flow: str, stage: Stage) -> Release | None:
        """The release of a flow that stands in a stage; None where none was promoted yet.

        It is told on a chain of which records were changed, too: a rollback on it has to have
        effect.

        Raises:
            InputError: it is of another version of genaiops.
            StoreError: the chain cannot be read, or the release is gone from the shelf, or was
                changed.
        """
        event = History(self.audit.read().records).standing(flow, stage)
        return None if event is None else self.shelf.release(event.bundle, event.release)


def release_home(session: Session) -> ReleaseHome:
    """Where the releases of a project are kept."""
    return ReleaseHome(session.kept, session.clock)


def find_release_home(named: Path | None = None) -> ReleaseHome:
    """The same for the project around the working folder, or the one that is named.

    Raises:
        InputError: there is no project, or its kept folder lies elsewhere.
    """
    root = find_project_file(Path.cwd(), named).parent
    refuse_planted(root)
    return ReleaseHome(root, utc_now)
