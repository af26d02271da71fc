"""What a data file's bytes are: their digest, and how its text is encoded."""

import codecs
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from genaiops.errors import Fault, SpecError

Encoding = Literal["utf-8-sig", "utf-16", "cp1252"]

_CHUNK = 1 << 20
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_PARQUET = b"PAR1"
_CONTAINERS = {
    b"PK\x03\x04": "is a spreadsheet or another zip file; save the sheet as CSV",
    b"\xd0\xcf\x11\xe0": "is a spreadsheet (xls); save the sheet as CSV",
    _PARQUET: "is Parquet; call it .parquet",
    b"\x1f\x8b": "is compressed (gzip); unpack it",
}
_UNDEFINED = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
"""Bytes that mean nothing in Windows-1252."""


@dataclass(frozen=True, slots=True)
class BytePlace:
    """A byte and where it stands: line and column from 1, the column in bytes."""

    byte: int
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class FileFacts:
    """The sha256 of a file's bytes, and how its text is encoded.

    `not_utf8` is the first byte that is not UTF-8, `undefined` the first that is no Windows-1252
    either.
    """

    digest: str
    encoding: Encoding = "utf-8-sig"
    not_utf8: BytePlace | None = None
    undefined: BytePlace | None = None

    def fault(self, shown: str) -> Fault | None:
        """What is to be said of the encoding: an error, or the warning that it was guessed."""
        odd = self.undefined or self.not_utf8
        if odd is None:
            return None
        if self.encoding == "cp1252" and self.undefined is None:
            message = (
                f"is not UTF-8 (byte 0x{odd.byte:02x}), so it is read as Windows-1252; look "
                f"whether this line comes out right, and save the file as UTF-8 to be sure"
            )
            return Fault(shown, odd.line, odd.column, message, "warning")
        is_utf8_else = self.encoding == "utf-8-sig"
        told = "UTF-8, as the text before it is" if is_utf8_else else "UTF-8, nor Windows-1252"
        message = f"the byte 0x{odd.byte:02x} is not {told}; save the file as UTF-8"
        return Fault(shown, odd.line, odd.column, message)


def is_parquet(path: Path) -> bool:
    """Whether a file is called as Parquet files are."""
    return path.suffix.lower() == ".parquet"


def examine_file(path: Path, shown: str) -> FileFacts:
    """Read a file's bytes once, in pieces.

    Raises:
        SpecError: it is no text file, nor one of Parquet by its name.
        OSError: it cannot be read.
    """
    hasher, search = hashlib.sha256(), _Search()
    with path.open("rb") as file:
        chunk = file.read(_CHUNK)
        is_utf16 = chunk.startswith(_UTF_16)
        for mark, message in _CONTAINERS.items():
            if chunk.startswith(mark) and not (mark == _PARQUET and is_parquet(path)):
                raise SpecError([Fault(shown, 0, 0, message)])
        while chunk:
            hasher.update(chunk)
            following = file.read(_CHUNK)
            if not (is_utf16 or is_parquet(path)):
                search.feed(chunk, is_last=not following)
            chunk = following
    encoding = "utf-16" if is_utf16 else "cp1252" if search.is_windows else "utf-8-sig"
    return FileFacts(hasher.hexdigest(), encoding, search.not_utf8, search.undefined)


class _Search:
    """Looks for bytes that are not UTF-8; a text whose first odd byte is one is Windows-1252."""

    def __init__(self) -> None:
        self.not_utf8: BytePlace | None = None
        self.undefined: BytePlace | None = None
        self.is_windows = False
        self._is_ascii = True
        self._rest = b""
        self._line = 1
        self._column = 1

    def feed(self, chunk: bytes, *, is_last: bool) -> None:
        if self.not_utf8 is None:
            chunk = self._pass_utf8(self._rest + chunk, is_last=is_last)
        if self.is_windows and self.undefined is None:
            odd = _UNDEFINED.search(chunk)
            if odd:
                self._pass(chunk[: odd.start()])
                self.undefined = self._here(chunk[odd.start()])
            self._pass(chunk)

    def _pass_utf8(self, data: bytes, *, is_last: bool) -> bytes:
        """Pass over what is UTF-8; what remains is not, or waits for its other bytes."""
        try:
            data.decode("utf-8")
            self._rest, good = b"", len(data)
        except UnicodeDecodeError as error:
            good = error.start
            is_cut = error.end == len(data) and error.reason == "unexpected end of data"
            self._rest = data[good:] if is_cut and not is_last else b""
        self._is_ascii = self._is_ascii and data[:good].isascii()
        self._pass(data[:good])
        remaining = data[good:]
        if remaining and not self._rest:
            self.not_utf8 = self._here(remaining[0])
            self.is_windows = self._is_ascii
        return remaining

    def _pass(self, data: bytes) -> None:
        lines = data.count(b"\n")
        self._line += lines
        self._column = len(data) - data.rfind(b"\n") if lines else self._column + len(data)

    def _here(self, byte: int) -> BytePlace:
        return BytePlace(byte, self._line, self._column)
