"""A file that is put together beside its final place, and takes it only by its sha256."""

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from pydantic import Field, ValidationError

from genaiops.errors import ExecutionError
from genaiops.records import Record

_BLOCK = 1 << 20


class _State(Record):
    """What of the `.part` file is known to be good, and from which source it came."""

    source: str
    pieces: int = Field(ge=0)
    bytes: int = Field(ge=0)


class PartialFile:
    """The `.part` file of a target, and the small state file that lets it go on later.

    A state of another source counts for nothing: its pieces may be cut elsewhere.
    """

    def __init__(self, target: Path, source: str) -> None:
        self._target = target
        self._source = source
        self._part = target.with_name(f"{target.name}.part")
        self._state = target.with_name(f"{target.name}.part.json")

    @property
    def folder(self) -> Path:
        """Where the file grows: the place for what is needed beside it."""
        return self._target.parent

    @property
    def size(self) -> int:
        """Bytes that a resumed pull keeps."""
        return self._known().bytes

    @property
    def pieces(self) -> int:
        """Pieces that a resumed pull keeps."""
        return self._known().pieces

    def append(self, blocks: Iterable[bytes]) -> None:
        """Add one whole piece after the last good one; durable when this returns."""
        known = self._known()
        self._part.touch()
        with self._part.open("r+b") as stream:
            stream.truncate(known.bytes)
            stream.seek(known.bytes)
            for block in blocks:
                stream.write(block)
            stream.flush()
            os.fsync(stream.fileno())
            size = stream.tell()
        self._write(_State(source=self._source, pieces=known.pieces + 1, bytes=size))

    def accept(self, sha256: str) -> None:
        """Give the file its final name.

        Raises:
            ExecutionError: it is not the file that it should be; it is deleted.
        """
        self._part.touch()
        got = file_sha256(self._part)
        if got != sha256:
            self.discard()
            raise ExecutionError(
                f"{self._target.name} from {self._source} is another file than expected "
                f"(sha256 expected {sha256}, got {got}); it was deleted. Pull again; if it stays "
                "so, the source holds another file: use another source"
            )
        self._part.replace(self._target)
        self._state.unlink(missing_ok=True)

    def discard(self) -> None:
        """Remove what has been gathered."""
        self._state.unlink(missing_ok=True)
        self._part.unlink(missing_ok=True)

    def _known(self) -> _State:
        nothing = _State(source=self._source, pieces=0, bytes=0)
        try:
            state = _State.model_validate_json(self._state.read_bytes())
            present = self._part.stat().st_size
        except (FileNotFoundError, ValidationError):
            return nothing
        return state if state.source == self._source and present >= state.bytes else nothing

    def _write(self, state: _State) -> None:
        aside = self._state.with_name(f"{self._state.name}.new")
        aside.write_text(json.dumps(state.model_dump()), encoding="utf-8")
        aside.replace(self._state)


def file_sha256(path: Path) -> str:
    """The sha256 (64 hex digits) of a file, read in blocks."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def blocks_of(stream: IO[bytes], limit: int) -> Iterable[bytes]:
    """A stream's bytes in blocks, up to `limit` bytes."""
    left = limit
    while left > 0 and (block := stream.read(min(_BLOCK, left))):
        left -= len(block)
        yield block
