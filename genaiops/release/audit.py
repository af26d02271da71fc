"""The file of the audit chain: appended to by one process at a time, durably."""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from genaiops.durable import sync
from genaiops.errors import InputError, StoreError
from genaiops.records.releases import AuditRecord, ReleaseEvent
from genaiops.release.chain import Trail, line_of, read_trail
from genaiops.release.history import History

_READ = os.O_RDONLY | os.O_NOFOLLOW
_WRITE = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW


class Audit:
    """A file with a record a line, to which records are only added."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Trail:
        """All that is recorded; nothing where there is no file yet.

        Raises:
            StoreError: it cannot be read.
        """
        try:
            with _opened(self._path, _READ, fcntl.LOCK_SH) as file:
                return read_trail(_content(file))
        except FileNotFoundError:
            return Trail(())
        except OSError as error:
            raise self._refusal("cannot be read", error) from error

    def read_whole(self) -> Trail:
        """The same, to decide by.

        Raises:
            StoreError: it cannot be read, or a record is not what was written.
        """
        trail = self.read()
        if trail.fault is not None:
            raise self._broken(trail)
        return trail

    def append(
        self,
        event: ReleaseEvent,
        *,
        by: str,
        at: str,
        decided_on: int | None = None,
        although_broken: bool = False,
    ) -> AuditRecord:
        """Add a record, and wait until the disk has it.

        Args:
            event: what was done.
            by: who did it, as they say.
            at: when (ISO 8601, UTC).
            decided_on: the last record that was seen when this was decided, or None for what
                nobody else can be in the way of.
            although_broken: add it to a chain of which records were changed, too.

        Raises:
            InputError: somebody else moved a release of the flow in this stage since.
            StoreError: the chain is broken, or cannot be written.
        """
        try:
            is_new = not self._path.exists()
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with _opened(self._path, _WRITE, fcntl.LOCK_EX) as file:
                data = _content(file)
                trail = read_trail(data)
                if trail.fault is not None and not although_broken:
                    raise self._broken(trail)
                if decided_on is not None:
                    _refuse_rivals(trail, event, decided_on)
                record = trail.next_record(event, by=by, at=at)
                _write(file, data, trail, line_of(record))
                if is_new:
                    sync(self._path.parent)
        except OSError as error:
            raise self._refusal("cannot be written", error) from error
        return record

    def _broken(self, trail: Trail) -> StoreError:
        return StoreError(
            f"{self._path}: {trail.fault}; restore the file from a copy: until then only a "
            "rollback is possible"
        )

    def _refusal(self, what: str, error: OSError) -> StoreError:
        told = error.strerror or str(error)
        return StoreError(f"{self._path}: {what}: {told}; check space and rights there")


def _refuse_rivals(trail: Trail, event: ReleaseEvent, decided_on: int) -> None:
    """Compare-and-swap: who decided on an older state than there is gets told who was first.

    Raises:
        InputError: somebody else was.
    """
    rival = History(trail.records).moved_since(event.flow, event.stage, decided_on)
    if rival is None:
        return
    was = "promoted to" if rival.event.deed == "promoted" else "rolled back to in"
    raise InputError(
        f"nothing was done: {rival.by} was first. Release {rival.event.release} of {event.flow} "
        f"was {was} {event.stage} at {rival.at} (record {rival.generation}): look at it by "
        "genaiops release list, then decide again"
    )


@contextmanager
def _opened(path: Path, flags: int, lock: int) -> Generator[int]:
    file = os.open(path, flags, 0o644)
    try:
        fcntl.flock(file, lock)
        yield file
    finally:
        os.close(file)


def _write(file: int, data: bytes, trail: Trail, line: bytes) -> None:
    """Add a line whole, or not at all."""
    end = len(data)
    if trail.endless == trail.length:
        line = b"\n" + line  # only the end of the last line is missing
    elif trail.is_cut:
        end = data.rfind(b"\n") + 1
        os.ftruncate(file, end)
    try:
        left = memoryview(line)
        while left:
            left = left[os.write(file, left) :]
        os.fsync(file)
    except OSError:
        with suppress(OSError):
            os.ftruncate(file, end)
        raise


def _content(file: int) -> bytes:
    return os.pread(file, os.fstat(file).st_size, 0)
