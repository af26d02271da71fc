"""Which character stands between the cells of a CSV file, by its first lines. Pure."""

import re
from collections.abc import Sequence

from genaiops.datasets.cells import CellError, Row, RowReader

COMMA = ","
NAMES = {COMMA: "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_SAID = re.compile(r"sep=([,;\t|])\r?\n?\Z", re.IGNORECASE)


def said_delimiter(line: str) -> str | None:
    """The delimiter that a first line `sep=;` says, as Excel writes it."""
    match = _SAID.match(line)
    return match[1] if match else None


def guess_delimiter(lines: Sequence[str]) -> str:
    """The delimiter that gives the header more than one cell and all rows as many, else a comma.

    Where several do, or none does, the one that gives the header the most cells.
    """
    fits = {delimiter: _fit(lines, delimiter) for delimiter in NAMES}
    return max(NAMES, key=lambda delimiter: fits[delimiter])


def _fit(lines: Sequence[str], delimiter: str) -> tuple[bool, int]:
    rows = [row for row in _readable(lines, delimiter) if not row.is_blank]
    widths = [_width(row) for row in rows]
    # a header that cannot be read is counted roughly: what is wrong with it is said on reading
    header = widths[0] if widths else "".join(lines[:1]).count(delimiter) + 1
    return header > 1 and all(width <= header for width in widths), header


def _readable(lines: Sequence[str], delimiter: str) -> list[Row]:
    """The rows up to the first that cannot be read, or is cut off."""
    rows = list[Row]()
    try:
        rows.extend(RowReader(lines, delimiter))
    except CellError:
        return rows
    return rows


def _width(row: Row) -> int:
    """The cells of a row without blank ones at its end, which spreadsheets leave behind."""
    cells = row.cells
    return next((n for n in range(len(cells), 0, -1) if cells[n - 1].strip()), 0)
