"""The results as CSV: one row a case and repeat; a cell never becomes a formula."""

import csv
import io
import json
from collections.abc import Iterator

from pydantic import JsonValue

from genaiops.evaluations.reports.printable import printable
from genaiops.evaluations.reports.report import Report
from genaiops.store import StoredResult

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\0")


def render_csv(report: Report) -> Iterator[str]:
    """A header, then one row a case and repeat, in the order of the dataset."""
    metrics = [info.name for info in report.run.metrics]
    yield _row(["case", "repeat", "status", "failure", "inputs", "outputs", *metrics])
    for stored in report.results():
        yield _row(_cells(stored, metrics))


def _cells(stored: StoredResult, metrics: list[str]) -> list[str]:
    result = stored.result
    failure = f"{result.failure.kind}: {result.failure.message}" if result.failure else ""
    values = [result.scores[name].value if name in result.scores else None for name in metrics]
    return [
        _safe(stored.case.id),
        str(result.repeat),
        result.status,
        _safe(failure),
        _safe(_text(stored.case.inputs)),
        _safe(_text(result.outputs or {})),
        *("" if value is None else repr(value) for value in values),
    ]


def _text(fields: dict[str, JsonValue]) -> str:
    """The one text where there is one, else JSON."""
    texts = [value for value in fields.values() if isinstance(value, str)]
    return texts[0] if len(texts) == len(fields) == 1 else json.dumps(fields, ensure_ascii=False)


def _safe(cell: str) -> str:
    shown = printable(cell)
    return f"'{shown}" if shown.startswith(_FORMULA_STARTS) else shown


def _row(cells: list[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue()
