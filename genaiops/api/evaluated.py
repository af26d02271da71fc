"""What an evaluation came to, for a script, a test or a notebook."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path

from genaiops.api.table import estimates_table
from genaiops.evaluations.reports import write_report
from genaiops.evaluations.reports.terminal.summary import failures_text, run_text
from genaiops.gates import MetricEstimate
from genaiops.project.evaluating import report_of
from genaiops.project.session import Session
from genaiops.records import CaseResult, Estimate, EvalRun


@dataclass(frozen=True, slots=True, repr=False)
class Evaluated:
    """A run in the store of its project; as text, and in a notebook, it shows as a table.

    `notes` has what was noticed on the way, such as a warning about the data.
    """

    run: EvalRun
    estimates: tuple[MetricEstimate, ...]
    notes: tuple[str, ...] = ()
    session: Session = field(kw_only=True)

    @property
    def scores(self) -> Mapping[str, Estimate]:
        """The estimate of each metric over all cases: `evaluated.scores["answer_f1"].value`."""
        return {entry.info.name: entry.estimate for entry in self.estimates}

    @property
    def results(self) -> Iterator[CaseResult]:
        """The result of each case and repeat, in the order of the dataset, from the store."""
        with self.session.read_store() as store:
            for stored in store.results(self.run.id):
                yield stored.result

    def write(self, path: str | PathLike[str]) -> None:
        """Write a report by the suffix: .html, .md, .csv, .json, .jsonl or .junit.xml.

        Raises:
            InputError: no report has that suffix.
            ExecutionError: the file cannot be written.
        """
        with self.session.read_store() as store:
            write_report(report_of(store, self.run), Path(path))

    def __str__(self) -> str:
        return "\n".join((run_text(self.run, self.estimates), *self._told()))

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return estimates_table(self.run, self.estimates, self._told())

    def _told(self) -> tuple[str, ...]:
        """What failed or is missing, with its reasons, and the notes."""
        with self.session.read_store() as store:
            failures = failures_text(store.results(self.run.id))
        return (*failures.splitlines(), *(f"  note: {note}" for note in self.notes))
