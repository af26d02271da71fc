"""Rollouts with all that was decided in them."""

import sqlite3
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Self, TypeVar

from pydantic import ValidationError

from genaiops.errors import InputError
from genaiops.records.findings import Finding
from genaiops.records.record import Record
from genaiops.records.rollout_events import Rollout, RolloutEvent
from genaiops.store.entries import checksum
from genaiops.store.faults import store_fault
from genaiops.store.reader import Reader, Row
from genaiops.store.rollout_tables import ROLLOUTS
from genaiops.store.schema import connect, connect_to_read

_RecordT = TypeVar("_RecordT", bound=Record)
_STORED = (
    "SELECT rollouts.record, rollouts.state, rollouts.checksum, is_open, events.record,"
    " events.checksum FROM rollouts JOIN events"
    " ON events.rollout = rollouts.id AND events.generation = rollouts.generation"
)


@dataclass(frozen=True, slots=True)
class StoredRollout:
    """A rollout as it was committed last.

    `state` is JSON, for the machine to go on from. What may be sent to the candidate stands in the
    last `event`. It is open until its end is carried out.
    """

    rollout: Rollout
    event: RolloutEvent
    state: str
    is_open: bool


class NumberedFinding(NamedTuple):
    """A finding with its number."""

    seq: int
    finding: Finding


class Rollouts:
    """The file of a project's rollouts; each change is one transaction, decided on a generation."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """Open the file, made where it is missing; to read only, one that is missing is empty.

        Raises:
            StoreError: it cannot be used.
        """
        self._path = str(path)
        connection = connect_to_read(path, ROLLOUTS) if read_only else connect(str(path), ROLLOUTS)
        self._reader = Reader(connection, self._path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._reader.connection.close()

    def begin(self, rollout: Rollout, event: RolloutEvent, state: str) -> None:
        """Enter a rollout with its first event.

        Raises:
            InputError: another one of the flow is open.
            StoreError: it cannot be written.
        """
        record = rollout.model_dump_json()
        with self._transaction() as connection:
            rival = connection.execute(
                "SELECT id FROM rollouts WHERE flow = ? AND is_open", (rollout.flow,)
            ).fetchone()
            if rival is not None:
                raise InputError(
                    f"rollout {rival[0]} of {rollout.flow} is not over, and a flow has one at a "
                    f"time: wait for its end, or genaiops rollout abort {rival[0]}"
                )
            connection.execute(
                "INSERT INTO rollouts (id, name, flow, is_open, generation, record, state,"
                " checksum) VALUES (?, ?, ?, 1, ?, ?, ?, ?)",
                (
                    rollout.id,
                    rollout.name,
                    rollout.flow,
                    event.generation,
                    record,
                    state,
                    checksum(record + state),
                ),
            )
            _add_event(connection, rollout.id, event)

    def commit(self, before: StoredRollout, event: RolloutEvent, state: str) -> bool:
        """Enter the next event, decided on what was committed before.

        Returns:
            False: somebody else entered one meanwhile, and nothing was done.

        Raises:
            StoreError: it cannot be written; nothing was done.
        """
        rollout = before.rollout
        sealed = checksum(rollout.model_dump_json() + state)
        with self._transaction() as connection:
            changed = connection.execute(
                "UPDATE rollouts SET generation = ?, state = ?, checksum = ?, is_open = ?"
                " WHERE id = ? AND generation = ?",
                (
                    event.generation,
                    state,
                    sealed,
                    event.deed != "carried out",
                    rollout.id,
                    before.event.generation,
                ),
            ).rowcount
            if changed:
                _add_event(connection, rollout.id, event)
        return bool(changed)

    def all(self) -> list[StoredRollout]:
        """All rollouts, the newest first.

        Raises:
            StoreError: the file cannot be read, or a record is damaged.
        """
        rows = self._reader.rows(f"{_STORED} ORDER BY rollouts.seq DESC")
        return [self._stored(row) for row in rows]

    def newest(self) -> list[StoredRollout]:
        """The newest rollout of each name.

        Raises:
            StoreError: the file cannot be read, or a record is damaged.
        """
        newest = "(SELECT max(seq) FROM rollouts GROUP BY name)"
        rows = self._reader.rows(f"{_STORED} WHERE rollouts.seq IN {newest} ORDER BY rollouts.seq")
        return [self._stored(row) for row in rows]

    def open(self) -> list[StoredRollout]:
        """Those whose end is not carried out yet.

        Raises:
            StoreError: the file cannot be read, or a record is damaged.
        """
        rows = self._reader.rows(f"{_STORED} WHERE is_open ORDER BY rollouts.seq")
        return [self._stored(row) for row in rows]

    def find(self, reference: str) -> StoredRollout:
        """A rollout by its id, or the newest by its name.

        Raises:
            InputError: there is none.
            StoreError: the file cannot be read, or a record is damaged.
        """
        row = self._reader.row(
            f"{_STORED} WHERE rollouts.id = ?1 OR rollouts.name = ?1"
            " ORDER BY rollouts.id = ?1 DESC, rollouts.seq DESC",
            (reference,),
        )
        if row is None:
            known = dict.fromkeys(n for each in self.all() for n in _names(each.rollout))
            raise InputError.unknown("rollout that was started", reference, known, in_order=True)
        return self._stored(row)

    def next_id(self, name: str) -> str:
        """An id for the next rollout of a name.

        Raises:
            StoreError: the file cannot be read.
        """
        row = self._reader.row("SELECT count(*) FROM rollouts WHERE name = ?", (name,))
        return f"{name}-{1 + (row[0] if row else 0)}"

    def events(self, rollout_id: str) -> Iterator[RolloutEvent]:
        """All that was decided in a rollout, in order.

        Raises:
            StoreError: the file cannot be read, or a record is damaged.
        """
        sql = "SELECT generation, record, checksum FROM events WHERE rollout = ? ORDER BY 1"
        for generation, record, expected in self._reader.stream(sql, (rollout_id,)):
            what = f"event {generation} of rollout {rollout_id}"
            yield self._record(RolloutEvent, record, expected, what)

    def first_event(self, rollout_id: str) -> RolloutEvent:
        """The event in which a rollout began.

        Raises:
            StoreError: the file cannot be read, or the record is damaged.
        """
        return next(self.events(rollout_id))

    def found(self, rollout_id: str, after: int = 0) -> Iterator[NumberedFinding]:
        """The findings of a rollout of a higher number, in order.

        Raises:
            StoreError: the file cannot be read, or a record is damaged.
        """
        sql = "SELECT seq, record, checksum FROM findings WHERE rollout = ? AND seq > ? ORDER BY 1"
        for seq, record, expected in self._reader.stream(sql, (rollout_id, after)):
            what = f"finding {seq} of rollout {rollout_id}"
            yield NumberedFinding(seq, self._record(Finding, record, expected, what))

    def find_out(self, findings: Iterable[Finding]) -> None:
        """Write findings, durably.

        Raises:
            StoreError: they cannot be written.
        """
        rows = [(each.rollout, each.model_dump_json(exclude_defaults=True)) for each in findings]
        with self._transaction() as connection:
            connection.executemany(
                "INSERT INTO findings (rollout, record, checksum) VALUES (?, ?, ?)",
                [(rollout, record, checksum(record)) for rollout, record in rows],
            )

    @contextmanager
    def _transaction(self) -> Generator[sqlite3.Connection]:
        connection = self._reader.connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise store_fault(self._path, "cannot be written", error) from error
        finally:
            if connection.in_transaction:
                with suppress(sqlite3.Error):  # a full disk may have rolled it back already
                    connection.execute("ROLLBACK")

    def _stored(self, row: Row) -> StoredRollout:
        record, state, sealed, is_open, event, event_sealed = row
        if checksum(record + state) != sealed:
            raise self._reader.damaged("a rollout")
        rollout = self._record(Rollout, record, checksum(record), "a rollout")
        what = f"the last event of rollout {rollout.id}"
        last = self._record(RolloutEvent, event, event_sealed, what)
        return StoredRollout(rollout, last, state, bool(is_open))

    def _record(self, kind: type[_RecordT], record: str, expected: object, what: str) -> _RecordT:
        if checksum(record) != expected:
            raise self._reader.damaged(what)
        try:
            return kind.model_validate_json(record)
        except ValidationError as error:
            raise self._reader.damaged(what) from error


def _add_event(connection: sqlite3.Connection, rollout_id: str, event: RolloutEvent) -> None:
    record = event.model_dump_json(exclude_defaults=True)
    connection.execute(
        "INSERT INTO events (rollout, generation, record, checksum) VALUES (?, ?, ?, ?)",
        (rollout_id, event.generation, record, checksum(record)),
    )


def _names(rollout: Rollout) -> tuple[str, str]:
    return rollout.name, rollout.id
