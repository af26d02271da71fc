"""Tables that stay tables for assistive technology and become cards on a narrow screen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from genaiops.evaluations.reports.html.markup import Html, element


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head, and whether it holds numbers (aligned right) or pictures."""

    head: str
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row, the first of which names it; `kind` is a class for its looks."""

    cells: Sequence[str]
    kind: str | None = None


def table(caption: str, columns: Sequence[Column], rows: Iterable[Row]) -> Html:
    """A table with roles written out, since cards on a narrow screen would else lose them."""
    heads = [
        element("th", column.head, scope="col", role="columnheader", class_=column.kind)
        for column in columns
    ]
    return element(
        "table",
        element("caption", caption),
        element("thead", element("tr", *heads, role="row"), role="rowgroup"),
        element("tbody", *(_row(columns, row) for row in rows), role="rowgroup"),
        role="table",
    )


def scrolled(label: str, content: Html) -> Html:
    """A wide thing that scrolls within itself, with the keyboard too."""
    return element("div", content, class_="wide", tabindex="0", role="region", aria_label=label)


def _row(columns: Sequence[Column], row: Row) -> Html:
    first, *others = row.cells
    cells = [
        element("td", cell, role="cell", class_=column.kind, data_label=_label(column))
        for column, cell in zip(columns[1:], others, strict=True)
    ]
    name = element("th", first, scope="row", role="rowheader", class_=columns[0].kind)
    return element("tr", name, *cells, role="row", class_=row.kind)


def _label(column: Column) -> str | None:
    return None if isinstance(column.head, Html) else column.head
