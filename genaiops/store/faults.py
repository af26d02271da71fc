"""What went wrong in a store's file, in words: where, and what to do."""

import sqlite3

from genaiops.errors import StoreError

_PRIMARY = 0xFF
"""The bits of an error code that tell its kind; the others say more of it."""
_DAMAGED = "restore the file from a copy, or move it away and run again"
_CLOSED = "make the file and its folder writable"
_FULL = "free space on its disk"
_REMEDIES = {
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_READONLY: _CLOSED,
    sqlite3.SQLITE_CANTOPEN: _CLOSED,
    sqlite3.SQLITE_PERM: _CLOSED,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_IOERR: f"{_FULL}, and see that it is in order",
    sqlite3.SQLITE_BUSY: "another process holds it: wait for its end, or end it",
    sqlite3.SQLITE_LOCKED: "another process holds it: wait for its end, or end it",
}


def is_damage(error: sqlite3.Error) -> bool:
    """Whether the file itself is broken, and not the disk, a lock or a permission."""
    return _REMEDIES.get(_code(error)) == _DAMAGED


def store_fault(path: str, what: str, error: sqlite3.Error) -> StoreError:
    """`path: the store cannot be read: reason; what to do`."""
    remedy = _REMEDIES.get(_code(error))
    return StoreError(f"{path}: the store {what}: {error}" + (f"; {remedy}" if remedy else ""))


def _code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & _PRIMARY  # errors of the module itself lack it
