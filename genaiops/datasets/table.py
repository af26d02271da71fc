"""A CSV or TSV file: a header, and a case a row."""

import re
from collections.abc import Iterator, Sequence
from io import TextIOWrapper
from itertools import chain, islice
from pathlib import Path

from pydantic import JsonValue

from genaiops.datasets.cells import MAX_CHARACTERS, CellError, Row, RowReader
from genaiops.datasets.columns import Column, Columns, columns_of
from genaiops.datasets.delimiter import COMMA, NAMES, guess_delimiter, said_delimiter
from genaiops.datasets.encoding import Encoding
from genaiops.datasets.promptfoo import EXPECTED, assertion_of
from genaiops.datasets.written import Entry, Header, WrittenCase
from genaiops.errors import Fault, InputError

_SAMPLE_LINES = 40
_LONG_NAME = 60
_NUMBER = re.compile(r"[-+]?[\d.,]*\d[\d.,]*%?\Z")


def read_table(path: Path, shown: str, encoding: Encoding) -> Iterator[Entry]:
    """The cases of a table, with the faults of its header and of each row.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open(encoding=encoding, newline="") as file:
        try:
            yield from _entries(file, shown, is_tsv=path.suffix.lower() == ".tsv")
        except CellError as error:
            yield Fault(shown, error.line, error.column, str(error))
        except UnicodeDecodeError as error:
            yield Fault(shown, 0, 0, f"is damaged: {error.reason} ({error.encoding})")


def _entries(file: TextIOWrapper, shown: str, *, is_tsv: bool) -> Iterator[Entry]:
    lines = _lines(file)
    head = list(islice(lines, _SAMPLE_LINES))
    said = said_delimiter(head[0]) if head else None
    body = head[1:] if said else head
    delimiter = said or ("\t" if is_tsv else guess_delimiter(body))
    blank_first = ["\n"] if said else []
    rows = (
        row for row in RowReader(chain(blank_first, body, lines), delimiter) if not row.is_blank
    )
    header = next(rows, None)
    if header is None:
        return
    if delimiter not in {COMMA, said} and not is_tsv:
        message = f"its cells are taken as separated by {NAMES[delimiter]}"
        yield Fault(shown, header.line, 1, message, "warning")
    names = _names(header)
    yield Header(names)
    columns = columns_of(names)
    yield from _header_faults(shown, header.line, columns)
    if not columns.errors:
        for row in rows:
            yield _case(row, shown, columns.columns)


def _lines(file: TextIOWrapper) -> Iterator[str]:
    while line := file.readline(MAX_CHARACTERS + 1):
        yield line


def _names(header: Row) -> tuple[str, ...]:
    """The names of the columns; nameless ones at the end are left behind by spreadsheets."""
    cells = [cell.strip() for cell in header.cells]
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)


def _header_faults(shown: str, line: int, columns: Columns) -> Iterator[Fault]:
    for error in columns.errors:
        yield Fault(shown, line, 1, error)
    for note in columns.notes:
        yield Fault(shown, line, 1, note, "warning")
    odd = next((column.written for column in columns.columns if _is_data(column.written)), None)
    if odd is not None:
        cut = odd if len(odd) <= _LONG_NAME else f"{odd[:_LONG_NAME]}…"
        message = (
            f"the first line is taken as the header, but holds {cut!r}: is the header missing?"
        )
        yield Fault(shown, line, 1, message, "warning")


def _is_data(cell: str) -> bool:
    """Whether a cell of a header looks like one of a row."""
    return len(cell) > _LONG_NAME or cell.endswith("?") or _NUMBER.match(cell) is not None


def _case(row: Row, shown: str, columns: Sequence[Column]) -> Entry:
    cells = row.cells
    if len(cells) < len(columns) or any(cell.strip() for cell in cells[len(columns) :]):
        message = (
            f"cells in this row: {len(cells)}, in the header: {len(columns)}; write a cell that "
            f"holds the separator in quotes"
        )
        return Fault(shown, row.line, 1, message)
    parts: dict[str, dict[str, JsonValue]] = {"inputs": {}, "expected": {}, "tags": {}}
    own: dict[str, str] = {}
    for column, cell in zip(columns, cells, strict=False):
        try:
            _put(column, cell, parts, own)
        except InputError as error:
            return Fault(shown, row.line, 1, str(error))
    return WrittenCase(row.line, **parts, id=own.get("id"), cluster=own.get("cluster"))


def _put(
    column: Column, cell: str, parts: dict[str, dict[str, JsonValue]], own: dict[str, str]
) -> None:
    text = cell.strip()
    match column.part:
        case "inputs":
            parts["inputs"][column.key] = cell
        case "expected" if text:
            _refuse_assertion(column, cell)
            parts["expected"][column.key] = cell
        case "tags" if text:
            parts["tags"][column.key] = text
        case "id" | "cluster" if text:
            own[column.part] = text
        case _:
            pass  # an empty cell says nothing


def _refuse_assertion(column: Column, cell: str) -> None:
    assertion = assertion_of(cell) if EXPECTED.match(column.written) else None
    if assertion is not None:
        raise InputError(
            f"{column.written} holds an assertion of promptfoo ({assertion}…), which is not read; "
            f"write the expected answer as plain text, and what is asserted as a metric"
        )
