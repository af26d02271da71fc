"""The store of a project: evaluations, their results and the ledger of calls, in one file."""

import asyncio
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

from pydantic import ValidationError

from genaiops.errors import InputError, StoreError
from genaiops.records import Completion, EvalRun
from genaiops.store.calls import Calls
from genaiops.store.claims import Claims
from genaiops.store.entries import StoredResult, pack_result, unpack_result
from genaiops.store.faults import store_fault
from genaiops.store.holding import Holds
from genaiops.store.reader import Reader, Row
from genaiops.store.schema import connect, connect_to_read
from genaiops.store.stored_run import RunState, StoredRun
from genaiops.store.writer import Writer

OPEN_ROWS = 128
"""So many rows may wait for their commit: 64 results with a call each."""


class Store:
    """One SQLite file. Reads answer at once; writes are committed in groups by one thread.

    `began` is the run that was begun or taken up last.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """Open the store, made where it is missing.

        With `read_only` nothing is made or written, so that the folder may be read-only.

        Raises:
            StoreError: the folder or file cannot be used.
        """
        self._path = str(path)
        if not read_only:
            _make_folder(path.parent)
        connection = connect_to_read(path) if read_only else connect(self._path)
        self._reader = Reader(connection, self._path)
        try:
            self._writer = None if read_only else Writer(self._path)
        except StoreError:
            connection.close()
            raise
        self._holds = Holds(path)
        self._calls = Calls(Claims(path), self._reader)
        self.began: str | None = None
        self._room: asyncio.Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Write what is queued and let go of the file."""
        if self._writer is not None:
            self._writer.close()
        self._holds.release_all()
        self._calls.close()
        self._reader.connection.close()

    async def flush(self) -> None:
        """Wait until all that was written so far is durable.

        Raises:
            StoreError: it could not be written.
        """
        await asyncio.wrap_future(self._writing.fence())

    async def make_room(self) -> None:
        """Wait while many rows wait for their commit; all who wait do so for the same one.

        Raises:
            StoreError: they could not be written.
        """
        while self._writing.waiting > OPEN_ROWS:
            if self._room is None or self._room.done():
                self._room = asyncio.wrap_future(self._writing.fence())
            await asyncio.shield(self._room)

    @property
    def damaged_calls(self) -> int:
        """How many recorded calls could not be read, and so were taken for none."""
        return self._calls.damaged

    def find(self, key: str) -> Completion | None:
        """The recorded answer of a call; a damaged record counts as none.

        Raises:
            StoreError: the store cannot be read.
        """
        return self._calls.find(key)

    def claim(self, key: str) -> bool:
        """Take a call for this process, before it is looked up; False while another makes it.

        Raises:
            StoreError: the file of claims cannot be made.
        """
        return self._calls.claim(key)

    def release(self, key: str) -> None:
        """Let others take a call; one that was kept only once it is durable."""
        self._calls.release(key)

    def keep(self, key: str, model: str, completion: Completion, *, replace: bool = True) -> None:
        """Record a finished call; with `replace` in place of one with its key."""
        self._calls.keep(self._writing.put, key, model, completion, replace=replace)

    async def begin(self, run: EvalRun, asked: str | None = None) -> EvalRun:
        """Enter a run that starts now, durably, and hold it; it gets its id, `<eval>-<number>`."""
        await self.flush()
        row = self._reader.row("SELECT coalesce(max(seq), 0) + 1 FROM runs")
        for seq in range(row[0] if row else 1, 2**31):
            named = run.model_copy(update={"id": f"{run.eval}-{seq}"})
            # held before it is entered: nobody may see a run that nobody works on
            if not self._holds.take(named.id, seq):
                continue
            if self._enter(seq, named, asked):
                self.began = named.id
                return named
            self._holds.release(named.id, seq)
        raise StoreError(f"{self._path}: no run number is left")

    async def take_up(self, run_id: str) -> StoredRun:
        """Hold a run that did not finish, to go on with it.

        Raises:
            InputError: it is finished, or a process that lives works on it.
        """
        seq = self._held(run_id)
        stored = self.run(run_id)
        if stored.state == "finished":
            self._holds.release(run_id, seq)
            raise InputError(f"run {run_id!r} is finished: there is nothing left to do in it")
        self.began = run_id
        self._writing.put("UPDATE runs SET state = 'running' WHERE seq = ?", (seq,))
        await self.flush()
        return stored

    def add(
        self,
        run_id: str,
        position: int,
        stored: StoredResult,
        *,
        made_calls: int = 0,
        reused_calls: int = 0,
    ) -> None:
        """Write the final result of a case; the last one written for a place counts.

        `made_calls` and `reused_calls` are those of the whole run until then.
        """
        self._writing.put(
            "INSERT OR REPLACE INTO results SELECT seq, ?, ?, ?, ?, ?, ?, ? FROM runs WHERE id = ?",
            (
                position,
                stored.result.repeat,
                stored.case.id,
                made_calls,
                reused_calls,
                *pack_result(stored),
                run_id,
            ),
        )

    async def finish(self, run: EvalRun, state: RunState) -> None:
        """Write the counts of a run that ended, durably, and let go of it."""
        self._writing.put(
            "UPDATE runs SET state = ?, record = ? WHERE id = ?",
            (state, run.model_dump_json(), run.id),
        )
        await self.flush()
        self._holds.release(run.id, self.run(run.id).seq)

    def runs(self, eval_name: str | None = None) -> Sequence[StoredRun]:
        """All runs, or those of one evaluation, the newest first."""
        rows = self._reader.rows(
            "SELECT seq, state, record, asked FROM runs WHERE ? IS NULL OR eval = ?"
            " ORDER BY seq DESC",
            (eval_name, eval_name),
        )
        return [self._stored(row) for row in rows]

    def run(self, reference: str) -> StoredRun:
        """A run by its id, by an evaluation's name (its newest), or `last`.

        Raises:
            InputError: there is no such run.
            StoreError: the store cannot be read.
        """
        runs = self.runs()
        if reference == "last" and runs:
            return runs[0]
        for stored in runs:
            if reference in (stored.run.id, stored.run.eval):
                return stored
        known = [stored.run.id for stored in runs]
        raise InputError.unknown("run", reference, known, in_order=True)

    def results(self, run_id: str, *, with_nodes: bool = True) -> Iterator[StoredResult]:
        """Stream the results of a run, in the order of the dataset, then of the repeats.

        Who asks for no nodes gets none, and is spared the time to read them.
        """
        sql = (
            "SELECT record, checksum, case_id FROM results"
            " WHERE run = (SELECT seq FROM runs WHERE id = ?) ORDER BY position, repeat"
        )
        for record, expected, case_id in self._reader.stream(sql, (run_id,)):
            stored = unpack_result(record, expected, with_nodes=with_nodes)
            if stored is None:
                raise self._reader.damaged(f"the result of case {case_id!r} in run {run_id!r}")
            yield stored

    def places(self, run_id: str) -> Iterator[tuple[int, int]]:
        """The positions and repeats that have their result."""
        sql = "SELECT position, repeat FROM results WHERE run = (SELECT seq FROM runs WHERE id = ?)"
        yield from self._reader.stream(sql, (run_id,))

    def calls_until(self, run_id: str) -> tuple[int, int]:
        """The calls made and reused until the last result of a run."""
        sql = (
            "SELECT coalesce(max(made_calls), 0), coalesce(max(reused_calls), 0) FROM results"
            " WHERE run = (SELECT seq FROM runs WHERE id = ?)"
        )
        row = self._reader.row(sql, (run_id,))
        return (row[0], row[1]) if row else (0, 0)

    async def delete(self, run_id: str) -> None:
        """Remove a run with its results; recorded calls stay.

        Raises:
            InputError: there is no such run, or a process that lives works on it.
        """
        seq = self._held(run_id)
        self._writing.put("DELETE FROM results WHERE run = ?", (seq,))
        self._writing.put("DELETE FROM runs WHERE seq = ?", (seq,))
        await self.flush()
        self._holds.release(run_id, seq)

    def _stored(self, row: Row) -> StoredRun:
        """A run as it is: one that was killed could not write that it was interrupted."""
        seq, state, text, asked = row
        if state == "running" and not self._holds.is_held(seq):
            sql = "SELECT state, record FROM runs WHERE seq = ?"  # it may have ended just now
            now = self._reader.row(sql, (seq,)) or (state, text)
            state, text = ("interrupted" if now[0] == "running" else now[0]), now[1]
        try:
            return StoredRun(seq, state, EvalRun.model_validate_json(text), asked)
        except ValidationError as error:
            raise self._reader.damaged(f"the record of run number {seq}") from error

    def _held(self, run_id: str) -> int:
        """Hold a run that was entered; gives its `seq`."""
        seq = self.run(run_id).seq
        if not self._holds.take(run_id, seq):
            raise InputError(f"another process works on run {run_id!r}: wait for its end")
        return seq

    @property
    def _writing(self) -> Writer:
        if self._writer is None:
            raise StoreError(f"{self._path}: was opened to read it only")
        return self._writer

    def _enter(self, seq: int, run: EvalRun, asked: str | None) -> bool:
        """Take a run number; False where another process took it first."""
        try:
            self._reader.connection.execute(
                "INSERT INTO runs (seq, id, eval, digest, state, record, asked)"
                " VALUES (?, ?, ?, ?, 'running', ?, ?)",
                (seq, run.id, run.eval, run.digest, run.model_dump_json(), asked),
            )
        except sqlite3.IntegrityError:
            return False
        except sqlite3.Error as error:
            raise store_fault(self._path, "cannot be written", error) from error
        return True


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"{folder}: cannot be made: {error.strerror}; make its parent writable"
        ) from error
