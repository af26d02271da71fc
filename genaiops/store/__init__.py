"""Runs, results and the ledger of calls, in one SQLite file."""

from genaiops.store.entries import StoredResult
from genaiops.store.store import RunState, Store, StoredRun
from genaiops.store.vectors import VectorFile

__all__ = ["RunState", "Store", "StoredResult", "StoredRun", "VectorFile"]
