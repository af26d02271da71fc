"""The ledger: finished calls of models under their keys, and who makes the others."""

import sqlite3
from collections.abc import Callable

from genaiops.records import Completion
from genaiops.store.claims import Claims
from genaiops.store.entries import call_checksum, unpack_call
from genaiops.store.faults import is_damage, store_fault
from genaiops.store.reader import Reader

_FIND = (
    "SELECT CAST(model AS BLOB), CAST(completion AS BLOB), CAST(checksum AS INTEGER)"
    " FROM calls WHERE key = ?"
)
_KEEP_LAST = "INSERT OR REPLACE INTO calls (key, model, completion, checksum) VALUES (?, ?, ?, ?)"
_KEEP_FIRST = _KEEP_LAST.replace("REPLACE", "IGNORE")
Put = Callable[[str, tuple[object, ...], Callable[[], None]], None]
"""Queues a statement with its values; the last one is called once it is durable."""


class Calls:
    """Recorded calls; one that cannot be read is taken for none."""

    def __init__(self, claims: Claims, reader: Reader) -> None:
        self._reader = reader
        self._claims = claims
        self._open: dict[str, Completion] = {}
        self._damaged: set[str] = set()

    @property
    def damaged(self) -> int:
        """How many records could not be read, each counted once."""
        return len(self._damaged)

    def find(self, key: str) -> Completion | None:
        """The recorded answer of a call; a damaged record counts as none.

        Raises:
            StoreError: the store cannot be read.
        """
        if key in self._open:
            return self._open[key]
        try:
            row = self._reader.connection.execute(_FIND, (key,)).fetchone()
        except sqlite3.Error as error:
            if not is_damage(error):
                raise store_fault(self._reader.path, "cannot be read", error) from error
            row = (None, None, None)
        if row is None:
            return None
        found = unpack_call(key, *row)
        if found is None:
            self._damaged.add(key)
        return found

    def claim(self, key: str) -> bool:
        """Take a call for this process; False where it is taken."""
        return self._claims.take(key)

    def release(self, key: str) -> None:
        """Let others take a call; one that was kept only once it is durable."""
        if key not in self._open:
            self._claims.release(key)

    def keep(
        self, put: Put, key: str, model: str, completion: Completion, *, replace: bool
    ) -> None:
        """Record a finished call; with `replace` in place of one with its key."""
        self._open[key] = completion
        text = completion.model_dump_json()
        values = (key, model, text, call_checksum(key, model.encode(), text.encode()))
        put(_KEEP_LAST if replace else _KEEP_FIRST, values, lambda: self._is_durable(key))

    def close(self) -> None:
        """Let go of all calls that were claimed."""
        self._claims.close()

    def _is_durable(self, key: str) -> None:
        """Is called by the thread that writes.

        The call is closed before it is let go: who claims it from then on lets go of it as well.
        """
        self._open.pop(key, None)
        self._claims.release(key)
