"""The passages of an index version: a JSONL file of which a line is read when it is asked for."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from genaiops.digests import canonical_json
from genaiops.records import Passage

PASSAGES_FILE = "passages.jsonl"


class PassageTable:
    """Passages by row, sorted by document and start; only those that are asked for are parsed."""

    def __init__(self, path: Path) -> None:
        self._bytes = np.memmap(path, dtype=np.uint8, mode="r")
        self._ends = np.flatnonzero(self._bytes == ord("\n"))

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, row: int) -> Passage:
        start = int(self._ends[row - 1]) + 1 if row else 0
        return Passage.model_validate_json(self._bytes[start : int(self._ends[row])].tobytes())

    def __iter__(self) -> Iterator[Passage]:
        return (self[row] for row in range(len(self)))


def write_passages(folder: Path, passages: Iterable[Passage]) -> None:
    """Write one passage a line."""
    with (folder / PASSAGES_FILE).open("wb") as file:
        for passage in passages:
            line = canonical_json(passage.model_dump(mode="json", exclude={"score"}))
            file.write(line.encode() + b"\n")
