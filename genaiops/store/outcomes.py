"""The outcomes that rollouts are decided by, as they become known."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple, Self

from pydantic import ValidationError

from genaiops.records.request_outcomes import RequestOutcome
from genaiops.store.entries import checksum
from genaiops.store.reader import Reader, Row
from genaiops.store.schema import Layout, connect, connect_to_read
from genaiops.store.writer import Writer

ROLLOUTS = Layout(
    1,
    """
    CREATE TABLE rollouts (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        flow TEXT NOT NULL,
        is_open INTEGER NOT NULL,
        generation INTEGER NOT NULL,
        record TEXT NOT NULL,
        state TEXT NOT NULL,
        checksum INTEGER NOT NULL
    );
    CREATE UNIQUE INDEX one_open_rollout ON rollouts (flow) WHERE is_open;
    CREATE TABLE events (
        rollout TEXT NOT NULL REFERENCES rollouts (id),
        generation INTEGER NOT NULL,
        record TEXT NOT NULL,
        checksum INTEGER NOT NULL,
        PRIMARY KEY (rollout, generation)
    );
    CREATE TABLE outcomes (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        rollout TEXT NOT NULL,
        request TEXT NOT NULL,
        record TEXT NOT NULL,
        checksum INTEGER NOT NULL
    );
    CREATE INDEX outcomes_by_rollout ON outcomes (rollout, seq);
    CREATE INDEX outcomes_by_request ON outcomes (request)
    """,
)
_OUTCOMES = "SELECT seq, record, checksum FROM outcomes"


class NumberedOutcome(NamedTuple):
    """An outcome with its number, which orders them as they became known."""

    seq: int
    outcome: RequestOutcome


class OutcomeWriter:
    """Writes outcomes in groups, by a thread of its own."""

    def __init__(self, path: Path) -> None:
        """Open the file of rollouts, made where it is missing.

        Raises:
            StoreError: it cannot be used.
        """
        self._writer = Writer(str(path), partial(connect, layout=ROLLOUTS))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def add(self, outcome: RequestOutcome) -> None:
        """Queue an outcome.

        Raises:
            StoreError: an earlier one could not be written, and this one is not either.
        """
        record = outcome.model_dump_json(exclude_defaults=True)
        self._writer.put(
            "INSERT INTO outcomes (rollout, request, record, checksum) VALUES (?, ?, ?, ?)",
            (outcome.rollout, outcome.request, record, checksum(record)),
        )

    def flush(self) -> None:
        """Wait until all that was added is durable.

        Raises:
            StoreError: it could not be written.
        """
        self._writer.fence().result()

    def close(self) -> None:
        """Write what is queued and let go of the file."""
        self._writer.close()


class OutcomeReader:
    """Reads outcomes, of which more may be written meanwhile."""

    def __init__(self, path: Path) -> None:
        """Open the file of rollouts to read; one that is missing holds none.

        Raises:
            StoreError: it cannot be read.
        """
        self._reader = Reader(connect_to_read(path, ROLLOUTS), str(path))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._reader.connection.close()

    def after(self, rollout_id: str, seq: int = 0) -> Iterator[NumberedOutcome]:
        """The outcomes of a rollout of a higher number, in the order in which they became known.

        Raises:
            StoreError: the file cannot be read, or a record is damaged.
        """
        sql = f"{_OUTCOMES} WHERE rollout = ? AND seq > ? ORDER BY seq"
        for row in self._reader.stream(sql, (rollout_id, seq)):
            yield self._outcome(row)

    def of_request(self, request: str) -> list[RequestOutcome]:
        """What is known of a request.

        Raises:
            StoreError: the file cannot be read, or a record is damaged.
        """
        rows = self._reader.rows(f"{_OUTCOMES} WHERE request = ? ORDER BY seq", (request,))
        return [self._outcome(row).outcome for row in rows]

    def _outcome(self, row: Row) -> NumberedOutcome:
        seq, record, expected = row
        try:
            if checksum(record) != expected:
                raise self._reader.damaged(f"outcome number {seq}")
            return NumberedOutcome(seq, RequestOutcome.model_validate_json(record))
        except (ValidationError, TypeError) as error:
            raise self._reader.damaged(f"outcome number {seq}") from error
