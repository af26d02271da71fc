"""From the suffix of a file to the report of a comparison."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from genaiops.evaluations.comparison import Comparison
from genaiops.evaluations.reports.comparison_csv import render_comparison_csv
from genaiops.evaluations.reports.comparison_json import render_comparison_json
from genaiops.evaluations.reports.comparison_markdown import render_comparison_markdown
from genaiops.evaluations.reports.html import write_page
from genaiops.evaluations.reports.output import for_suffix, write_pieces
from genaiops.evaluations.reports.report import ArmReport

RENDERS: Mapping[str, Callable[[Comparison], Iterator[str]] | None] = {
    ".html": None,
    ".json": render_comparison_json,
    ".csv": render_comparison_csv,
    ".md": render_comparison_markdown,
}
"""None for the page, which shows the answers too."""


def check_comparison_suffix(name: str) -> None:
    """See that a comparison can be written under this name.

    Raises:
        InputError: no report of a comparison has that suffix.
    """
    for_suffix(name, RENDERS)


def write_comparison(
    comparison: Comparison, arms: Sequence[ArmReport], path: Path
) -> tuple[Path, ...]:
    """Write the report that the path's suffix asks for.

    Returns:
        The files that were written: one, or the pages of a large `.html`.

    Raises:
        InputError: no report of a comparison has that suffix.
        ExecutionError: the file cannot be written.
    """
    render = for_suffix(path.name, RENDERS)
    if render is None:
        return write_page(arms, comparison, path)
    write_pieces(render(comparison), path)
    return (path,)
