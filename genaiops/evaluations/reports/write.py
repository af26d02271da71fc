"""From the suffix of a file to its report."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import cast

from genaiops.evaluations.reports.output import for_suffix, load_render, write_page, write_pieces
from genaiops.evaluations.reports.report import ArmReport, Report

SUFFIXES: Mapping[str, str | None] = {
    ".json": "canonical:render_json",
    ".jsonl": "canonical:render_jsonl",
    ".csv": "table:render_csv",
    ".md": "markdown:render_markdown",
    ".html": None,
    ".junit.xml": "junit:render_junit",
    ".sarif": "sarif:render_sarif",
    ".gitlab.json": "gitlab:render_gitlab",
}
"""What renders a report, loaded when one is written; None for the page, of one file or more."""


def check_suffix(name: str) -> None:
    """See that a report can be written under this name.

    Raises:
        InputError: no report has that suffix.
    """
    for_suffix(name, SUFFIXES)


def write_report(report: Report, path: Path) -> tuple[Path, ...]:
    """Write the report that the path's suffix asks for.

    Returns:
        The files that were written: one, or the pages of a large `.html`.

    Raises:
        InputError: no report has that suffix.
        ExecutionError: the file cannot be written.
    """
    place = for_suffix(path.name, SUFFIXES)
    if place is None:
        return write_page([_only_arm(report)], None, path)
    render = cast("Callable[[Report], Iterator[str]]", load_render(place))
    write_pieces(render(report), path)
    return (path,)


def _only_arm(report: Report) -> ArmReport:
    return ArmReport(report.run.variant or ", ".join(report.run.models) or report.run.eval, report)
