"""The rows of a table or a JSONL file as they are written: names with values, and no case yet."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import chain
from pathlib import Path

from pydantic import JsonValue

from genaiops.datasets.cells import CellError, Row, RowReader
from genaiops.datasets.delimiter import guess_delimiter, said_delimiter
from genaiops.datasets.encoding import FileFacts, examine_file
from genaiops.digests import canonical_json
from genaiops.errors import Fault, InputError, SpecError
from genaiops.specs.json_text import parse_json

MAX_BYTES = 1_000_000_000
MAX_FAULTS = 20
_TABLES = frozenset({".csv", ".tsv"})
_SUFFIXES = (*sorted(_TABLES), ".jsonl")
_SAMPLE_LINES = 40


@dataclass(frozen=True, slots=True)
class PlainRow:
    """A row and the line where it starts; a cell of a table is a text."""

    line: int
    values: dict[str, JsonValue]

    def text(self, column: str) -> str:
        """A cell as text, without the space around it; empty where nothing is told."""
        value = self.values.get(column)
        if value is None:
            return ""
        return value.strip() if isinstance(value, str) else canonical_json(value)


@dataclass(frozen=True, slots=True)
class PlainRows:
    """All rows of a file, whose bytes have this sha256; `names` are those that any row has."""

    shown: str
    digest: str
    names: tuple[str, ...]
    rows: tuple[PlainRow, ...]

    def faults(self, told: Sequence[tuple[int, str]]) -> SpecError:
        """The error that says what is wrong in some of the lines."""
        return SpecError([Fault(self.shown, line, 1, text) for line, text in told[:MAX_FAULTS]])


def read_plain_rows(path: Path, shown: str) -> PlainRows:
    """Read a file whole; columns without a name are left out.

    Raises:
        SpecError: it is missing, empty, of another kind, or has bad lines; about twenty of them.
    """
    try:
        facts = _facts(path, shown)
        is_table = path.suffix.lower() in _TABLES
        entries = _table(path, shown, facts) if is_table else _json_lines(path, shown)
        rows, faults = list[PlainRow](), list[Fault]()
        for entry in entries:
            if isinstance(entry, PlainRow):
                rows.append(entry)
            else:
                faults.append(entry)
            if len(faults) >= MAX_FAULTS:
                break
    except OSError as error:
        raise SpecError([Fault(shown, 0, 0, f"cannot be read: {error.strerror}")]) from error
    if not rows and not faults:
        faults.append(Fault(shown, 0, 0, "holds no row"))
    if faults:
        raise SpecError(faults)
    names = dict.fromkeys(name for row in rows for name in row.values)
    return PlainRows(shown, facts.digest, tuple(names), tuple(rows))


def _facts(path: Path, shown: str) -> FileFacts:
    suffix = path.suffix.lower()
    if suffix not in _SUFFIXES:
        told = f"{suffix or 'a file without a suffix'} is not read; write {', '.join(_SUFFIXES)}"
        raise SpecError([Fault(shown, 0, 0, told)])
    if not path.is_file():
        raise SpecError([Fault(shown, 0, 0, "there is no such file")])
    if path.stat().st_size > MAX_BYTES:
        raise SpecError([Fault(shown, 0, 0, f"has more than {MAX_BYTES:,} bytes")])
    facts = examine_file(path, shown)
    odd = facts.fault(shown)
    if odd is not None and odd.severity == "error":
        raise SpecError([odd])
    return facts


def _json_lines(path: Path, shown: str) -> Iterator[PlainRow | Fault]:
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            text = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
            if not text.strip():
                continue
            try:
                value = parse_json(text)
            except InputError as error:
                yield Fault(shown, number, 1, str(error))
                continue
            if isinstance(value, dict):
                yield PlainRow(number, value)
            else:
                yield Fault(shown, number, 1, "a row is an object: names with values")


def _table(path: Path, shown: str, facts: FileFacts) -> Iterator[PlainRow | Fault]:
    with path.open(encoding=facts.encoding, newline="") as file:
        try:
            yield from _rows(file, shown, is_tsv=path.suffix.lower() == ".tsv")
        except CellError as error:
            yield Fault(shown, error.line, error.column, str(error))
        except UnicodeDecodeError as error:
            yield Fault(shown, 0, 0, f"is damaged: {error.reason} ({error.encoding})")


def _rows(file: TextIOWrapper, shown: str, *, is_tsv: bool) -> Iterator[PlainRow | Fault]:
    head = [line for line, _ in zip(file, range(_SAMPLE_LINES), strict=False)]
    said = said_delimiter(head[0]) if head else None
    body = ["\n", *head[1:]] if said else head
    delimiter = said or ("\t" if is_tsv else guess_delimiter(body))
    rows = (row for row in RowReader(chain(body, file), delimiter) if not row.is_blank)
    header = next(rows, None)
    if header is None:
        return
    names = [cell.strip() for cell in header.cells]
    doubled = [name for name, count in Counter(names).items() if name and count > 1]
    for name in doubled:
        yield Fault(shown, header.line, 1, f"two columns are called {name!r}; rename one")
    if not doubled:
        for row in rows:
            yield _row(row, names, shown)


def _row(row: Row, names: Sequence[str], shown: str) -> PlainRow | Fault:
    if len(row.cells) < len(names) or any(cell.strip() for cell in row.cells[len(names) :]):
        told = f"cells in this row: {len(row.cells)}, in the header: {len(names)}"
        return Fault(shown, row.line, 1, told)
    cells = dict[str, JsonValue](zip(names, row.cells, strict=False))
    cells.pop("", None)
    return PlainRow(row.line, cells)
