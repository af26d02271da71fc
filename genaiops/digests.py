"""Digests of canonical JSON: the identity of everything that is compared, reused or released."""

import hashlib
import json

_CANONICAL = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)


def canonical_json(value: object) -> str:
    """JSON with sorted keys, no spaces and no NaN: equal values give equal text.

    Raises:
        ValueError: the value holds NaN or an infinity.
        TypeError: the value is not plain JSON.
    """
    return _CANONICAL.encode(value)


def digest(value: object) -> str:
    """The sha256 (64 hex digits) of a plain JSON value in canonical form."""
    return digest_bytes(canonical_json(value).encode("utf-8", "surrogatepass"))


def digest_bytes(data: bytes) -> str:
    """The sha256 (64 hex digits) of bytes, for the contents of files."""
    return hashlib.sha256(data).hexdigest()
