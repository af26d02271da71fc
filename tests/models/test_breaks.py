import socket
import ssl
from types import SimpleNamespace

import aiohttp
import pytest

from genaiops.models.breaks import broken
from genaiops.specs.catalog import Timeouts

TIMEOUTS = Timeouts(connect_s=1, first_byte_s=2, total_s=3)
PLACE = SimpleNamespace(host="a.example", port=443, ssl=True, is_ssl=True)


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (aiohttp.ConnectionTimeoutError(), "connection", "no connection within 1 s"),
        (aiohttp.SocketTimeoutError(), "timeout", "nothing came for 2 s"),
        (TimeoutError(), "timeout", "no whole reply within 3 s"),
        (
            aiohttp.ClientConnectorDNSError(PLACE, socket.gaierror()),
            "connection",
            "the host is not found",
        ),
        (
            aiohttp.ClientConnectorCertificateError(PLACE, ssl.SSLCertVerificationError("no")),
            "connection",
            "SSL_CERT_FILE",
        ),
        (
            aiohttp.ClientConnectorSSLError(PLACE, ssl.SSLError(1, "WRONG_VERSION_NUMBER")),
            "connection",
            "write http:// in base_url",
        ),
        (
            aiohttp.ClientProxyConnectionError(PLACE, OSError(111, "refused")),
            "connection",
            "check HTTPS_PROXY",
        ),
        (aiohttp.ClientConnectorError(PLACE, OSError(111, "refused")), "connection", "refused"),
        (aiohttp.ServerDisconnectedError(), "connection", "broke before a reply"),
        (ConnectionResetError("reset by peer"), "connection", "reset by peer"),
    ],
)
def test_each_break_before_a_reply_has_its_kind(error: Exception, kind: str, words: str) -> None:
    fault = broken(error, TIMEOUTS, is_answered=False)
    assert fault.kind == kind
    assert words in f"{fault.said}; {fault.remedy}"


def test_a_break_inside_a_reply_is_truncation_unless_it_is_a_timeout() -> None:
    cut = broken(aiohttp.ClientPayloadError(), TIMEOUTS, is_answered=True)
    late = broken(aiohttp.SocketTimeoutError(), TIMEOUTS, is_answered=True)
    assert (cut.kind, late.kind) == ("truncated", "timeout")
