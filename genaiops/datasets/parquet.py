"""A Parquet file of flat rows, streamed: the door of pyarrow."""

from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, time
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import Protocol, cast

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import JsonValue

from genaiops.datasets.json_case import notes_on, parse_object
from genaiops.datasets.written import Entry, Header
from genaiops.errors import Fault, InputError

ROWS_AT_ONCE = 1_000
_ArrowError = cast("type[Exception]", pa.ArrowException)  # pyright: ignore[reportUnknownMemberType]  the library is untyped


class _Schema(Protocol):
    names: list[str]


class _Batch(Protocol):
    def to_pylist(self) -> list[dict[str, object]]: ...


class _File(Protocol):
    schema_arrow: _Schema

    def iter_batches(self, batch_size: int) -> Iterator[_Batch]: ...

    def close(self) -> None: ...


def read_parquet(path: Path, shown: str) -> Iterator[Entry]:
    """The columns and cases of a Parquet file; the line of a case is its row, counted from 1.

    Columns are taken as the keys of a flat JSON object are. A time becomes text of ISO 8601, and
    what is no number (NaN) is as if it were not there.
    """
    try:
        with closing(cast("_File", pq.ParquetFile(path))) as file:
            yield Header(tuple(file.schema_arrow.names))
            told = set[str]()
            row = 0
            for batch in file.iter_batches(ROWS_AT_ONCE):
                for value in batch.to_pylist():
                    row += 1
                    yield from _case(value, row, shown, told)
    except _ArrowError as error:
        message = str(error).splitlines()[0]
        yield Fault(shown, 0, 0, f"is no Parquet file that can be read: {message}")


def _case(value: dict[str, object], row: int, shown: str, told: set[str]) -> Iterator[Entry]:
    try:
        plain = {name: _plain(cell, name) for name, cell in value.items()}
        case = parse_object(plain, row)
    except InputError as error:
        yield Fault(shown, row, 1, str(error))
        return
    for note in notes_on(plain):
        if note not in told:
            told.add(note)
            yield Fault(shown, row, 1, note, "warning")
    yield case


def _plain(value: object, name: str) -> JsonValue:
    """A cell as JSON has it.

    Raises:
        InputError: JSON has nothing like it.
    """
    match value:
        case list():
            return [_plain(item, name) for item in cast("list[object]", value)]
        case dict():
            inner = cast("dict[str, object]", value)
            return {key: _plain(item, name) for key, item in inner.items()}
        case _:
            return _scalar(value, name)


def _scalar(value: object, name: str) -> str | float | bool | None:
    match value:
        case None | bool() | int() | str():
            return value
        case float() | Decimal():
            return float(value) if isfinite(value) else None
        case datetime() | date() | time():
            return value.isoformat()
        case _:
            kind = type(value).__name__
            raise InputError(f"the column {name!r} holds {kind}, which is neither text nor number")
