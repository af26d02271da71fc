"""The tables of the store, and how its file is opened."""

import sqlite3
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from genaiops.errors import StoreError
from genaiops.store.faults import store_fault

FORMAT = 2
"""The `user_version` of a store file."""
TABLES = """
    CREATE TABLE runs (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        eval TEXT NOT NULL,
        digest TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('running', 'finished', 'interrupted')),
        record TEXT NOT NULL,
        asked TEXT
    );
    CREATE INDEX runs_by_eval ON runs (eval, seq);
    CREATE TABLE results (
        run INTEGER NOT NULL REFERENCES runs (seq) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        repeat INTEGER NOT NULL,
        case_id TEXT NOT NULL,
        made_calls INTEGER NOT NULL,
        reused_calls INTEGER NOT NULL,
        record BLOB NOT NULL,
        checksum INTEGER NOT NULL,
        PRIMARY KEY (run, position, repeat)
    );
    CREATE TABLE calls (
        key TEXT NOT NULL PRIMARY KEY,
        model TEXT NOT NULL,
        completion TEXT NOT NULL,
        checksum INTEGER NOT NULL,
        made_at INTEGER NOT NULL DEFAULT (CAST(strftime('%s', 'now') AS INTEGER))
    )
    """


@dataclass(frozen=True, slots=True)
class Layout:
    """The tables of a file, and the `user_version` that says that it has them."""

    format: int
    tables: str


EVALUATIONS = Layout(FORMAT, TABLES)
"""Of the store itself."""
CACHE_KB = 512
"""Of pages that a connection holds: the system holds the file's anyway."""
BUSY_S = 60
"""How long a process waits for the others that write, in seconds."""

_NEWER = "{} was written by a newer genaiops; update genaiops to read it"
_OLDER = (
    "{} was written by a version of genaiops that was never released, and cannot be read; "
    "move it away: the next run makes a new one"
)


def connect(path: str, layout: Layout = EVALUATIONS) -> sqlite3.Connection:
    """Open a store file for this thread, made where there is none.

    Raises:
        StoreError: the file cannot be opened, is damaged, no store, or of another genaiops.
    """
    with _told(path, "cannot be opened"), ExitStack() as refused:
        connection = sqlite3.connect(
            path, timeout=BUSY_S, isolation_level=None, check_same_thread=False
        )
        refused.callback(connection.close)
        _write_ahead(connection)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA cache_size = -{CACHE_KB}")
        connection.execute("PRAGMA foreign_keys = ON")
        _make_tables(connection, path, layout)
        _see_that_it_is_whole(connection, path)
        refused.pop_all()
    return connection


def connect_to_read(path: Path, layout: Layout = EVALUATIONS) -> sqlite3.Connection:
    """Open a store file to read it; a file that is not there is an empty store.

    The file and its folder may be read-only.

    Raises:
        StoreError: the file cannot be read, is damaged, no store, or of another genaiops.
    """
    if not path.exists():
        return connect(":memory:", layout)
    with _told(str(path), "cannot be read"), ExitStack() as refused:
        connection = _open_to_read(path)
        refused.callback(connection.close)
        version = _version(connection)
        if version == 0:
            return connect(str(path) if path.stat().st_size else ":memory:", layout)
        _check_version(version, str(path), layout)
        _see_that_it_is_whole(connection, str(path))
        refused.pop_all()
    return connection


@contextmanager
def _told(path: str, what: str) -> Generator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise store_fault(path, what, error) from error


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Set the mode of the file; asking first spares the lock that setting it takes."""
    if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        connection.execute("PRAGMA journal_mode = WAL")


def _open_to_read(path: Path) -> sqlite3.Connection:
    connection = _read_by(path, "mode=ro")
    try:
        _version(connection)
    except sqlite3.Error as error:
        connection.close()
        # in a read-only folder SQLite needs to hear that nobody writes, which holds without a log
        log = path.with_name(f"{path.name}-wal")
        is_logged = log.exists() and log.stat().st_size > 0
        if is_logged or not isinstance(error, sqlite3.OperationalError):
            raise
        return _read_by(path, "immutable=1")
    return connection


def _read_by(path: Path, how: str) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?{how}",
        uri=True,
        timeout=BUSY_S,
        isolation_level=None,
        check_same_thread=False,
    )


def _make_tables(connection: sqlite3.Connection, path: str, layout: Layout) -> None:
    if _version(connection) != layout.format:
        # the version is read again inside: another process may have made the tables in between
        connection.execute("BEGIN IMMEDIATE")
        version = _version(connection)
        if version == 0:
            for statement in layout.tables.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {layout.format}")
        connection.execute("COMMIT")
        if version:
            _check_version(version, path, layout)


def _check_version(version: int, path: str, layout: Layout) -> None:
    if version != layout.format:
        raise StoreError((_NEWER if version > layout.format else _OLDER).format(path))


def _see_that_it_is_whole(connection: sqlite3.Connection, path: str) -> None:
    """Refuse a file that was cut off; what stands in its log is not expected in it yet.

    All is looked at within one reading: until its end nobody else can take the log away.
    """
    file, log = Path(path), Path(f"{path}-wal")
    if not file.exists():
        return
    connection.execute("BEGIN")
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    (size,) = connection.execute("PRAGMA page_size").fetchone()
    is_logged = log.exists() and log.stat().st_size > 0
    found = file.stat().st_size
    connection.execute("COMMIT")
    if found < pages * size and not is_logged:
        raise StoreError(
            f"{path}: the store was cut off: {found:,} bytes of {pages * size:,} are there; "
            "restore the file from a copy, or move it away and run again"
        )


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
