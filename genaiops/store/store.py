"""The store of a project: evaluations, their results and the ledger of calls, in one file."""

import asyncio
import sqlite3
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import ValidationError

from genaiops.errors import InputError, StoreError
from genaiops.records import Completion, EvalRun
from genaiops.store.entries import (
    StoredResult,
    call_checksum,
    pack_result,
    unpack_call,
    unpack_result,
)
from genaiops.store.faults import is_damage, store_fault
from genaiops.store.holding import Holds
from genaiops.store.schema import connect, connect_to_read
from genaiops.store.writer import Writer

RunState = Literal["running", "finished", "interrupted"]
_KEEP_LAST = "INSERT OR REPLACE INTO calls (key, model, completion, checksum) VALUES (?, ?, ?, ?)"
_KEEP_FIRST = _KEEP_LAST.replace("REPLACE", "IGNORE")
OPEN_ROWS = 128
"""So many rows may wait for their commit: 64 results with a call each."""


@dataclass(frozen=True, slots=True)
class StoredRun:
    """An evaluation with its state in the store; `seq` orders runs, clocks do not.

    `asked` is what its runner kept of how it was asked for, to go on with it; the store does not
    read it.
    """

    seq: int
    state: RunState
    run: EvalRun
    asked: str | None = None


class Store:
    """One SQLite file. Reads answer at once; writes are committed in groups by one thread.

    `damaged_calls` counts the recorded calls that could not be read, and so were taken for none.
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
        self._reader = connect_to_read(path) if read_only else connect(self._path)
        self._writer = None if read_only else Writer(self._path)
        self._holds = Holds(path)
        self._open_calls: dict[str, Completion] = {}
        self.damaged_calls = 0
        self.began: str | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Write what is queued and let go of the file."""
        if self._writer is not None:
            self._writer.close()
        self._holds.release_all()
        self._reader.close()

    async def flush(self) -> None:
        """Wait until all that was written so far is durable.

        Raises:
            StoreError: it could not be written.
        """
        await asyncio.wrap_future(self._writing.fence())

    async def make_room(self) -> None:
        """Wait if many rows wait for their commit, until they are durable.

        Raises:
            StoreError: they could not be written.
        """
        if self._writing.waiting > OPEN_ROWS:
            await self.flush()

    def find(self, key: str) -> Completion | None:
        """The recorded answer of a call; a damaged record counts as none.

        Raises:
            StoreError: the store cannot be read.
        """
        if key in self._open_calls:
            return self._open_calls[key]
        sql = (
            "SELECT CAST(model AS BLOB), CAST(completion AS BLOB), CAST(checksum AS INTEGER)"
            " FROM calls WHERE key = ?"
        )
        try:
            row = self._reader.execute(sql, (key,)).fetchone()
        except sqlite3.Error as error:
            if not is_damage(error):
                raise store_fault(self._path, "cannot be read", error) from error
            row = (None, None, None)
        if row is None:
            return None
        found = unpack_call(key, *row)
        self.damaged_calls += found is None
        return found

    def keep(self, key: str, model: str, completion: Completion, *, replace: bool = True) -> None:
        """Record a finished call; with `replace` in place of one with its key."""
        self._open_calls[key] = completion
        text = completion.model_dump_json()
        self._writing.put(
            _KEEP_LAST if replace else _KEEP_FIRST,
            (key, model, text, call_checksum(key, model.encode(), text.encode())),
            done=lambda: self._open_calls.pop(key, None) and None,
        )

    async def begin(self, run: EvalRun, asked: str | None = None) -> EvalRun:
        """Enter a run that starts now, durably, and hold it; it gets its id, `<eval>-<number>`."""
        await self.flush()
        row = self._one("SELECT coalesce(max(seq), 0) + 1 FROM runs", ())
        for seq in range(row[0] if row else 1, 2**31):
            named = run.model_copy(update={"id": f"{run.eval}-{seq}"})
            if self._enter(seq, named, asked):
                self._holds.take(named.id, seq)
                self.began = named.id
                return named
        raise StoreError(f"{self._path}: no run number is left")

    async def take_up(self, run_id: str) -> StoredRun:
        """Hold a run that did not finish, to go on with it.

        Raises:
            InputError: it is finished, or a process that lives works on it.
        """
        seq = self.run(run_id).seq
        self._holds.take(run_id, seq)
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
        rows = self._all(
            "SELECT seq, state, record, asked FROM runs WHERE ? IS NULL OR eval = ?"
            " ORDER BY seq DESC",
            (eval_name, eval_name),
        )
        with self._reading():
            return [
                StoredRun(seq, self._state(seq, state), EvalRun.model_validate_json(text), asked)
                for seq, state, text, asked in rows
            ]

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
        raise InputError.unknown("run", reference, [stored.run.id for stored in runs])

    def results(self, run_id: str, *, with_nodes: bool = True) -> Iterator[StoredResult]:
        """Stream the results of a run, in the order of the dataset, then of the repeats.

        Who asks for no nodes gets none, and is spared the time to read them.
        """
        sql = (
            "SELECT record, checksum, case_id FROM results"
            " WHERE run = (SELECT seq FROM runs WHERE id = ?) ORDER BY position, repeat"
        )
        with self._reading():
            for record, expected, case_id in self._reader.execute(sql, (run_id,)):
                stored = unpack_result(record, expected, with_nodes=with_nodes)
                if stored is None:
                    raise self._damaged(f"the result of case {case_id!r} in run {run_id!r}")
                yield stored

    def places(self, run_id: str) -> Iterator[tuple[int, int]]:
        """The positions and repeats that have their result."""
        sql = "SELECT position, repeat FROM results WHERE run = (SELECT seq FROM runs WHERE id = ?)"
        with self._reading():
            yield from self._reader.execute(sql, (run_id,))

    def calls_until(self, run_id: str) -> tuple[int, int]:
        """The calls made and reused until the last result of a run."""
        sql = (
            "SELECT coalesce(max(made_calls), 0), coalesce(max(reused_calls), 0) FROM results"
            " WHERE run = (SELECT seq FROM runs WHERE id = ?)"
        )
        row = self._one(sql, (run_id,))
        return (row[0], row[1]) if row else (0, 0)

    async def delete(self, run_id: str) -> None:
        """Remove a run with its results; recorded calls stay.

        Raises:
            InputError: there is no such run, or a process that lives works on it.
        """
        seq = self.run(run_id).seq
        self._holds.take(run_id, seq)
        self._writing.put("DELETE FROM results WHERE run = ?", (seq,))
        self._writing.put("DELETE FROM runs WHERE seq = ?", (seq,))
        await self.flush()
        self._holds.release(run_id, seq)

    def _state(self, seq: int, written: RunState) -> RunState:
        """As it is: a run that was killed could not write that it was interrupted."""
        is_left = written == "running" and not self._holds.is_held(seq)
        return "interrupted" if is_left else written

    @property
    def _writing(self) -> Writer:
        if self._writer is None:
            raise StoreError(f"{self._path}: was opened to read it only")
        return self._writer

    def _enter(self, seq: int, run: EvalRun, asked: str | None) -> bool:
        """Take a run number; False where another process took it first."""
        try:
            self._reader.execute(
                "INSERT INTO runs (seq, id, eval, digest, state, record, asked)"
                " VALUES (?, ?, ?, ?, 'running', ?, ?)",
                (seq, run.id, run.eval, run.digest, run.model_dump_json(), asked),
            )
        except sqlite3.IntegrityError:
            return False
        except sqlite3.Error as error:
            raise store_fault(self._path, "cannot be written", error) from error
        return True

    def _one(self, sql: str, values: tuple[object, ...]) -> tuple[Any, ...] | None:
        rows = self._all(sql, values)
        return rows[0] if rows else None

    def _all(self, sql: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        with self._reading():
            return self._reader.execute(sql, values).fetchall()

    @contextmanager
    def _reading(self) -> Generator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise store_fault(self._path, "cannot be read", error) from error
        except ValidationError as error:
            raise self._damaged("a record") from error

    def _damaged(self, what: str) -> StoreError:
        return StoreError(
            f"{self._path}: {what} is damaged; restore the file from a copy, or move it away"
        )


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"{folder}: cannot be made: {error.strerror}; make its parent writable"
        ) from error
