"""What may be on a disk when the power goes, after what was asked of it."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from tests.store.disk import Operation

SECTOR = 512
"""So many bytes a disk writes at once, or not at all."""


@dataclass(slots=True)
class _File:
    """What is on the disk for sure, and what may be; `before` is a file that may not be gone."""

    sure: bytearray | None = None
    open: list[Operation] = field(default_factory=list[Operation])
    before: "_File | None" = None
    is_gone: bool = False


def crash_image(operations: Iterable[Operation], draw: random.Random) -> dict[str, bytes]:
    """The files after a crash: of writes since the last sync any may be missing, whole or in part.

    They may have reached the disk in any order. A file that was made or removed since may be there
    or not.
    """
    files: dict[str, _File] = {}
    for asked in operations:
        _take(files, asked)
    survivors = {name: _survivor(file, draw) for name, file in files.items()}
    return {name: bytes(content) for name, content in survivors.items() if content is not None}


def _take(files: dict[str, _File], asked: Operation) -> None:
    file = files.setdefault(asked.file, _File(is_gone=True))
    if asked.what == "open" and file.is_gone:
        files[asked.file] = _File(before=file.before)
    elif asked.what == "delete" and not file.is_gone:
        files[asked.file] = _File(before=None if asked.is_durable else file, is_gone=True)
    elif asked.what == "sync":
        if file.sure is None and asked.file.endswith(("-wal", "-journal")):
            _sync_folder(files)  # SQLite does that for a new log
        file.sure = bytearray() if file.sure is None else file.sure
        _apply(file.sure, file.open)
        file.open.clear()
        file.before = None
    elif asked.what in {"write", "cut"}:
        file.open.append(asked)


def _sync_folder(files: dict[str, _File]) -> None:
    """Files that were made are there from now on, and those that were removed are gone."""
    for file in files.values():
        file.before = None
        if file.sure is None and not file.is_gone:
            file.sure = bytearray()


def _survivor(file: _File, draw: random.Random) -> bytearray | None:
    if file.before is not None and draw.random() < 0.5:
        return _survivor(file.before, draw)
    if file.is_gone or (file.sure is None and draw.random() < 0.5):
        return None
    content = bytearray(file.sure or b"")
    _apply(content, _some(file.open, draw))
    return content


def _some(operations: Sequence[Operation], draw: random.Random) -> list[Operation]:
    share = draw.choice([0.0, 0.5, 0.9, 1.0])
    kept = [each for each in operations if draw.random() < share]
    if draw.random() < 0.5:
        draw.shuffle(kept)
    is_torn = draw.random() < 0.5
    return [piece for each in kept for piece in (_torn(each, draw) if is_torn else [each])]


def _torn(asked: Operation, draw: random.Random) -> list[Operation]:
    """The sectors of a write that reached the disk."""
    if asked.what != "write":
        return [asked]
    end = asked.place + len(asked.data)
    cuts = [asked.place, *range((asked.place // SECTOR + 1) * SECTOR, end, SECTOR), end]
    return [
        Operation("write", asked.file, start, asked.data[start - asked.place : stop - asked.place])
        for start, stop in pairwise(cuts)
        if draw.random() < 0.5
    ]


def _apply(content: bytearray, operations: Iterable[Operation]) -> None:
    for asked in operations:
        if asked.what == "cut":
            del content[asked.place :]
            content.extend(bytes(asked.place - len(content)))
        else:
            content.extend(bytes(max(0, asked.place - len(content))))
            content[asked.place : asked.place + len(asked.data)] = asked.data
