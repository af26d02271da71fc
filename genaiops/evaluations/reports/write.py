"""From the suffix of a file to its report."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from genaiops.evaluations.reports.canonical import render_json, render_jsonl
from genaiops.evaluations.reports.html import render_page, write_page
from genaiops.evaluations.reports.junit import render_junit
from genaiops.evaluations.reports.markdown import render_markdown
from genaiops.evaluations.reports.output import for_suffix, write_pieces
from genaiops.evaluations.reports.report import ArmReport, Report
from genaiops.evaluations.reports.table import render_csv


def _render_html(report: Report) -> Iterator[str]:
    return render_page([_only_arm(report)], None)


SUFFIXES: Mapping[str, Callable[[Report], Iterator[str]]] = {
    ".json": render_json,
    ".jsonl": render_jsonl,
    ".csv": render_csv,
    ".md": render_markdown,
    ".html": _render_html,
    ".junit.xml": render_junit,
}


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
    render = for_suffix(path.name, SUFFIXES)
    if render is _render_html:
        return write_page([_only_arm(report)], None, path)
    write_pieces(render(report), path)
    return (path,)


def _only_arm(report: Report) -> ArmReport:
    return ArmReport(report.run.variant or ", ".join(report.run.models) or report.run.eval, report)
