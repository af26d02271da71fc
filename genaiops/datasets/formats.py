"""Which files are read as datasets, by their suffix, and how."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol, cast

from genaiops.datasets.encoding import FileFacts, is_parquet
from genaiops.datasets.json_list import read_json_list
from genaiops.datasets.jsonl import read_jsonl
from genaiops.datasets.table import read_table
from genaiops.datasets.written import Entry
from genaiops.errors import Fault
from genaiops.resolve import load_extra

SUFFIXES = (".jsonl", ".json", ".csv", ".tsv", ".parquet")
_SHEETS = (".xlsx", ".xls", ".xlsm", ".ods", ".numbers")


class _ParquetModule(Protocol):
    def read_parquet(self, path: Path, shown: str) -> Iterator[Entry]: ...


def suffix_problem(path: Path) -> str | None:
    """Why a file of this name is not read, if it is not."""
    suffix = path.suffix.lower()
    if suffix in SUFFIXES:
        return None
    if suffix in _SHEETS:
        return "is a spreadsheet; save the sheet as CSV (UTF-8)"
    listed = f"{', '.join(SUFFIXES[:-1])} and {SUFFIXES[-1]}"
    told = f"{suffix} files are not read" if suffix else "has no suffix that says how to read it"
    return f"{told}; read are {listed}"


def read_entries(path: Path, shown: str, facts: FileFacts) -> Iterator[Entry]:
    """The header, cases, faults and warnings of a dataset, one by one.

    Raises:
        SpecError: the file as a whole cannot be read.
        MissingExtra: what reads Parquet is not installed.
        OSError: it cannot be opened.
    """
    suffix = path.suffix.lower()
    if suffix in {".csv", ".tsv"}:
        yield from _read_table(path, shown, facts)
    elif is_parquet(path):
        module = load_extra("genaiops.datasets.parquet", f"reading {shown}", "parquet")
        yield from cast("_ParquetModule", module).read_parquet(path, shown)
    elif facts.encoding == "utf-16":
        yield Fault(shown, 0, 0, "is UTF-16, and JSON is read as UTF-8; save the file as UTF-8")
    elif suffix == ".json":
        yield from read_json_list(path, shown)
    else:
        yield from read_jsonl(path, shown)


def _read_table(path: Path, shown: str, facts: FileFacts) -> Iterator[Entry]:
    fault = facts.fault(shown)
    if fault is not None:
        yield fault
    if fault is None or fault.severity == "warning":
        yield from read_table(path, shown, facts.encoding)
