"""What a client is told of a run that failed: its kind, and nothing of its inside. Pure.

The message of a failure may quote a prompt, a host or a key, so it goes to the log alone.
"""

from genaiops.errors import FailureKind, Refused
from genaiops.records import Failure

_SERVER = (500, "internal_error", "the flow failed")
_BACKEND = (502, "upstream_error", "a model that the flow asks has failed")
_TOLD: dict[FailureKind, tuple[int, str, str]] = {
    "rate_limit": (429, "rate_limit_exceeded", "a model that the flow asks is at its limit"),
    "budget": (429, "insufficient_quota", "the budget of the flow is spent"),
    "timeout": (504, "timeout", "the answer took too long"),
    "server": _BACKEND,
    "connection": _BACKEND,
    "truncated": _BACKEND,
    "malformed": _BACKEND,
    "auth": _BACKEND,
    "recording": _BACKEND,
    "content_filter": (400, "content_filter", "the content filter of a model refused this"),
    "context_window": (400, "context_length_exceeded", "the request is too long for a model"),
    "interrupted": (503, "interrupted", "the server ended before the answer was there"),
}
_RETRY_AFTER_S = 5


def told(failure: Failure, run_id: str) -> Refused:
    """The refusal that a failed run comes to; the id leads to its record."""
    status, code, message = _TOLD.get(failure.kind, _SERVER)
    retry_after_s = _RETRY_AFTER_S if status in {429, 503} else None
    return Refused(status, code, f"{message} (run {run_id})", retry_after_s=retry_after_s)
