"""What an exception of a provider's own package means: by its status, else by its name."""

import time
from collections.abc import Mapping
from typing import cast

from genaiops.errors import FailureKind
from genaiops.models.faults import ReplyFault, quoted, refused

_KINDS_BY_NAME: tuple[tuple[str, FailureKind, str], ...] = (
    ("LengthFinishReason", "length", "raise max_tokens"),
    ("ContentFilterFinishReason", "content_filter", "the provider refuses this prompt"),
    ("Timeout", "timeout", "try again later, or raise timeout in arguments"),
    ("ProtocolError", "truncated", "try again"),
    ("Connect", "connection", "check the network and the address in arguments"),
)


def sdk_fault(error: Exception) -> ReplyFault:
    """The fault behind an exception of a class that is not known here."""
    response = getattr(error, "response", None)
    status = getattr(error, "status_code", None) or getattr(response, "status_code", None)
    said = quoted(str(error).encode())
    if isinstance(status, int) and status >= 400:
        headers = cast("Mapping[str, str]", getattr(response, "headers", {}))
        return refused(status, headers, said.encode(), now_s=time.time(), url="")
    names = " ".join(kind.__name__ for kind in type(error).__mro__)
    for name, kind, remedy in _KINDS_BY_NAME:
        if name in names:
            return ReplyFault(kind, said or type(error).__name__, remedy)
    return ReplyFault("malformed", f"{type(error).__name__}: {said}", "check the catalog entry")
