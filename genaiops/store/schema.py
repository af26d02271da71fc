"""The tables of the store, and how an older file becomes a newer one."""

import sqlite3
from pathlib import Path

from genaiops.errors import StoreError

MIGRATIONS = (
    """
    CREATE TABLE runs (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        eval TEXT NOT NULL,
        digest TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('running', 'finished', 'interrupted')),
        record TEXT NOT NULL
    );
    CREATE INDEX runs_by_eval ON runs (eval, seq);
    CREATE TABLE results (
        run INTEGER NOT NULL REFERENCES runs (seq) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        repeat INTEGER NOT NULL,
        case_id TEXT NOT NULL,
        case_record TEXT NOT NULL,
        result TEXT NOT NULL,
        nodes TEXT NOT NULL,
        PRIMARY KEY (run, position, repeat)
    ) WITHOUT ROWID;
    CREATE TABLE calls (
        key TEXT PRIMARY KEY,
        model TEXT NOT NULL,
        completion TEXT NOT NULL
    ) WITHOUT ROWID;
    """,
)


_NEWER = "{} was written by a newer genaiops; update genaiops to read it"


def connect(path: str, *, create: bool = True) -> sqlite3.Connection:
    """Open a store file for this thread, made or brought up to date where needed.

    Raises:
        StoreError: the file cannot be opened, is no store, or is of a newer genaiops.
    """
    try:
        connection = sqlite3.connect(
            path, timeout=30, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        if create:
            _migrate(connection, path)
    except sqlite3.Error as error:
        raise StoreError(f"{path}: the store cannot be opened: {error}") from error
    return connection


def connect_to_read(path: Path) -> sqlite3.Connection:
    """Open a store file to read it; a file that is not there is an empty store.

    The file and its folder may be read-only, unless the file is of an older genaiops.

    Raises:
        StoreError: the file cannot be read, is no store, or is of a newer genaiops.
    """
    if not path.exists():
        return connect(":memory:")
    connection = None
    try:
        connection = _open_to_read(path)
        version = _version(connection)
    except sqlite3.Error as error:
        if connection is not None:
            connection.close()
        raise StoreError(f"{path}: the store cannot be read: {error}") from error
    if version == len(MIGRATIONS):
        return connection
    connection.close()
    if version > len(MIGRATIONS):
        raise StoreError(_NEWER.format(path))
    return connect(str(path))


def _open_to_read(path: Path) -> sqlite3.Connection:
    connection = _read_by(path, "mode=ro")
    try:
        _version(connection)
    except sqlite3.Error as error:
        connection.close()
        # in a read-only folder SQLite needs to hear that nobody writes, which holds without a log
        log = path.with_name(f"{path.name}-wal")
        has_log = log.exists() and log.stat().st_size > 0
        if has_log or not isinstance(error, sqlite3.OperationalError):
            raise
        return _read_by(path, "immutable=1")
    return connection


def _read_by(path: Path, how: str) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?{how}",
        uri=True,
        timeout=30,
        isolation_level=None,
        check_same_thread=False,
    )


def _migrate(connection: sqlite3.Connection, path: str) -> None:
    if _version(connection) == len(MIGRATIONS):
        return
    # the version is read again inside: another process may have migrated in between
    connection.execute("BEGIN IMMEDIATE")
    version = _version(connection)
    if version > len(MIGRATIONS):
        connection.execute("ROLLBACK")
        raise StoreError(_NEWER.format(path))
    for script in MIGRATIONS[version:]:
        for statement in script.split(";"):
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
    connection.execute("COMMIT")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
