"""The results as CSV: one row a case and repeat; a cell never becomes a formula."""

import json
from collections.abc import Iterator

from pydantic import JsonValue

from genaiops.evaluations.reports.cells import csv_cell, csv_row
from genaiops.evaluations.reports.report import Report
from genaiops.store import StoredResult

_HEAD = (
    "case", "repeat", "status", "failure", "inputs", "outputs", "input_tokens", "output_tokens",
    "cost_usd",
)  # fmt: skip


def render_csv(report: Report) -> Iterator[str]:
    """A header, then one row a case and repeat, in the order of the dataset."""
    metrics = [info.name for info in report.run.metrics]
    names = map(csv_cell, metrics)
    yield csv_row([*_HEAD, *names])
    for stored in report.results():
        yield csv_row(_cells(stored, metrics))


def _cells(stored: StoredResult, metrics: list[str]) -> list[str]:
    result = stored.result
    usage = result.usage
    failure = f"{result.failure.kind}: {result.failure.message}" if result.failure else ""
    values = [result.scores[name].value if name in result.scores else None for name in metrics]
    return [
        csv_cell(stored.case.id),
        str(result.repeat),
        result.status,
        csv_cell(failure),
        csv_cell(_text(stored.case.inputs)),
        csv_cell(_text(result.outputs or {})),
        str(usage.input_tokens),
        str(usage.output_tokens),
        "" if usage.cost_usd is None else repr(usage.cost_usd),
        *("" if value is None else repr(value) for value in values),
    ]


def _text(fields: dict[str, JsonValue]) -> str:
    """The one text where there is one, else JSON."""
    texts = [value for value in fields.values() if isinstance(value, str)]
    return texts[0] if len(texts) == len(fields) == 1 else json.dumps(fields, ensure_ascii=False)
