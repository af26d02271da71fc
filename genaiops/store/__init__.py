"""Runs, results and the ledger of calls, in one SQLite file."""

from genaiops.store.entries import StoredResult
from genaiops.store.store import Store
from genaiops.store.stored_run import RunState, StoredRun
from genaiops.store.upkeep import (
    ModelCalls,
    StoreFacts,
    Unwanted,
    prune_calls,
    store_facts,
    unwanted_calls,
)
from genaiops.store.vectors import VectorFile

__all__ = [
    "ModelCalls",
    "RunState",
    "Store",
    "StoreFacts",
    "StoredResult",
    "StoredRun",
    "Unwanted",
    "VectorFile",
    "prune_calls",
    "store_facts",
    "unwanted_calls",
]
