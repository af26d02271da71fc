"""Text that came from outside as a cell: of a CSV, where it is no formula, or of Markdown."""

import csv
import io
import re
from collections.abc import Sequence

from genaiops.text.layout import one_line
from genaiops.text.printable import printable

_TRIMMED = r"[\s\ufeff\u00ad\u200b-\u200d\u2060-\u2064]*"
_FORMULA = re.compile(_TRIMMED + r"[=+\-@\uff1d\uff0b\uff0d\uff20]|\t")
"""What a spreadsheet may compute: also in full width, or behind what it trims."""
_MARKUP = "\\`*_[]<>|#~"
_NAMES = re.compile(r"([@#!])(?=\w)|(?<=:)(?=//)|(?<=www)(?=\.)", re.IGNORECASE)
"""Where a page would notify a person, or link to an issue or to an address that was only named."""
_NOTHING = "&#8203;"
"""A space without width: the name is shown and is none any more."""
_MARK = "\ufdd0"
"""Stands for it while the text is escaped; no text may hold this character."""


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
    """Text that stays text: no markup, links, mentions, table breaks or line breaks."""
    text = printable(text).replace(_MARK, "").replace("&", "&amp;")
    text = _NAMES.sub(lambda found: f"{found[0]}{_MARK}", text)
    for character in _MARKUP:
        text = text.replace(character, f"\\{character}")
    return " ".join(text.split()).replace(_MARK, _NOTHING)


def markdown_code(text: str, width: int) -> str:
    """Text as it is, on one line and cut at a width; not for tables, which see bars in it."""
    flat = one_line(text, width) or "(empty)"
    fence = "`" * (max(map(len, re.findall("`+", flat)), default=0) + 1)
    return f"{fence} {flat} {fence}" if "`" in flat else f"{fence}{flat}{fence}"
