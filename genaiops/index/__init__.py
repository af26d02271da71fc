"""Documents to passages: building, checking and asking the retrieval artefact."""

from genaiops.index.build import build_first, build_index
from genaiops.index.freshness import Changes, IndexStatus, index_status
from genaiops.index.retrieve import BuiltIndex, Found, open_index
from genaiops.index.versions import IndexVersion

__all__ = [
    "BuiltIndex",
    "Changes",
    "Found",
    "IndexStatus",
    "IndexVersion",
    "build_first",
    "build_index",
    "index_status",
    "open_index",
]
