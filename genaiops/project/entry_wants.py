"""What an entry of the catalog wants to reach and to read."""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from pydantic import JsonValue

from genaiops.specs.base import Spec
from genaiops.specs.catalog import LangchainModel
from genaiops.trust import Want

_VARIABLE = re.compile(r"\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}")
_ADDRESS = re.compile(r"url|base|host|endpoint|proxy", re.IGNORECASE)


def entry_wants(entry: Spec | None, filed: Mapping[str, str] | None = None) -> Iterator[Want]:
    """The hosts and variables of a catalog entry.

    `filed` are the variables that a file of the project gives: an address that they say is wanted
    by what it is, so that another one is asked for.
    """
    if entry is None:
        return
    for name in variables_in(entry.model_dump(mode="json", by_alias=True)):
        yield Want("variable", name)
    url = getattr(entry, "base_url", None)
    if isinstance(url, str):
        yield Want("host", host_of(url, filed))
    if isinstance(entry, LangchainModel):
        yield Want("host", f"what langchain's {entry.model_provider or entry.model} reaches")
        for address in _addresses_in(entry.arguments):
            yield Want("host", host_of(address, filed))


def variables_in(value: JsonValue) -> Iterator[str]:
    """The names behind `${env:NAME}` in a value, at any depth."""
    if isinstance(value, str):
        yield from _VARIABLE.findall(value)
    elif isinstance(value, dict):
        for item in value.values():
            yield from variables_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from variables_in(item)


def host_of(url: str, filed: Mapping[str, str] | None = None) -> str:
    """The host of an address with its port, without a name and password before it."""
    known = filed or {}
    said = _VARIABLE.sub(lambda match: known.get(match[1], match[0]), url)
    return urlsplit(said).netloc.rpartition("@")[2] or said


def _addresses_in(value: JsonValue, key: str = "") -> Iterator[str]:
    """The texts that say where to connect, by how they look or what they are called."""
    match value:
        case str() if "://" in value or (_ADDRESS.search(key) and value):
            yield value
        case dict():
            for name, item in value.items():
                yield from _addresses_in(item, name)
        case list():
            for item in value:
                yield from _addresses_in(item, key)
        case _:
            pass
