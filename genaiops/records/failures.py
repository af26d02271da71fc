"""Why there is no result, and which failures are the product's own."""

from genaiops.errors import FailureKind
from genaiops.records.record import Record

WORST_KINDS: frozenset[FailureKind] = frozenset(
    {
        "timeout",
        "truncated",
        "content_filter",
        "length",
        "context_window",
        "template",
        "schema",
        "empty",
        "node",
    }
)
"""Failures that are the product's own: they score the worst of a range; others are missing."""


class Failure(Record):
    """Why there is no result, and where: the node or metric that failed."""

    kind: FailureKind
    message: str
    where: str | None = None
