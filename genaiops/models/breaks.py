"""What a connection means that was not made, or did not last."""

from genaiops.errors import FailureKind
from genaiops.models.faults import ReplyFault
from genaiops.specs.catalog import Timeouts


def broken(error: Exception, timeouts: Timeouts, *, is_answered: bool) -> ReplyFault:
    """The first line of the table that fits the error.

    Args:
        error: What aiohttp raised, or the system.
        timeouts: Those of the endpoint, to be named.
        is_answered: Whether status and headers had come.
    """
    if is_answered and not isinstance(error, TimeoutError):
        return ReplyFault("truncated", "the reply was cut off", "try again")
    kinds = {kind.__name__ for kind in type(error).__mro__}
    kind, said, remedy = next((row for name, row in _BREAKS.items() if name in kinds), _OTHER)
    detail = getattr(error, "os_error", None) or getattr(error, "message", "") or error
    return ReplyFault(kind, said.format(detail=detail, **timeouts.model_dump()), remedy)


_SLOW = "raise timeouts of the catalog entry, or ask for less"
_PROXY = "check HTTPS_PROXY, HTTP_PROXY and NO_PROXY"
_NETWORK = "check base_url and the network"
_OTHER: tuple[FailureKind, str, str] = (
    "connection",
    "the connection broke before a reply ({detail})",
    "try again",
)
_BREAKS: dict[str, tuple[FailureKind, str, str]] = {
    "ConnectionTimeoutError": ("connection", "no connection within {connect_s:g} s", _NETWORK),
    "SocketTimeoutError": ("timeout", "nothing came for {first_byte_s:g} s", _SLOW),
    "TimeoutError": ("timeout", "no whole reply within {total_s:g} s", _SLOW),
    "ClientConnectorDNSError": ("connection", "the host is not found", _NETWORK),
    "ClientConnectorSSLError": (
        "connection",
        "no encrypted connection ({detail})",
        "write http:// in base_url if the server is a local one without encryption",
    ),
    "ClientSSLError": (
        "connection",
        "its certificate is not trusted ({detail})",
        "name the file of your authority in SSL_CERT_FILE",
    ),
    "ClientProxyConnectionError": ("connection", "the proxy cannot be reached ({detail})", _PROXY),
    "ClientHttpProxyError": ("connection", "the proxy refuses ({detail})", _PROXY),
    "ClientConnectorError": (
        "connection",
        "no connection ({detail})",
        "check that the server runs, and base_url",
    ),
    "ClientResponseError": ("malformed", "no HTTP reply ({detail})", "check base_url"),
}
"""Classes of aiohttp by name, the special before the general, so that aiohttp keeps one door."""
