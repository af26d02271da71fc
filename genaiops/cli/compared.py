"""Several arms on the terminal and in files."""

from pathlib import Path

from genaiops.cli.door import note, show
from genaiops.evaluations.reports import write_page
from genaiops.project.comparing import Compared


def write_compared(compared: Compared, paths: list[Path]) -> None:
    """Write a comparison to each path, and say so."""
    for path in paths:
        for written in write_page(compared.arms, compared.comparison, path):
            note(f"wrote {written}")


def show_compared(compared: Compared, *, json: bool) -> None:  # noqa: ARG001  soon
    """Print a comparison, and how to look at the answers."""
    show(compared.comparison.sentence)
