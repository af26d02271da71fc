"""Requests of which two servers may read two things: each must be refused, and its connection end.

Sources: RFC 9112 sections 2.2, 3.2, 5.1, 5.2, 6.1, 6.3, 7.1 and 11.2, and the attacks that James
Kettle published as HTTP desync attacks (2019, 2021). Several spaces between the words of the first
line are not among them: section 3 allows to take them for one, and they say nothing of the body.
"""

from collections.abc import Mapping

HOST = b"Host: 127.0.0.1\r\n"
_POST = b"POST /v1/flows/echo HTTP/1.1\r\n"
_LENGTH = b"Content-Length: 5\r\n"
_CHUNKED = b"Transfer-Encoding: chunked\r\n"
_END = b"\r\n"
_BODY = b"abcde"
_WHOLE = b"5\r\nabcde\r\n0\r\n\r\n"


def _post(*lines: bytes, body: bytes = _BODY) -> bytes:
    return _POST + HOST + b"".join(lines) + _END + body


AMBIGUOUS: Mapping[str, bytes] = {
    "length and chunks": _post(_LENGTH, _CHUNKED, body=_WHOLE),
    "chunks and length": _post(_CHUNKED, _LENGTH, body=_WHOLE),
    "two lengths": _post(_LENGTH, b"Content-Length: 6\r\n"),
    "a list of lengths": _post(b"Content-Length: 5, 6\r\n"),
    "a signed length": _post(b"Content-Length: +5\r\n"),
    "a negative length": _post(b"Content-Length: -5\r\n"),
    "a length in hexadecimal": _post(b"Content-Length: 0x5\r\n"),
    "a length with an underscore": _post(b"Content-Length: 1_0\r\n"),
    "an empty length": _post(b"Content-Length:\r\n"),
    "a folded line": _post(_LENGTH, b"X-A: b\r\n c\r\n"),
    "a folded coding": _post(b"Transfer-Encoding:\r\n chunked\r\n", body=_WHOLE),
    "a bare line feed": _POST + HOST + b"X-A: b\n" + _LENGTH + _END + _BODY,
    "a bare carriage return": _post(b"X-A: b\rX-B: c\r\n", _LENGTH),
    "a null byte in a value": _post(b"X-A: b\0c\r\n", _LENGTH),
    "two hosts": _post(b"Host: example.org\r\n", _LENGTH),
    "no host": _POST + _LENGTH + _END + _BODY,
    "space before the colon": _post(b"Content-Length : 5\r\n"),
    "space before the name": _POST + b" " + HOST + _LENGTH + _END + _BODY,
    "an empty name": _post(b": b\r\n", _LENGTH),
    "a name that is no token": _post(b"X(A): b\r\n", _LENGTH),
    "another coding": _post(b"Transfer-Encoding: xchunked\r\n", body=_WHOLE),
    "chunks twice": _post(_CHUNKED, _CHUNKED, body=_WHOLE),
    "chunks that are not last": _post(b"Transfer-Encoding: chunked, identity\r\n", body=_WHOLE),
    "a signed chunk size": _post(_CHUNKED, body=b"+5\r\nabcde\r\n0\r\n\r\n"),
    "a chunk size in 0x": _post(_CHUNKED, body=b"0x5\r\nabcde\r\n0\r\n\r\n"),
    "a chunk without its end": _post(_CHUNKED, body=b"5\r\nabcdeXX0\r\n\r\n"),
    "a chunk size that ends in a line feed": _post(_CHUNKED, body=b"5\nabcde\r\n0\r\n\r\n"),
    "a chunk with a line feed in its extension": _post(
        _CHUNKED, body=b"5;a\nb\r\nabcde\r\n0\r\n\r\n"
    ),
    "an old version with chunks": _post(_CHUNKED, body=_WHOLE).replace(b"HTTP/1.1", b"HTTP/1.0"),
    "a version that is not there": _post(_LENGTH).replace(b"HTTP/1.1", b"HTTP/1.2"),
    "a space in the path": _post(_LENGTH).replace(b"echo HTTP", b"echo /b HTTP"),
    "an absolute path": _post(_LENGTH).replace(b"/v1/flows", b"http://127.0.0.1/v1/flows"),
    "two authorizations": _post(_LENGTH, b"Authorization: a\r\nAuthorization: b\r\n"),
    "a tab in the first line": _post(_LENGTH).replace(b"echo HTTP", b"echo\tHTTP"),
}
