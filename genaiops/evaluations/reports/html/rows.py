"""Cases with what every arm answered, matched by id, streamed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from genaiops.evaluations.reports.report import Report
from genaiops.records import Case
from genaiops.store import StoredResult


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case and the results of each arm, by label, in the order of the repeats."""

    case: Case
    results: Mapping[str, Sequence[StoredResult]]


class _Results:
    """The results of one arm by case; what is not asked for yet is held back."""

    def __init__(self, report: Report) -> None:
        self._groups = groupby(report.results(), key=lambda stored: stored.case.id)
        self._held: dict[str, list[StoredResult]] = {}

    def take(self, case_id: str) -> list[StoredResult]:
        """The results of a case, or none; those before it wait until they are asked for."""
        if case_id in self._held:
            return self._held.pop(case_id)
        for found, group in self._groups:
            if found == case_id:
                return list(group)
            self._held[found] = list(group)
        return []

    def rest(self) -> Iterator[tuple[str, list[StoredResult]]]:
        """All that nobody took, in order."""
        yield from self._held.items()
        for found, group in self._groups:
            yield found, list(group)


def case_rows(reports: Mapping[str, Report]) -> Iterator[CaseRow]:
    """Every case of every arm, once, in the order of the first arm that has it.

    Arms with the same cases in the same order are read side by side; where orders differ, results
    are held in memory until their case comes.
    """
    streams = {label: _Results(report) for label, report in reports.items()}
    labels = list(streams)
    for place, label in enumerate(labels):
        for case_id, own in streams[label].rest():
            others = {other: streams[other].take(case_id) for other in labels[place + 1 :]}
            missing: dict[str, list[StoredResult]] = {other: [] for other in labels[:place]}
            yield CaseRow(own[0].case, {**missing, label: own, **others})
