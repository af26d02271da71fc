"""A model hub as a source of weights: one file over HTTPS, which goes on where it stopped."""

import asyncio
import http.client
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from typing import IO

from genaiops.errors import ExecutionError, InputError
from genaiops.models.partial import PartialFile, blocks_of
from genaiops.specs.weights import HubFile

_PIECE = 8 << 20
_TIMEOUT_S = 30
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def hub_address(file: HubFile, environment: Mapping[str, str]) -> str:
    """Where a file of a hub is; `HF_ENDPOINT` names another hub of the same manner.

    Raises:
        InputError: the endpoint is neither HTTPS nor on this machine.
    """
    endpoint = environment.get("HF_ENDPOINT", "https://huggingface.co").rstrip("/")
    parsed = urllib.parse.urlsplit(endpoint)
    if parsed.scheme != "https" and (parsed.scheme, parsed.hostname in _LOOPBACK) != ("http", True):
        raise InputError(f"HF_ENDPOINT is {endpoint!r}; it must begin with https://")
    path = urllib.parse.quote(f"{file.hub}/resolve/{file.revision}/{file.path}")
    return f"{endpoint}/{path}"


async def add_from_hub(
    partial: PartialFile,
    address: str,
    *,
    total: int,
    environment: Mapping[str, str],
    on_bytes: Callable[[int], None],
) -> None:
    """Get the rest of a file; proxies and certificates come from the usual variables.

    `total` is the size of the whole file in bytes; more is refused.

    Raises:
        ExecutionError: the hub cannot be reached, refuses, or stops early (what came is kept).
    """
    host = urllib.parse.urlsplit(address).hostname
    try:
        response = await asyncio.to_thread(_open, address, partial.size, environment)
        with response:
            if partial.size and response.status != http.HTTPStatus.PARTIAL_CONTENT:
                partial.discard()
            while block := await asyncio.to_thread(_read, response, total - partial.size):
                await asyncio.to_thread(partial.append, [block])
                on_bytes(partial.size)
    except urllib.error.HTTPError as error:
        raise ExecutionError(
            f"{host} answers {error.code} ({error.reason}) for {address}; set "
            "GENAIOPS_WEIGHT_MIRRORS to a mirror file that names another source"
        ) from error
    except (OSError, http.client.HTTPException) as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        raise ExecutionError(
            f"{address} cannot be read: {reason}; what came is kept, so pull again once {host} is "
            "reachable, or set GENAIOPS_WEIGHT_MIRRORS to a mirror file that names another source"
        ) from error
    if partial.size < total:
        raise ExecutionError(
            f"{address} ended after {partial.size:,} of {total:,} bytes; pull again to go on"
        )


def _open(address: str, start: int, environment: Mapping[str, str]) -> http.client.HTTPResponse:
    authorities = environment.get("SSL_CERT_FILE") or environment.get("REQUESTS_CA_BUNDLE")
    request = urllib.request.Request(  # noqa: S310  hub_address lets through https and loopback
        address, headers={"Range": f"bytes={start}-"} if start else {}
    )
    return urllib.request.urlopen(  # noqa: S310  as above
        request, timeout=_TIMEOUT_S, context=ssl.create_default_context(cafile=authorities)
    )


def _read(response: IO[bytes], left: int) -> bytes:
    """The next piece; one byte more than is left shows a file that is too long."""
    return b"".join(blocks_of(response, min(_PIECE, left + 1)))
