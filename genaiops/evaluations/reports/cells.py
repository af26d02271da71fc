"""Text that came from outside as a cell: of a CSV, where it is no formula, or of Markdown."""

import csv
import io
import re
from collections.abc import Sequence

from genaiops.text.printable import printable

_TRIMMED = r"[\s\ufeff\u00ad\u200b-\u200d\u2060-\u2064]*"
_FORMULA = re.compile(_TRIMMED + r"[=+\-@\uff1d\uff0b\uff0d\uff20]|\t")
"""What a spreadsheet may compute: also in full width, or behind what it trims."""
_MARKUP = "\\`*_[]<>|#"


def csv_cell(text: str) -> str:
    """The text without control characters, defused where a spreadsheet would compute it."""
    shown = printable(text)
    return f"'{shown}" if _FORMULA.match(shown) else shown


def csv_row(cells: Sequence[str]) -> str:
    """A line of a CSV; cells have to be safe already."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue()


def markdown_cell(text: str) -> str:
    """Text that stays text: no markup, no table breaks, no line breaks."""
    text = printable(text)
    for character in _MARKUP:
        text = text.replace(character, f"\\{character}")
    return " ".join(text.split())
