"""What a report tells of: a run, its estimates, and the decision on it; or several as arms."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from genaiops.evaluations.reports.origin import Origin
from genaiops.gates import MetricEstimate
from genaiops.records import Decision, EvalRun, RunScores
from genaiops.store import StoredResult


@dataclass(frozen=True, slots=True)
class Report:
    """A run that can be written down; `results` streams its results anew at each call.

    Without `has_failures` nothing failed and no score is missing, so they need no search for it.
    `reference` reads what the decision compared with, `origin` has the files behind it.
    """

    run: EvalRun
    estimates: tuple[MetricEstimate, ...]
    decision: Decision | None
    results: Callable[[], Iterator[StoredResult]]
    has_failures: bool = True
    reference: Callable[[], RunScores] | None = None
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class ArmReport:
    """An arm of a comparison as reports show it; `report` is None where it never ran."""

    label: str
    report: Report | None
    failure: str | None = None
