"""Where the versions of one index live: publishing by one rename, keeping the last, cleaning up."""

import asyncio
import fcntl
import re
import shutil
import uuid
from collections.abc import AsyncGenerator, Callable, Generator, Iterable
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from pydantic import TypeAdapter, ValidationError

from genaiops.digests import canonical_json
from genaiops.durable import sync
from genaiops.errors import ExecutionError, InputError
from genaiops.index.versions import IndexVersion, load_version
from genaiops.records import Record

KEPT = 3
OnWait = Callable[[], None]
"""Called when another process is at work on an index that we need."""

_POLL_S = 0.1
_CURRENT = "current.json"
_ASIDE = ".building-"
_SHOWN = 12
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*\Z")
_VERSION = re.compile(r"(?:chroma-)?([0-9a-f]{12})\Z")


class Publication(Record):
    """A version that was made the current one, and when a build last ended on it (ISO 8601)."""

    version: str
    built_at: datetime


_PUBLICATIONS = TypeAdapter(tuple[Publication, ...])


class IndexHome:
    """The folder `.genaiops/indexes/<name>` of a project."""

    def __init__(self, root: Path, name: str) -> None:
        if not _NAME.match(name):
            raise InputError(f"index name {name!r}: letters, digits, '_', '-' and '.' only")
        self.name = name
        self.folder = root / ".genaiops" / "indexes" / name
        self._holds_lock = False

    def publications(self) -> tuple[Publication, ...]:
        """The kept versions, the current one first; none before the first build.

        Raises:
            InputError: the list is damaged.
        """
        try:
            return _PUBLICATIONS.validate_json((self.folder / _CURRENT).read_bytes())
        except FileNotFoundError:
            return ()
        except ValidationError as error:
            raise self.refusal(f"is damaged: {_CURRENT} cannot be read") from error

    def current(self) -> IndexVersion:
        """The version that answers.

        Raises:
            InputError: there is none yet, or it is damaged.
        """
        published = self.publications()
        if not published:
            raise self.refusal("was never built")
        try:
            return load_version(self.folder / published[0].version)
        except InputError as error:
            raise self.refusal(f"is damaged: {error}") from error

    def intact(self, digest: str) -> IndexVersion | None:
        """A version by its digest; None unless it is whole."""
        try:
            return load_version(self.version_folder(digest))
        except InputError:
            return None

    def intact_current(self) -> IndexVersion | None:
        """The version that answers; None where there is none, or it is damaged."""
        try:
            return self.current()
        except InputError:
            return None

    def version_folder(self, digest: str) -> Path:
        """Where a version is, once it is published."""
        return self.folder / digest[:_SHOWN]

    def refusal(self, what: str) -> InputError:
        """An error about this index that says how to build it."""
        return InputError(f"index {self.name!r} {what}: genaiops index build {self.name}")

    def search_folder(self, digest: str) -> Path:
        """Where embedded Chroma keeps what it made of a version."""
        return self.folder / f"chroma-{digest[:_SHOWN]}"

    @contextmanager
    def only_writer(self, *, wait: bool = False) -> Generator[None]:
        """Hold the lock of the index; the system frees it when the process ends, however it ends.

        Who holds it may ask for it again.

        Raises:
            ExecutionError: another process holds it and we do not wait.
        """
        if self._holds_lock:
            yield
            return
        with self._lock_file() as lock:
            if not _locked(lock, wait=wait):
                raise ExecutionError(
                    f"index {self.name!r} is being built by another process; wait for it"
                )
            with self._holding():
                yield

    @asynccontextmanager
    async def next_writer(self, on_wait: OnWait) -> AsyncGenerator[None]:
        """Hold the lock as `only_writer` does, as soon as no other process holds it.

        Args:
            on_wait: Called once, if another process holds it.
        """
        with self._lock_file() as lock:
            if not _locked(lock):
                on_wait()
                while not _locked(lock):  # noqa: ASYNC110  another process sets no event of ours
                    await asyncio.sleep(_POLL_S)
            with self._holding():
                yield

    @contextmanager
    def on_disk(self, task: str) -> Generator[None]:
        """Turn what the disk refuses into an error that says where.

        Raises:
            ExecutionError: an OSError came up.
        """
        try:
            yield
        except OSError as error:
            place = error.filename or self.folder
            raise ExecutionError(
                f"index {self.name!r}: cannot {task}: {place}: {error.strerror or error}; "
                f"check space and rights there, then try again"
            ) from error

    @contextmanager
    def aside(self) -> Generator[Path]:
        """A new empty folder to build in; nobody reads there, and what stays in it is removed."""
        folder = self.folder / f"{_ASIDE}{uuid.uuid4().hex[:_SHOWN]}"
        folder.mkdir(parents=True)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def move_in(self, finished: Path, target: Path) -> None:
        """Make a finished folder visible by one rename, durably; a damaged one gives way."""
        for path in (*(path for path in finished.rglob("*") if path.is_file()), finished):
            sync(path)
        with self.aside() as gone:
            if target.exists():
                target.rename(gone / target.name)
            finished.rename(target)
        sync(self.folder)

    def publish(self, version: IndexVersion, now: datetime) -> None:
        """Make a version the current one, by one rename of a small file; the last three are kept.

        Raises:
            OSError: the disk does not take it.
        """
        name = version.folder.name
        new = Publication(version=name, built_at=now)
        kept = [new, *(one for one in self._known() if one.version != name)][:KEPT]
        aside = self.folder / f"{_CURRENT}.new"
        document = [one.model_dump(mode="json") for one in kept]
        aside.write_bytes(canonical_json(document).encode() + b"\n")
        sync(aside)
        aside.replace(self.folder / _CURRENT)
        sync(self.folder)
        self.clean()

    def clean(self) -> None:
        """Remove what crashes left behind and versions that are no longer kept.

        With a damaged list nobody knows which those are: they stay.
        """
        try:
            kept = {one.version for one in self.publications()}
        except InputError:
            kept = None
        for path in _subfolders(self.folder):
            version = _VERSION.match(path.name)
            is_dropped = version and kept is not None and version[1] not in kept
            if path.name.startswith(_ASIDE) or is_dropped:
                shutil.rmtree(path)

    def _lock_file(self) -> BinaryIO:
        self.folder.mkdir(parents=True, exist_ok=True)
        return (self.folder / ".lock").open("wb")

    @contextmanager
    def _holding(self) -> Generator[None]:
        self._holds_lock = True
        try:
            yield
        finally:
            self._holds_lock = False

    def _known(self) -> tuple[Publication, ...]:
        try:
            return self.publications()
        except InputError:
            return ()


def _locked(lock: BinaryIO, *, wait: bool = False) -> bool:
    """Lock a file; False where another process holds it and we do not wait."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    return True


def _subfolders(folder: Path) -> Iterable[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir())
