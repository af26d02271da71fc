"""Cases as they are handed in: the path of a file, or a list of mappings."""

import json
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from genaiops.errors import CallError, InputError
from genaiops.flow.values import plain_json

Data = str | PathLike[str] | Iterable[Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Rows:
    """The file of the cases, and what it is called in messages."""

    path: Path
    shown: str


@contextmanager
def rows_of(data: Data) -> Generator[Rows]:
    """The cases as a file, which for mappings is there only within.

    Raises:
        InputError: they are no mappings of plain JSON values.
    """
    if isinstance(data, str | PathLike):
        yield Rows(Path(data).absolute(), str(data))
        return
    lines = [json.dumps(_row(row, number), ensure_ascii=False) for number, row in _numbered(data)]
    with TemporaryDirectory(prefix="genaiops-") as folder:
        path = Path(folder) / "data.jsonl"
        path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
        yield Rows(path, "data")


def _numbered(data: object) -> Iterable[tuple[int, object]]:
    """The rows, counted from 1 as lines of a file are."""
    if hasattr(data, "to_dict"):
        raise InputError(f"data is a {type(data).__name__}: hand in data.to_dict('records')")
    if not isinstance(data, Iterable) or isinstance(data, Mapping | bytes):
        raise InputError(f"data is the path of a file, or a list of mappings, not {data!r:.60}")
    return enumerate(cast("Iterable[object]", data), start=1)


def _row(row: object, number: int) -> object:
    if not isinstance(row, Mapping):
        raise InputError(f"row {number} of data is no mapping: {row!r:.60}")
    try:
        return plain_json(dict(cast("Mapping[object, object]", row)), f"row {number} of data")
    except CallError as error:
        raise InputError(str(error)) from error
