"""Which process makes a call: a lock of the kernel, which lets go of it when the process ends."""

import fcntl
import os
from hashlib import blake2b
from pathlib import Path

from genaiops.errors import StoreError


class Claims:
    """Calls that this store is about to make; each locks a byte of a file beside the store.

    A lock costs a microsecond or two, so that each call takes one, whoever else is there. The
    kernel knows processes, not stores: close what a process has open on one file together.
    """

    def __init__(self, store: Path) -> None:
        self._path = store.with_name(f"{store.name}-calls.lock")
        self._file: int | None = None
        self._taken: set[str] = set()

    def take(self, key: str) -> bool:
        """Claim a call until `release`, or the end of the process; False where it is claimed.

        Raises:
            StoreError: the file cannot be made or locked.
        """
        if key in self._taken:
            return False
        try:
            fcntl.lockf(self._open(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _place(key))
        except (BlockingIOError, PermissionError) as error:
            if self._file is None:
                raise self._fault(error) from error
            return False
        except OSError as error:
            raise self._fault(error) from error
        self._taken.add(key)
        return True

    def release(self, key: str) -> None:
        """Let go of a call, if it is claimed here."""
        if key in self._taken and self._file is not None:
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, _place(key))
            self._taken.discard(key)

    def close(self) -> None:
        """Let go of all."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
        self._taken.clear()

    def _open(self) -> int:
        if self._file is None:
            self._file = os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o644)
        return self._file

    def _fault(self, error: OSError) -> StoreError:
        return StoreError(
            f"{self._path}: cannot be locked: {error.strerror}; make its folder writable"
        )


def _place(key: str) -> int:
    """The byte of a key, among so many that no two keys share one."""
    return int.from_bytes(blake2b(key.encode(), digest_size=7).digest(), "big")
