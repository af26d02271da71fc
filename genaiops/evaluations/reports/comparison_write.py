"""From the suffix of a file to the report of a comparison."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from genaiops.errors import ExecutionError, InputError
from genaiops.evaluations.comparison import Comparison
from genaiops.evaluations.reports.comparison_csv import render_comparison_csv
from genaiops.evaluations.reports.comparison_json import render_comparison_json
from genaiops.evaluations.reports.comparison_markdown import render_comparison_markdown

SUFFIXES: Mapping[str, Callable[[Comparison], Iterator[str]]] = {
    ".json": render_comparison_json,
    ".csv": render_comparison_csv,
    ".md": render_comparison_markdown,
}


def check_comparison_suffix(name: str) -> None:
    """See that a comparison can be written under this name.

    Raises:
        InputError: no report of a comparison has that suffix.
    """
    _renderer(name)


def write_comparison(comparison: Comparison, path: Path) -> None:
    """Write the report that the path's suffix asks for.

    Raises:
        InputError: no report of a comparison has that suffix.
        ExecutionError: the file cannot be written.
    """
    render = _renderer(path.name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(render(comparison))
    except OSError as error:
        raise ExecutionError(f"{path}: cannot be written: {error.strerror}") from error


def _renderer(name: str) -> Callable[[Comparison], Iterator[str]]:
    for suffix, render in SUFFIXES.items():
        if name.lower().endswith(suffix):
            return render
    raise InputError(f"-o {name}: the suffix must be one of {', '.join(SUFFIXES)}")
