"""Reads a store, and words what is wrong with it."""

import sqlite3
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any

from genaiops.errors import StoreError
from genaiops.store.faults import store_fault

Row = tuple[Any, ...]


class Reader:
    """A connection to read by, and the path that errors name."""

    def __init__(self, connection: sqlite3.Connection, path: str) -> None:
        self.connection = connection
        self.path = path

    def rows(self, sql: str, values: tuple[object, ...] = ()) -> list[Row]:
        """All rows.

        Raises:
            StoreError: the store cannot be read.
        """
        with self._told():
            return self.connection.execute(sql, values).fetchall()

    def row(self, sql: str, values: tuple[object, ...] = ()) -> Row | None:
        """The first row, or None.

        Raises:
            StoreError: the store cannot be read.
        """
        with self._told():
            found: Row | None = self.connection.execute(sql, values).fetchone()
            return found

    def stream(self, sql: str, values: tuple[object, ...] = ()) -> Iterator[Row]:
        """One row after the other.

        Raises:
            StoreError: the store cannot be read.
        """
        with self._told():
            yield from self.connection.execute(sql, values)

    def damaged(self, what: str) -> StoreError:
        """The error about a record that is not what was written."""
        return StoreError(
            f"{self.path}: {what} is damaged; restore the file from a copy, or move it away"
        )

    @contextmanager
    def _told(self) -> Generator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise store_fault(self.path, "cannot be read", error) from error
