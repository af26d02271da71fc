"""What a page is about: the arms, what they were compared by, and the words for both. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from genaiops.evaluations.comparison import Comparison
from genaiops.evaluations.reports.report import ArmReport, Report
from genaiops.gates import MetricEstimate
from genaiops.records import EvalRun, MetricInfo


@dataclass(frozen=True, slots=True)
class Subject:
    """The arms of a page, in the order in which they were named, and their comparison."""

    arms: tuple[ArmReport, ...]
    comparison: Comparison | None

    @property
    def reports(self) -> Mapping[str, Report]:
        """The reports of the arms that ran, by label."""
        return {arm.label: arm.report for arm in self.arms if arm.report is not None}

    @property
    def runs(self) -> Sequence[EvalRun]:
        return [report.run for report in self.reports.values()]

    @property
    def title(self) -> str:
        """The evaluation's name; of several evaluations, all names."""
        names = dict.fromkeys(run.eval for run in self.runs)
        return ", ".join(names) or "Comparison"

    @property
    def metric(self) -> MetricInfo | None:
        """What cases are sorted by: the compared metric, else the first of quality."""
        if self.comparison is not None:
            return self.comparison.metric
        quality = (info for info in self.metrics if info.unit in {"share", "score"})
        return next(quality, None)

    @property
    def metrics(self) -> Sequence[MetricInfo]:
        """The metrics of all arms, in order of their first appearance."""
        found: dict[str, MetricInfo] = {}
        for run in self.runs:
            for info in run.metrics:
                found.setdefault(info.name, info)
        return list(found.values())

    def estimates(self, metric: str) -> Mapping[str, MetricEstimate]:
        """What each arm scored in a metric, by label."""
        return {
            label: entry
            for label, report in self.reports.items()
            for entry in report.estimates
            if entry.info.name == metric
        }


def subject_of(arms: Sequence[ArmReport], comparison: Comparison | None) -> Subject:
    """The subject of a page; arms of one label are told apart by a number."""
    seen: dict[str, int] = {}
    told: list[ArmReport] = []
    for arm in arms:
        seen[arm.label] = seen.get(arm.label, 0) + 1
        again = seen[arm.label]
        label = arm.label if again == 1 else f"{arm.label} ({again})"
        told.append(ArmReport(label, arm.report, arm.failure))
    return Subject(tuple(told), comparison)
