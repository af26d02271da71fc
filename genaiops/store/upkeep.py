"""What a store holds, and how recorded calls that nobody needs leave it."""

import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from genaiops.store.entries import unpack_call
from genaiops.store.faults import store_fault
from genaiops.store.schema import connect, connect_to_read

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class ModelCalls:
    """The recorded calls of a model; the times are of the first and the last one, in UTC."""

    model: str
    calls: int
    text_bytes: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """What a store holds; `file_bytes` is all that it takes on the disk."""

    path: str
    file_bytes: int
    runs: int
    results: int
    calls: int
    damaged_calls: int
    models: tuple[ModelCalls, ...]


@dataclass(frozen=True, slots=True)
class Unwanted:
    """Recorded calls to remove: of one model, or made before a time; those that are damaged, too.

    With neither, the damaged ones alone.
    """

    model: str | None = None
    before: datetime | None = None


def store_facts(path: Path) -> StoreFacts:
    """Count what a store holds, and check each recorded call.

    Raises:
        StoreError: it cannot be read.
    """
    with _told(path, "cannot be read"), closing(connect_to_read(path)) as connection:
        return StoreFacts(
            path=str(path),
            file_bytes=sum(part.stat().st_size for part in path.parent.glob(f"{path.name}*")),
            runs=_count(connection, "SELECT count(*) FROM runs"),
            results=_count(connection, "SELECT count(*) FROM results"),
            calls=_count(connection, "SELECT count(*) FROM calls"),
            damaged_calls=len(_damaged(connection)),
            models=_models(connection),
        )


def unwanted_calls(path: Path, unwanted: Unwanted) -> int:
    """How many recorded calls would be removed.

    Raises:
        StoreError: the store cannot be read.
    """
    with _told(path, "cannot be read"), closing(connect_to_read(path)) as connection:
        return len(_unwanted(connection, unwanted))


def prune_calls(path: Path, unwanted: Unwanted) -> int:
    """Remove recorded calls, and give their room back to the disk; gives how many went.

    Raises:
        StoreError: the store cannot be written.
    """
    with _told(path, "cannot be written"), closing(connect(str(path))) as connection:
        rows = sorted(_unwanted(connection, unwanted))
        connection.execute("BEGIN IMMEDIATE")
        for start in range(0, len(rows), _AT_ONCE):
            connection.executemany(
                "DELETE FROM calls WHERE rowid = ?",
                [(row,) for row in rows[start : start + _AT_ONCE]],
            )
        connection.execute("COMMIT")
        connection.execute("VACUUM")
        return len(rows)


def _unwanted(connection: sqlite3.Connection, unwanted: Unwanted) -> set[int]:
    rows = _damaged(connection)
    if unwanted.model is not None or unwanted.before is not None:
        before = unwanted.before.timestamp() if unwanted.before is not None else None
        found = connection.execute(
            "SELECT rowid FROM calls WHERE (?1 IS NULL OR model = ?1)"
            " AND (?2 IS NULL OR made_at < ?2)",
            (unwanted.model, before),
        )
        rows |= {row for (row,) in found}
    return rows


def _damaged(connection: sqlite3.Connection) -> set[int]:
    found = connection.execute(
        "SELECT rowid, CAST(key AS BLOB), CAST(model AS BLOB), CAST(completion AS BLOB),"
        " CAST(checksum AS INTEGER) FROM calls"
    )
    return {
        row
        for row, key, model, completion, checksum in found
        if unpack_call(key.decode(errors="replace"), model, completion, checksum) is None
    }


def _models(connection: sqlite3.Connection) -> tuple[ModelCalls, ...]:
    found = connection.execute(
        "SELECT CAST(model AS BLOB), count(*), sum(length(CAST(completion AS BLOB))),"
        " min(made_at), max(made_at) FROM calls GROUP BY model ORDER BY model"
    )
    return tuple(
        ModelCalls(model.decode(errors="replace"), calls, size, _time(first), _time(last))
        for model, calls, size, first, last in found
    )


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _count(connection: sqlite3.Connection, sql: str) -> int:
    return int(connection.execute(sql).fetchone()[0])


@contextmanager
def _told(path: Path, what: str) -> Generator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise store_fault(str(path), what, error) from error
