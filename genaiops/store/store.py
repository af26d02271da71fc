"""The store of a project: evaluations, their results and the ledger of calls, in one file."""

import asyncio
import sqlite3
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import TypeAdapter, ValidationError

from genaiops.errors import InputError, StoreError
from genaiops.records import Case, CaseResult, Completion, EvalRun, NodeRun
from genaiops.store.schema import connect, connect_to_read
from genaiops.store.writer import Writer

RunState = Literal["running", "finished", "interrupted"]
_NODES = TypeAdapter(tuple[NodeRun, ...])


@dataclass(frozen=True, slots=True)
class StoredRun:
    """An evaluation with its state in the store; `seq` orders runs, clocks do not."""

    seq: int
    state: RunState
    run: EvalRun


@dataclass(frozen=True, slots=True)
class StoredResult:
    """A result with the case that it belongs to and the steps that led to it."""

    case: Case
    result: CaseResult
    nodes: tuple[NodeRun, ...]


class Store:
    """One SQLite file. Reads answer at once; writes are committed in groups by one thread."""

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
        self._open_calls: dict[str, Completion] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Write what is queued and let go of the file."""
        if self._writer is not None:
            self._writer.close()
        self._reader.close()

    async def flush(self) -> None:
        """Wait until all that was written so far is durable.

        Raises:
            StoreError: it could not be written.
        """
        await asyncio.wrap_future(self._writing.fence())

    def find(self, key: str) -> Completion | None:
        """The recorded answer of a call; a record that cannot be read counts as none."""
        if key in self._open_calls:
            return self._open_calls[key]
        row = self._one("SELECT completion FROM calls WHERE key = ?", (key,))
        with suppress(ValidationError):
            return Completion.model_validate_json(row[0]) if row else None
        return None

    def keep(self, key: str, model: str, completion: Completion) -> None:
        """Record a finished call."""
        self._open_calls[key] = completion
        self._writing.put(
            "INSERT OR REPLACE INTO calls (key, model, completion) VALUES (?, ?, ?)",
            (key, model, completion.model_dump_json()),
            done=lambda: self._open_calls.pop(key, None) and None,
        )

    async def begin(self, run: EvalRun) -> EvalRun:
        """Enter a run that starts now, durably; the answer carries its id, `<eval>-<number>`."""
        await self.flush()
        row = self._one("SELECT coalesce(max(seq), 0) + 1 FROM runs", ())
        for seq in range(row[0] if row else 1, 2**31):
            named = run.model_copy(update={"id": f"{run.eval}-{seq}"})
            if self._enter(seq, named):
                return named
        raise StoreError(f"{self._path}: no run number is left")

    def add(self, run_id: str, position: int, stored: StoredResult) -> None:
        """Write the final result of a case; the last one written for a place counts."""
        self._writing.put(
            "INSERT OR REPLACE INTO results SELECT seq, ?, ?, ?, ?, ?, ? FROM runs WHERE id = ?",
            (
                position,
                stored.result.repeat,
                stored.case.id,
                stored.case.model_dump_json(),
                stored.result.model_dump_json(),
                _NODES.dump_json(stored.nodes).decode(),
                run_id,
            ),
        )

    async def finish(self, run: EvalRun, state: RunState) -> None:
        """Write the counts of a run that ended, durably."""
        self._writing.put(
            "UPDATE runs SET state = ?, record = ? WHERE id = ?",
            (state, run.model_dump_json(), run.id),
        )
        await self.flush()

    def runs(self, eval_name: str | None = None) -> Sequence[StoredRun]:
        """All runs, or those of one evaluation, the newest first."""
        rows = self._all(
            "SELECT seq, state, record FROM runs WHERE ? IS NULL OR eval = ? ORDER BY seq DESC",
            (eval_name, eval_name),
        )
        with self._reading():
            return [
                StoredRun(seq, state, EvalRun.model_validate_json(text))
                for seq, state, text in rows
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

    def results(self, run_id: str) -> Iterator[StoredResult]:
        """Stream the results of a run, in the order of the dataset, then of the repeats."""
        sql = (
            "SELECT case_record, result, nodes FROM results"
            " WHERE run = (SELECT seq FROM runs WHERE id = ?) ORDER BY position, repeat"
        )
        with self._reading():
            for case, result, nodes in self._reader.execute(sql, (run_id,)):
                yield StoredResult(
                    Case.model_validate_json(case),
                    CaseResult.model_validate_json(result),
                    _NODES.validate_json(nodes),
                )

    async def delete(self, run_id: str) -> None:
        """Remove a run with its results; recorded calls stay."""
        self._writing.put(
            "DELETE FROM results WHERE run = (SELECT seq FROM runs WHERE id = ?)", (run_id,)
        )
        self._writing.put("DELETE FROM runs WHERE id = ?", (run_id,))
        await self.flush()

    @property
    def _writing(self) -> Writer:
        if self._writer is None:
            raise StoreError(f"{self._path}: was opened to read it only")
        return self._writer

    def _enter(self, seq: int, run: EvalRun) -> bool:
        """Take a run number; False where another process took it first."""
        try:
            self._reader.execute(
                "INSERT INTO runs (seq, id, eval, digest, state, record)"
                " VALUES (?, ?, ?, ?, 'running', ?)",
                (seq, run.id, run.eval, run.digest, run.model_dump_json()),
            )
        except sqlite3.IntegrityError:
            return False
        except sqlite3.Error as error:
            raise StoreError(f"{self._path}: cannot be written: {error}") from error
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
            raise StoreError(f"{self._path}: cannot be read: {error}") from error
        except ValidationError as error:
            raise StoreError(
                f"{self._path}: a record is damaged; restore the file, or move it away"
            ) from error


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{folder}: cannot be made: {error.strerror}") from error
