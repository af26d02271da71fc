"""`genaiops compare`: many arms side by side, ranked as far as that is proven."""

from pathlib import Path
from typing import Annotated

import typer

from genaiops.cli.comparison import comparison_text
from genaiops.cli.door import note, show, show_json
from genaiops.cli.options import JsonOption, new_app
from genaiops.cli.text import terminal_width
from genaiops.errors import InputError
from genaiops.evaluations.comparing import compare_arms
from genaiops.evaluations.reports.comparison_json import comparison_fields
from genaiops.evaluations.reports.comparison_write import check_comparison_suffix, write_comparison
from genaiops.evaluations.score_matrix import read_score_matrix
from genaiops.gates.ranges import Range

app = new_app("Compare many arms on the same cases.")


@app.command()
def command(
    scores: Annotated[
        Path, typer.Argument(help="A CSV: case ids in the first column, then an arm a column.")
    ],
    metric_range: Annotated[
        str | None,
        typer.Option("--metric-range", help="LOW,HIGH of the scores; 0,1 if all are in it."),
    ] = None,
    lower_is_better: Annotated[
        bool, typer.Option("--lower-is-better", help="Low scores are good.")
    ] = False,
    margin: Annotated[
        float | None,
        typer.Option("--margin", min=0, help="The drop that being cheaper or faster is worth."),
    ] = None,
    slices: Annotated[
        list[str] | None, typer.Option("--slice", help="A tag to name the leaders of; repeatable.")
    ] = None,
    output: Annotated[
        list[Path] | None,
        typer.Option("-o", "--output", help="Write a report: .json .csv .md; repeatable."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Rank the arms of a matrix of scores, and say what is proven."""
    for path in output or []:
        check_comparison_suffix(path.name)
    arms = read_score_matrix(
        scores,
        values=_range(metric_range),
        direction="lower" if lower_is_better else "higher",
    )
    comparison = compare_arms(arms, metric=None, slices=slices or [], margin=margin)
    for path in output or []:
        write_comparison(comparison, path)
        note(f"wrote {path}")
    if json:
        show_json(comparison_fields(comparison))
    else:
        show(comparison_text(comparison, terminal_width()))


def _range(written: str | None) -> Range | None:
    """`0,1` to a range.

    Raises:
        InputError: it is none.
    """
    if written is None:
        return None
    try:
        low, high = (float(end) for end in written.split(","))
    except ValueError:
        low = high = 0.0
    if not low < high:
        raise InputError(f"--metric-range {written!r}: write LOW,HIGH, such as 0,1 or 1,5")
    return Range(low, high)
