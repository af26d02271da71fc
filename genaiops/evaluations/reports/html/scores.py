"""Every metric: of one arm with its intervals on one axis, of several side by side."""

from collections.abc import Iterator

from genaiops.evaluations.reports.comparison_figures import score_text
from genaiops.evaluations.reports.figures import estimate_text, level_text
from genaiops.evaluations.reports.html.markup import Html, element
from genaiops.evaluations.reports.html.subject import Subject
from genaiops.evaluations.reports.html.svg import axis_of, plot, scale
from genaiops.evaluations.reports.html.tables import Column, Row, card_table, wide_table
from genaiops.gates import MetricEstimate, number_style
from genaiops.records import MetricInfo


def scores(subject: Subject, plots: Iterator[int]) -> Iterator[Html]:
    """The estimates over all cases."""
    reports = subject.reports
    if len(reports) == 1:
        (report,) = reports.values()
        yield element("h2", "Scores")
        yield _own_scores(report.estimates, plots)
    elif reports:
        yield element("h2", "All metrics")
        yield _all_scores(subject)


def _own_scores(estimates: tuple[MetricEstimate, ...], plots: Iterator[int]) -> Html:
    """The scores of one arm; shares have one axis, what has another unit has no plot."""
    shares = [entry for entry in estimates if (entry.info.low, entry.info.high) == (0, 1)]
    axis = axis_of((entry.estimate for entry in shares), low=0, high=1)
    level = f" [{level_text(estimates[0].estimate.level)}]" if estimates else ""
    columns = [Column("metric"), Column(f"estimate{level}", "n"), Column("cases", "n")]
    columns.append(Column("missing", "n"))
    if axis is not None:
        columns.insert(2, Column(scale(axis, number_style(shares[0].info), plots), "plot"))
    rows: list[Row] = []
    for entry in estimates:
        told = estimate_text(entry.estimate, entry.info)
        cells: list[str] = [entry.info.name, told, str(entry.estimate.n)]
        cells.append(str(entry.estimate.missing))
        if axis is not None:
            is_drawn = entry in shares
            name = f"{entry.info.name}: {told}"
            cells.insert(2, plot(entry.estimate, axis, name, plots) if is_drawn else "")
        rows.append(Row(cells))
    return card_table("Scores over all cases", columns, rows)


def _all_scores(subject: Subject) -> Html:
    labels = list(subject.reports)
    columns = [Column("metric"), *(Column(label, "n") for label in labels)]
    rows: list[Row] = []
    for info in subject.metrics:
        found = subject.estimates(info.name)
        told = [_estimate_cell(found.get(label), info) for label in labels]
        rows.append(Row((info.name, *told)))
    return wide_table("Every metric over all cases", columns, rows)


def _estimate_cell(entry: MetricEstimate | None, info: MetricInfo) -> str:
    return "–" if entry is None else score_text(entry.estimate, info)
