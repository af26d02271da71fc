"""A JSONL file: a case a line."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from genaiops.datasets.json_case import notes_on, parse_object
from genaiops.datasets.written import Entry
from genaiops.errors import Fault, InputError
from genaiops.specs.json_text import parse_json

MAX_LINE_BYTES = 10_000_000
_BOM = b"\xef\xbb\xbf"


def read_jsonl(path: Path, shown: str) -> Iterator[Entry]:
    """The cases of a JSONL file, with the faults of each line.

    Raises:
        OSError: the file cannot be read.
    """
    told = set[str]()
    with path.open("rb") as file:
        for number, line in _lines(file):
            if b"\0" in line:
                yield Fault(shown, number, 1, "a NUL byte; is this a text file, in UTF-8?")
                return
            try:
                if len(line) > MAX_LINE_BYTES:
                    raise InputError(f"the line has more than {MAX_LINE_BYTES:,} bytes")  # noqa: TRY301  told as the others are
                value = parse_json(line)
                case = parse_object(value, number)
            except InputError as error:
                yield Fault(shown, number, 1, str(error))
                continue
            for note in notes_on(value):
                if note not in told:
                    told.add(note)
                    yield Fault(shown, number, 1, note, "warning")
            yield case


def _lines(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """The lines that are not blank; of one that is too long, only so much as tells so."""
    number = 0
    while line := file.readline(MAX_LINE_BYTES + 1):
        number += 1
        is_cut = not line.endswith(b"\n")
        text = line.removeprefix(_BOM) if number == 1 else line
        if text.strip():
            yield number, text
        while is_cut and (rest := file.readline(MAX_LINE_BYTES)):
            is_cut = not rest.endswith(b"\n")
