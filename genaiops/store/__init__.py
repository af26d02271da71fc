"""Runs, results and the ledger of calls, in one SQLite file."""

from genaiops.store.store import RunState, Store, StoredResult, StoredRun

__all__ = ["RunState", "Store", "StoredResult", "StoredRun"]
