"""Tables for three places: cards on a narrow screen, scrolled in themselves, or as they are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from genaiops.evaluations.reports.html.markup import Html, element


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head, and the class of its cells (`n`: a number, `plot`: a picture)."""

    head: str
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row, the first of which names it; `kind` is a class for its looks."""

    cells: Sequence[str]
    kind: str | None = None


def card_table(caption: str, columns: Sequence[Column], rows: Iterable[Row]) -> Html:
    """A table whose rows become cards; its roles are written out, since cards would lose them."""
    heads = [
        element("th", column.head, scope="col", role="columnheader", class_=column.kind)
        for column in columns
    ]
    return element(
        "table",
        element("caption", caption),
        element("thead", element("tr", *heads, role="row"), role="rowgroup"),
        element("tbody", *(_card(columns, row) for row in rows), role="rowgroup"),
        role="table",
        class_="cards",
    )


def wide_table(caption: str, columns: Sequence[Column], rows: Iterable[Row]) -> Html:
    """A table of many columns, which scrolls within itself, with the keyboard too."""
    inside = plain_table(caption, columns, rows)
    return element("div", inside, class_="wide", tabindex="0", role="region", aria_label=caption)


def plain_table(caption: str, columns: Sequence[Column], rows: Iterable[Row]) -> Html:
    """A table of few columns, which stays one on any screen."""
    heads = [element("th", column.head, scope="col", class_=column.kind) for column in columns]
    body = [_line(columns, row) for row in rows]
    head = element("thead", element("tr", *heads))
    return element("table", element("caption", caption), head, element("tbody", *body))


def _line(columns: Sequence[Column], row: Row) -> Html:
    first, *others = row.cells
    cells = [
        element("td", cell, class_=column.kind)
        for column, cell in zip(columns[1:], others, strict=True)
    ]
    return element("tr", element("th", first, scope="row"), *cells, class_=row.kind)


def _card(columns: Sequence[Column], row: Row) -> Html:
    first, *others = row.cells
    cells = [
        element("td", cell, role="cell", class_=column.kind, data_label=_label(column))
        for column, cell in zip(columns[1:], others, strict=True)
    ]
    name = element("th", first, scope="row", role="rowheader")
    return element("tr", name, *cells, role="row", class_=row.kind)


def _label(column: Column) -> str | None:
    """What names a cell on its card; the picture of an axis does not."""
    return None if isinstance(column.head, Html) else column.head
