"""Lines of a CSV file cut into rows of cells, with the line where each row starts. Pure.

The csv module would take an open quote for the rest of the file, says no column, and bounds its
cells by a limit of the whole process.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MAX_COLUMNS = 1_000
MAX_CHARACTERS = 10_000_000
"""Of a cell, and of a line."""

_OPENING = re.compile(r' *"')
_LINE_END = "\r\n"


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row and the line, from 1, where it starts."""

    line: int
    cells: list[str]

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands in any cell."""
        return not any(cell.strip() for cell in self.cells)


class CellError(Exception):
    """Cells that cannot be told apart; nothing after them can be read."""

    def __init__(self, line: int, column: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


class RowReader:
    """Iterates over the rows of lines that keep their ends.

    Quotes are as in RFC 4180; spaces may stand around a quoted cell, and a quote inside an unquoted
    cell is text.

    Raises:
        CellError: while iterating, where a quote does not fit or a limit is passed.
    """

    def __init__(self, lines: Iterable[str], delimiter: str) -> None:
        self._lines = iter(lines)
        self._delimiter = delimiter
        self._text = ""
        self._end = 0
        self._number = 0

    def __iter__(self) -> Iterator[Row]:
        while self._advance():
            start = self._number
            if self._text.count(self._delimiter) >= MAX_COLUMNS and '"' not in self._text:
                raise self._too_many()
            if '"' in self._text:
                yield Row(start, self._quoted_row())
            else:
                yield Row(start, self._text[: self._end].split(self._delimiter))

    def _advance(self) -> bool:
        self._text = next(self._lines, "")
        self._number += bool(self._text)
        self._end = len(self._text.rstrip(_LINE_END))
        if len(self._text) > MAX_CHARACTERS:
            message = f"the line has more than {MAX_CHARACTERS:,} characters"
            raise CellError(self._number, 1, message)
        if "\0" in self._text:
            column = self._text.index("\0") + 1
            message = "a NUL character: the file is damaged, or is no text"
            raise CellError(self._number, column, message)
        return bool(self._text)

    def _quoted_row(self) -> list[str]:
        cells, place = list[str](), 0
        while True:
            opening = _OPENING.match(self._text, place)
            if opening:
                cell, place = self._quoted_cell(opening.end())
            else:
                end = self._text.find(self._delimiter, place)
                end = self._end if end == -1 else end
                cell, place = self._text[place:end], end
            cells.append(cell)
            if len(cells) > MAX_COLUMNS:
                raise self._too_many()
            if place >= self._end:
                return cells
            place += 1

    def _quoted_cell(self, place: int) -> tuple[str, int]:
        """The text behind an opening quote, over as many lines as it takes, and where it ends."""
        opened_line, opened_column = self._number, place
        parts, size = list[str](), 0
        while True:
            end = self._text.find('"', place)
            is_doubled = end != -1 and self._text.startswith('"', end + 1)
            part = self._text[place : end + is_doubled if end != -1 else None]
            parts.append(part)
            size += len(part)
            if size > MAX_CHARACTERS:
                message = (
                    f"a cell has more than {MAX_CHARACTERS:,} characters; is its quote closed?"
                )
                raise CellError(opened_line, opened_column, message)
            if end == -1:
                if not self._advance():
                    message = "the quote that opens here is never closed"
                    raise CellError(opened_line, opened_column, message)
                place = 0
            elif is_doubled:
                place = end + 2
            else:
                return "".join(parts), self._end_of_cell(end + 1)

    def _end_of_cell(self, place: int) -> int:
        while self._text.startswith(" ", place):
            place += 1
        rest = self._text[place : place + 1]
        if rest and rest not in _LINE_END and rest != self._delimiter:
            message = (
                f"{rest!r} stands behind a closing quote; write a quote inside a quoted cell twice"
            )
            raise CellError(self._number, place + 1, message)
        return place

    def _too_many(self) -> CellError:
        return CellError(self._number, 1, f"the line has more than {MAX_COLUMNS:,} columns")
