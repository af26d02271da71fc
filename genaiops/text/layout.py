"""Text that a terminal shows: printable, within its width, aligned."""

import shutil
import textwrap
from collections.abc import Iterable, Sequence

from genaiops.text.printable import printable

_LEAST_COLUMN = 16


def one_line(text: str, width: int) -> str:
    """A printable text on one line, cut with an ellipsis where it is longer than the width."""
    flat = " ".join(printable(text).split())
    return flat if len(flat) <= width else flat[: max(width - 1, 0)] + "…"


def wrapped(text: str, *, indent: int = 0, width: int | None = None) -> str:
    """A printable text, wrapped and indented."""
    space = " " * indent
    lines = textwrap.wrap(
        " ".join(printable(text).split()),
        width or terminal_width(),
        initial_indent=space,
        subsequent_indent=space,
        break_on_hyphens=False,
    )
    return "\n".join(lines)


def hanging(lead: str, text: str) -> str:
    """A text behind its lead, wrapped and indented by it."""
    return lead + wrapped(text, indent=len(lead)).lstrip()


def table(
    rows: Iterable[Sequence[str]],
    *,
    right: Iterable[int] = (),
    gap: str = "  ",
    flexible: int | None = None,
    width: int | None = None,
) -> str:
    """Rows in columns as wide as their widest cell; the columns in `right` are right-aligned.

    The cells of the `flexible` column break between words where the table would be too wide.
    """
    cells = [
        [printable(cell).replace("\n", " ").replace("\t", " ") for cell in row] for row in rows
    ]
    if not cells:
        return ""
    widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))]
    if flexible is not None:
        left = (width or terminal_width()) - sum(widths) - len(gap) * (len(widths) - 1)
        shrunk = max(widths[flexible] + min(left, 0), _LEAST_COLUMN)
        widths[flexible] = min(widths[flexible], shrunk)
        cells = [line for row in cells for line in _broken(row, flexible, widths[flexible])]
    aligned = set(right)
    return "\n".join(
        gap.join(
            cell.rjust(size) if i in aligned else cell.ljust(size)
            for i, (cell, size) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    )


def _broken(row: list[str], column: int, width: int) -> list[list[str]]:
    """A row as one or more lines, indented alike, whose other cells stand in the first."""
    room = max(width, 1)
    lead = row[column][: len(row[column]) - len(row[column].lstrip())]
    pieces = textwrap.wrap(
        row[column], room, subsequent_indent=lead, break_long_words=False, break_on_hyphens=False
    )
    blank = [""] * len(row)
    return [
        [*(row if i == 0 else blank)[:column], piece, *(row if i == 0 else blank)[column + 1 :]]
        for i, piece in enumerate(pieces or [""])
    ]


def terminal_width(most: int | None = None) -> int:
    """The columns of the terminal, at least 60, at the most so many; 80 where there is none."""
    columns = max(shutil.get_terminal_size((80, 24)).columns, 60)
    return columns if most is None else min(columns, most)
