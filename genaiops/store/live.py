"""The runs of live traffic, in a file of their own: they are many, and leave by their age."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple, Self, TypeVar

from pydantic import ValidationError

from genaiops.errors import StoreError
from genaiops.records.live_runs import LiveRun, Told
from genaiops.records.record import Record
from genaiops.store.entries import checksum
from genaiops.store.reader import Reader, Row
from genaiops.store.schema import Layout, connect, connect_to_read
from genaiops.store.writer import Writer

LIVE = Layout(
    2,
    """
    CREATE TABLE live_runs (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        at REAL NOT NULL,
        record TEXT NOT NULL,
        checksum INTEGER NOT NULL
    );
    CREATE INDEX live_runs_by_time ON live_runs (at);
    CREATE TABLE told (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        at REAL NOT NULL,
        record TEXT NOT NULL,
        checksum INTEGER NOT NULL
    );
    CREATE INDEX told_by_time ON told (at)
    """,
)
_RUNS = "SELECT seq, record, checksum FROM live_runs"
_OF_CANDIDATES = f"{_RUNS} WHERE at >= ? AND instr(record, ?) ORDER BY seq"
# by the index of time, and no further than it is read: + keeps the number from being looked up
_EARLIER = f"{_RUNS} WHERE at >= ? AND +seq <= ? AND instr(record, ?) ORDER BY at DESC"
_TRAFFIC = """
    SELECT count(*),
        count(DISTINCT coalesce(json_extract(record, '$.user'), json_extract(record, '$.caller')))
    FROM live_runs WHERE at >= ? AND CASE WHEN json_valid(record) THEN
        json_extract(record, '$.flow') = ? AND json_extract(record, '$.part') = 'answer' END
    """
_IS_CANDIDATE = '"arm":"candidate"'
_TOLD = "SELECT seq, record, checksum FROM told WHERE seq > ? ORDER BY seq"
_RecordT = TypeVar("_RecordT", bound=Record)


class Numbered(NamedTuple):
    """A live run with its number, which orders runs as they ended; clocks do not."""

    seq: int
    run: LiveRun


class NumberedTold(NamedTuple):
    """What was told of an answer with its number, in the order in which it was told."""

    seq: int
    told: Told


class LiveWriter:
    """Writes runs in groups, by a thread of its own."""

    def __init__(self, path: Path) -> None:
        """Open the file, made where it is missing.

        Raises:
            StoreError: it cannot be used.
        """
        self._path = path
        self._queued = self._durable = 0
        self._writer = Writer(str(path), partial(connect, layout=LIVE))

    def add(self, run: LiveRun) -> None:
        """Queue a run.

        Raises:
            StoreError: an earlier one could not be written, and this one is not either.
        """
        record = run.model_dump_json()
        self._writer.put_row(
            "INSERT INTO live_runs (id, at, record, checksum)",
            (run.id, run.at.timestamp(), record, checksum(record)),
            self._is_durable,
        )
        self._queued += 1

    @property
    def lost(self) -> int:
        """How many runs were queued and not written, once this is closed."""
        return self._queued - self._durable

    @property
    def written(self) -> int:
        """How many runs are durable."""
        return self._durable

    @property
    def is_broken(self) -> bool:
        """Whether something could not be written, so that nothing more will be."""
        return self._writer.is_broken

    def tell(self, told: Told) -> None:
        """Write what somebody told of an answer; it is durable then, which takes a moment.

        Raises:
            StoreError: this, or an earlier entry, could not be written.
        """
        record = told.model_dump_json()
        self._writer.put_row(
            "INSERT INTO told (at, record, checksum)",
            (told.at.timestamp(), record, checksum(record)),
        )
        self._writer.fence().result()

    def find(self, run_id: str) -> LiveRun | None:
        """A run by the id that its user was told, once all that was queued before is written.

        Raises:
            StoreError: something could not be written, or read.
        """
        self._writer.fence().result()
        with LiveRuns(self._path) as runs:
            return runs.find(run_id)

    def forget(self, before: datetime) -> None:
        """Remove what came before a time.

        Raises:
            StoreError: something could not be written.
        """
        self._writer.put("DELETE FROM live_runs WHERE at < ?", (before.timestamp(),))
        self._writer.put("DELETE FROM told WHERE at < ?", (before.timestamp(),))

    def close(self) -> None:
        """Write what is queued and let go of the file."""
        self._writer.close()

    def _is_durable(self) -> None:
        """Is called by the thread that writes."""
        self._durable += 1


class LiveRuns:
    """Reads the runs that a server wrote or writes; a file that is not there holds none."""

    def __init__(self, path: Path) -> None:
        """Open the file to read.

        Raises:
            StoreError: it cannot be read.
        """
        self._reader = Reader(connect_to_read(path, LIVE), str(path))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._reader.connection.close()

    def after(self, seq: int) -> Iterator[Numbered]:
        """The runs of a higher number, in the order in which they ended.

        Raises:
            StoreError: the file cannot be read, or a record is damaged.
        """
        for row in self._reader.stream(f"{_RUNS} WHERE seq > ? ORDER BY seq", (seq,)):
            yield self._run(row)

    def earlier(self, release: str, since: float, seq: int) -> Iterator[LiveRun]:
        """The runs of a release since a time, up to a number, the newest first.

        Runs of others are not even read, and those whose record is damaged are left out.

        Raises:
            StoreError: the file cannot be read.
        """
        values = (since, seq, f'"release":"{release}"')
        for row in self._reader.stream(_EARLIER, values):
            try:
                run = self._run(row).run
            except StoreError:
                continue
            if run.release == release:
                yield run

    def of_candidates(self, since: datetime) -> Iterator[LiveRun]:
        """The runs of candidates that came at a time or later, in the order in which they ended.

        Most runs are of stable, and are not even read.

        Raises:
            StoreError: the file cannot be read, or a record is damaged.
        """
        for row in self._reader.stream(_OF_CANDIDATES, (since.timestamp(), _IS_CANDIDATE)):
            run = self._run(row).run
            if run.arm == "candidate":
                yield run

    def find(self, run_id: str) -> LiveRun | None:
        """A run by the id that its user was told; None where there is none.

        Raises:
            StoreError: the file cannot be read, or the record is damaged.
        """
        row = self._reader.row(f"{_RUNS} WHERE id = ?", (run_id,))
        return self._run(row).run if row else None

    def told_after(self, seq: int) -> Iterator[NumberedTold]:
        """What was told of answers, of a higher number, in the order in which it was told.

        Raises:
            StoreError: the file cannot be read, or a record is damaged.
        """
        for row in self._reader.stream(_TOLD, (seq,)):
            yield NumberedTold(row[0], self._record(Told, row))

    def ends(self) -> tuple[int, int]:
        """The numbers of the last run and of the last thing told; 0 where there was none.

        Raises:
            StoreError: the file cannot be read.
        """
        rows = self._reader.rows("SELECT seq FROM sqlite_sequence WHERE name = 'live_runs'")
        told = self._reader.rows("SELECT seq FROM sqlite_sequence WHERE name = 'told'")
        return (rows[0][0] if rows else 0), (told[0][0] if told else 0)

    def first_at(self) -> float | None:
        """When the first request came of those that are kept; None where there is none.

        Raises:
            StoreError: the file cannot be read.
        """
        row = self._reader.row("SELECT min(at) FROM live_runs", ())
        return row[0] if row else None

    def count(self, since: float) -> int:
        """How many runs came at a time or later, those of shadows among them.

        Raises:
            StoreError: the file cannot be read.
        """
        row = self._reader.row("SELECT count(*) FROM live_runs WHERE at >= ?", (since,))
        return row[0] if row else 0

    def traffic(self, flow: str, since: float) -> tuple[int, int]:
        """The requests for a flow that came at a time or later, and the users who made them.

        All requests of a token that name no user are of one; damaged records are not counted.

        Raises:
            StoreError: the file cannot be read.
        """
        row = self._reader.row(_TRAFFIC, (since, flow))
        return (row[0], row[1]) if row else (0, 0)

    def _run(self, row: Row) -> Numbered:
        return Numbered(row[0], self._record(LiveRun, row))

    def _record(self, kind: type[_RecordT], row: Row) -> _RecordT:
        seq, record, expected = row
        try:
            if checksum(record) != expected:
                raise self._reader.damaged(f"{kind.__name__} number {seq}")
            return kind.model_validate_json(record)
        except ValidationError as error:
            raise self._reader.damaged(f"{kind.__name__} number {seq}") from error
