"""GitHub annotations: workflow commands that show a message beside a line of a file.

Source: GitHub documentation, "Workflow commands for GitHub Actions"; escapes as the runner reads
them back (`%25 %0D %0A`, in properties also `%3A %2C`).
"""

from collections.abc import Iterator, Sequence

from genaiops.evaluations.reports.annotations import Annotation, annotations_of
from genaiops.evaluations.reports.report import Report

MOST_OF_A_LEVEL = 10
"""GitHub shows no more of a step."""


def github_commands(report: Report) -> Iterator[str]:
    """A command for each annotation; the last of too many says how many more there are."""
    found = annotations_of(report)
    for level in ("error", "warning", "notice"):
        yield from _of_a_level([each for each in found if each.level == level])


def _of_a_level(found: Sequence[Annotation]) -> Iterator[str]:
    shown = found if len(found) <= MOST_OF_A_LEVEL else found[: MOST_OF_A_LEVEL - 1]
    for each in shown:
        yield _command(each)
    if len(found) > len(shown):
        level, left = found[0].level, len(found) - len(shown)
        yield f"::{level} title=genaiops::and {left} more: see the summary of this job"


def _command(found: Annotation) -> str:
    place = f"file={_property(found.site.path)},line={found.site.line}"
    return f"::{found.level} {place},title={_property(found.rule)}::{_data(found.message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
