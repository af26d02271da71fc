"""One thread that writes: rows are committed in groups, each group durable as a whole."""

import queue
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain, groupby
from typing import NamedTuple

from genaiops.errors import StoreError
from genaiops.store.faults import store_fault
from genaiops.store.schema import connect

GROUP_ROWS = 64
GROUP_SECONDS = 0.01
"""From the first row of a group to its commit; somebody who waits for it ends the group at once."""


class _Statement(NamedTuple):
    """A statement to write, and what to do once it is durable.

    Of a row `sql` is what stands before its values: rows that follow each other go in as one.
    """

    sql: str
    values: tuple[object, ...]
    done: Callable[[], None] | None = None
    is_row: bool = False


@dataclass(slots=True)
class _Fence:
    """Is kept once all that was put in before it is durable."""

    kept: Future[None] = field(default_factory=Future[None])


class Writer:
    """Takes statements from any thread and commits them in order, in groups."""

    def __init__(self, path: str, connect: Callable[[str], sqlite3.Connection] = connect) -> None:
        self._path = path
        self._queue: queue.SimpleQueue[_Statement | _Fence | None] = queue.SimpleQueue()
        self._fault: StoreError | None = None
        self._is_full = threading.Event()
        self._closing = threading.Lock()
        self._is_closed = False
        self._taken = 0
        self._settled = 0
        self._connection = connect(path)
        self._thread = threading.Thread(target=self._work, name="genaiops-store", daemon=True)
        self._thread.start()

    def put(
        self, sql: str, values: tuple[object, ...], done: Callable[[], None] | None = None
    ) -> None:
        """Queue a statement; `done` is called from the writing thread once it is durable.

        Raises:
            StoreError: an earlier statement could not be written.
        """
        self._take(_Statement(sql, values, done))

    def put_row(
        self, into: str, values: tuple[object, ...], done: Callable[[], None] | None = None
    ) -> None:
        """Queue a row; `into` is "INSERT INTO table (column, …)", and the rest as for `put`.

        Rows of one table cost less so: a statement lets other threads in at each of its steps.

        Raises:
            StoreError: an earlier statement could not be written.
        """
        self._take(_Statement(into, values, done, is_row=True))

    def _take(self, statement: _Statement) -> None:
        if self._fault is not None:
            raise self._fault
        self._taken += 1
        self._queue.put(statement)
        if self._queue.qsize() >= GROUP_ROWS and not self._is_full.is_set():
            self._is_full.set()

    @property
    def is_broken(self) -> bool:
        """Whether a group could not be written, so that no later one is."""
        return self._fault is not None

    @property
    def waiting(self) -> int:
        """How many statements are not durable yet."""
        return self._taken - self._settled

    def fence(self) -> Future[None]:
        """A future that is kept when all statements so far are durable, or fails as they did.

        Once the writer is closed nobody would keep it, so that it fails at once.
        """
        fence = _Fence()
        with self._closing:
            if self._is_closed:
                fence.kept.set_exception(self._fault or StoreError(f"{self._path} was closed"))
            else:
                self._queue.put(fence)
        self._is_full.set()
        return fence.kept

    def close(self) -> None:
        """Write what is queued and end the thread."""
        with self._closing:
            self._is_closed = True
            self._queue.put(None)
        self._is_full.set()
        self._thread.join()

    def _work(self) -> None:
        while self._write_group():
            pass
        self._connection.close()

    def _write_group(self) -> bool:
        """Write the next group; False when there is nothing more to come."""
        group, goes_on = self._next_group()
        statements = [entry for entry in group if isinstance(entry, _Statement)]
        if statements and self._fault is None:
            self._commit(statements)
        self._settled += len(statements)
        for entry in group:
            if isinstance(entry, _Fence):
                self._keep(entry)
            elif entry.done is not None and self._fault is None:
                entry.done()
        return goes_on

    def _next_group(self) -> tuple[list[_Statement | _Fence], bool]:
        """Sleep through the time of a group: to wake for each row would cost more than the row."""
        entry = self._queue.get()
        if self._queue.qsize() < GROUP_ROWS:
            self._is_full.wait(GROUP_SECONDS)
        self._is_full.clear()
        group: list[_Statement | _Fence] = []
        while entry is not None:
            group.append(entry)
            if len(group) == GROUP_ROWS or self._queue.empty():
                return group, True
            entry = self._queue.get()
        return group, False

    def _commit(self, statements: list[_Statement]) -> None:
        connection = self._connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            for sql, values in _joined(statements):
                connection.execute(sql, values)
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            with suppress(sqlite3.Error):  # a full disk may have rolled it back already
                connection.execute("ROLLBACK")
            self._fault = store_fault(self._path, "cannot be written", error)

    def _keep(self, fence: _Fence) -> None:
        if not fence.kept.set_running_or_notify_cancel():
            return  # who waited was cancelled
        if self._fault is None:
            fence.kept.set_result(None)
        else:
            fence.kept.set_exception(self._fault)


def _joined(statements: Iterable[_Statement]) -> Iterator[tuple[str, Sequence[object]]]:
    """The statements in their order, rows of one table that follow each other as one."""
    for (sql, is_row), same in groupby(statements, key=lambda each: (each.sql, each.is_row)):
        rows = [each.values for each in same]
        if is_row:
            row = f"({', '.join('?' * len(rows[0]))})"
            yield f"{sql} VALUES {', '.join([row] * len(rows))}", [*chain.from_iterable(rows)]
        else:
            yield from ((sql, values) for values in rows)
