"""One writer at a time: a lock file that names the process which holds it."""

import os
import socket
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from genaiops.errors import ExecutionError


@contextmanager
def only_writer(lock: Path, what: str) -> Generator[None]:
    """Hold the lock file; one left behind by a process that is gone is taken over.

    Raises:
        ExecutionError: another process holds it.
    """
    me = f"{os.getpid()} {socket.gethostname()}"
    while not _create(lock, me):
        holder = _read(lock)
        if holder is None:
            continue
        if _may_live(holder):
            raise ExecutionError(
                f"another process ({holder or 'unknown'}) works on {what}; "
                f"wait for it, or remove {lock} if there is no such process"
            )
        _remove_stale(lock, holder)
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)


def _create(lock: Path, holder: str) -> bool:
    """Create the lock with its holder in it; False where there is one."""
    try:
        descriptor = os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(holder)
    return True


def _read(lock: Path) -> str | None:
    try:
        return lock.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


def _may_live(holder: str) -> bool:
    """Whether the holder may be at work: of another machine nothing can be known."""
    pid, _, host = holder.partition(" ")
    if host != socket.gethostname() or not pid.isdigit():
        return True
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _remove_stale(lock: Path, holder: str) -> None:
    """Move the stale lock away; a lock that somebody else took meanwhile goes back."""
    aside = lock.with_name(f"{lock.name}.{uuid.uuid4().hex}")
    try:
        lock.rename(aside)
    except FileNotFoundError:
        return
    taken_by = aside.read_text(encoding="utf-8")
    if taken_by != holder:
        _create(lock, taken_by)
    aside.unlink()
