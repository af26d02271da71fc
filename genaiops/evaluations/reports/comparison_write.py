"""From the suffix of a file to the report of a comparison."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import cast

from genaiops.evaluations.comparison import Comparison
from genaiops.evaluations.reports.output import for_suffix, load_render, write_page, write_pieces
from genaiops.evaluations.reports.report import ArmReport

RENDERS: Mapping[str, str | None] = {
    ".html": None,
    ".json": "comparison_json:render_comparison_json",
    ".csv": "comparison_csv:render_comparison_csv",
    ".md": "comparison_markdown:render_comparison_markdown",
}
"""What renders a comparison, loaded when one is written; None for the page, with the answers."""


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
    place = for_suffix(path.name, RENDERS)
    if place is None:
        return write_page(arms, comparison, path)
    render = cast("Callable[[Comparison], Iterator[str]]", load_render(place))
    write_pieces(render(comparison), path)
    return (path,)
