"""Who is at work with releases: many at once, or alone who removes some."""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from genaiops.errors import InputError, StoreError

_FLAGS = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW


@contextmanager
def at_work(path: Path, *, alone: bool = False) -> Generator[None]:
    """Hold this file, which the kernel lets go of whatever becomes of the process.

    Raises:
        InputError: it would be alone, and somebody else is at work.
        StoreError: the file cannot be opened.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(path, _FLAGS, 0o644)
    except OSError as error:
        raise StoreError(f"{path}: cannot be opened: {error.strerror}") from error
    try:
        _lock(file, alone=alone)
        yield
    finally:
        os.close(file)


def _lock(file: int, *, alone: bool) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB if alone else fcntl.LOCK_SH)
    except BlockingIOError as error:
        raise InputError(
            "nothing was done: somebody creates, moves or removes a release now; try again"
        ) from error
