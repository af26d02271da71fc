"""Vectors that embedders gave before, in an SQLite file of their own that may go at any time."""

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

import numpy as np

from genaiops.protocols import Vectors

KEPT_VECTORS = 50_000
"""Beyond these the oldest go: some 80 MB of MiniLM's."""
_GROUP = 500
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_PRIMARY = 0xFF
"""The bits of an error code that tell its kind; the others say more of it."""
_TABLE = """
    CREATE TABLE IF NOT EXISTS vectors (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        key TEXT NOT NULL UNIQUE,
        vector BLOB NOT NULL
    )
"""


class VectorFile:
    """A memory of vectors that meets `protocols.VectorMemory`.

    It saves work and decides nothing: where the file cannot be read or written it holds nothing,
    and a file that is damaged is made anew. It is opened on first use. Without a path it remembers
    nothing, so that what users ask leaves no trace.
    """

    def __init__(self, path: Path | None, *, kept: int = KEPT_VECTORS) -> None:
        self._path = path
        self._kept = kept
        self._connection: sqlite3.Connection | None = None
        self._is_usable = path is not None
        self._new: dict[str, bytes] = {}

    def find(self, keys: Iterable[str]) -> dict[str, Vectors]:
        """The vectors that are known, by key, each read-only and of shape (dimensions,)."""
        found: dict[str, Vectors] = {}
        for key in keys:
            data = self._new.get(key) or self._read(key)
            if isinstance(data, bytes):
                found[key] = np.frombuffer(data[: len(data) // 4 * 4], dtype="<f4")
        return found

    def keep(self, vectors: Mapping[str, Vectors]) -> None:
        """Remember vectors; they are written in groups, and the last group by `close`."""
        if self._path is None:
            return
        for key, vector in vectors.items():
            self._new[key] = vector.astype("<f4").tobytes()
        if len(self._new) >= _GROUP:
            self._write()

    def close(self) -> None:
        """Write what is new and let go of the file."""
        if self._new:
            self._write()
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _read(self, key: str) -> object:
        try:
            connection = self._open()
            if connection is None:
                return None
            if not connection.in_transaction:
                connection.execute("BEGIN")  # one lock for all that is read, not one for each
            row = connection.execute("SELECT vector FROM vectors WHERE key = ?", (key,)).fetchone()
        except sqlite3.Error as error:
            self._give_up(error)
            return None
        return row[0] if row else None

    def _write(self) -> None:
        rows, self._new = list(self._new.items()), {}
        try:
            connection = self._open()
            if connection is None:
                return
            if connection.in_transaction:
                connection.execute("COMMIT")
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(
                "INSERT OR IGNORE INTO vectors (key, vector) VALUES (?, ?)", rows
            )
            connection.execute(
                "DELETE FROM vectors WHERE seq <= (SELECT max(seq) FROM vectors) - ?",
                (self._kept,),
            )
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._give_up(error)

    def _open(self) -> sqlite3.Connection | None:
        if self._connection is None and self._path is not None and self._is_usable:
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
            except OSError:
                self._is_usable = False
                return None
            self._connection = sqlite3.connect(
                self._path, timeout=5, isolation_level=None, check_same_thread=False
            )
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.execute(_TABLE)
        return self._connection

    def _give_up(self, error: sqlite3.Error) -> None:
        """Go on without; a damaged file is removed, so that the next process has one again."""
        self._is_usable = False
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        code = getattr(error, "sqlite_errorcode", 0)  # which errors of the module itself lack
        if self._path is not None and code & _PRIMARY in _DAMAGED:
            for ending in ("", "-wal", "-shm"):
                with suppress(OSError):
                    self._path.with_name(self._path.name + ending).unlink()
