"""The rendered cases of a page, kept aside in a file while their order is not yet known."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO

from genaiops.evaluations.reports.html.case import case_html
from genaiops.evaluations.reports.html.filters import Filter, Filters, unique
from genaiops.evaluations.reports.html.harm import standing_of
from genaiops.evaluations.reports.html.markup import slug
from genaiops.evaluations.reports.html.rows import case_rows
from genaiops.evaluations.reports.html.subject import Subject

_IN_MEMORY = 16_000_000


@dataclass(frozen=True, slots=True)
class Entry:
    """A rendered case: where it belongs, its classes, and where it lies, in bytes."""

    order: tuple[float, float]
    kinds: tuple[str, ...]
    start: int
    size: int


@dataclass(frozen=True, slots=True)
class CaseStack:
    """All cases in order of harm, and the filters that show some of them."""

    entries: Sequence[Entry]
    filters: Sequence[Filter]
    _file: IO[bytes]

    def read(self, entry: Entry) -> str:
        """The markup of a case."""
        self._file.seek(entry.start)
        return self._file.read(entry.size).decode()


@contextmanager
def stacked_cases(subject: Subject) -> Generator[CaseStack]:
    """Render all cases in one pass over the results; sorting then needs their numbers only."""
    filters = Filters()
    with SpooledTemporaryFile(_IN_MEMORY) as file:
        entries = sorted(_rendered(subject, filters, file), key=lambda entry: entry.order)
        yield CaseStack(entries, filters.found(), file)


def _rendered(subject: Subject, filters: Filters, file: IO[bytes]) -> Iterator[Entry]:
    metric, taken = subject.metric, set[str]()
    others = [info for info in subject.metrics if metric is None or info.name != metric.name]
    metrics = others if metric is None else [metric, *others]
    start = 0
    for row in case_rows(subject.reports):
        standing = standing_of(row, metric)
        kinds = filters.kinds_of(row.case, standing)
        anchor = unique(f"case-{slug(row.case.id)}", taken)
        case = case_html(row, standing, metrics, anchor=anchor, kinds=kinds)
        written = f"{case}\n".encode()
        file.write(written)
        yield Entry(standing.order, kinds, start, len(written))
        start += len(written)
