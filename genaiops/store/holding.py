"""Who works on a run: a lock that the kernel lets go of when its process ends, however it ends."""

import fcntl
import os
import time
from contextlib import suppress
from pathlib import Path

from genaiops.errors import StoreError

_LOOKS_S, _WAIT_S = 10.0, 0.004
"""How long a look of somebody else is waited for: its process may have to wait for a core."""


class Holds:
    """The runs that this store works on; each by a locked file beside the store."""

    def __init__(self, store: Path) -> None:
        self._store = store
        self._held: dict[str, int] = {}

    def take(self, run_id: str, seq: int) -> bool:
        """Hold a run until `release`, or the end of the process; False where another process does.

        Raises:
            StoreError: the file cannot be made.
        """
        path = self._path(seq)
        try:
            held = _patiently_locked(path)
            while held is not None and not _is_at(held, path):  # its last holder removed it
                os.close(held)
                held = _patiently_locked(path)
        except OSError as error:
            message = f"{path}: cannot be locked: {error.strerror}; make its folder writable"
            raise StoreError(message) from error
        if held is not None:
            self._held[run_id] = held
        return held is not None

    def is_held(self, seq: int) -> bool:
        """Whether a process that lives works on a run."""
        try:
            opened = os.open(self._path(seq), os.O_RDONLY | os.O_NOFOLLOW)
        except OSError:
            return False
        try:
            return not _try(opened, fcntl.LOCK_SH)
        finally:
            os.close(opened)

    def release(self, run_id: str, seq: int) -> None:
        """Let go of a run that ended."""
        held = self._held.pop(run_id, None)
        if held is not None:
            with suppress(OSError):  # left behind, the file is in nobody's way
                self._path(seq).unlink()
            os.close(held)

    def release_all(self) -> None:
        """Let go of all, and leave the files."""
        while self._held:
            os.close(self._held.popitem()[1])

    def _path(self, seq: int) -> Path:
        return self._store.with_name(f"{self._store.name}-run-{seq}.lock")


def _patiently_locked(path: Path) -> int | None:
    """An open file that is locked; None where somebody else has the lock.

    Who only looks whether it is locked shares the lock for an instant, which is waited for.
    """
    opened = os.open(path, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o644)
    try:
        until = time.monotonic() + _LOOKS_S
        while not _try(opened, fcntl.LOCK_EX):
            if not _try(opened, fcntl.LOCK_SH) or time.monotonic() > until:
                os.close(opened)
                return None
            fcntl.flock(opened, fcntl.LOCK_UN)
            time.sleep(_WAIT_S)
    except OSError:
        os.close(opened)
        raise
    return opened


def _try(opened: int, kind: int) -> bool:
    try:
        fcntl.flock(opened, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_at(opened: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(opened), path.stat())
    except FileNotFoundError:
        return False
