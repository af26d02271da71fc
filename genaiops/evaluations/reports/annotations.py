"""What is wrong in a run, each with the line of a file to look at: for SARIF, GitLab and GitHub."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from genaiops.digests import digest
from genaiops.evaluations.reports.origin import Origin, Site
from genaiops.evaluations.reports.report import Report
from genaiops.records import Verdict
from genaiops.text.layout import one_line
from genaiops.text.quantities import counted

Level = Literal["error", "warning", "notice"]
_LONGEST = 1_000


@dataclass(frozen=True, slots=True)
class Annotation:
    """Something to look at.

    `rule` is what was broken: a gate by its text. `error` stops the pull request, a `warning` does
    not, a `notice` is for information. `also` is a second place: the gate, where the fault is not
    in its line.
    """

    rule: str
    level: Level
    message: str
    site: Site
    also: Site | None = None

    def fingerprint(self, evaluation: str) -> str:
        """The same for the same gate of an evaluation, on whatever line it stands."""
        return digest([evaluation, self.rule])


def annotations_of(report: Report) -> tuple[Annotation, ...]:
    """One for each gate that did not pass, and one for the cases that failed, the worst first."""
    origin = report.origin or Origin(Site(f"evals/{report.run.eval}.yaml"))
    found = [*_gates(report, origin), *_failures(report, origin)]
    order: tuple[Level, ...] = ("error", "warning", "notice")
    once: dict[str, Annotation] = {}
    for each in found:
        once.setdefault(each.rule, each)
    return tuple(sorted(once.values(), key=lambda each: order.index(each.level)))


def _gates(report: Report, origin: Origin) -> Iterator[Annotation]:
    verdicts = report.decision.verdicts if report.decision is not None else ()
    for verdict in verdicts:
        if verdict.word != "pass":
            site, gate = origin.fault(verdict), origin.gate(verdict)
            yield Annotation(
                rule=one_line(verdict.gate, _LONGEST),
                level=_level(verdict),
                message=one_line(f"{verdict.word} ({verdict.tier}): {_told(verdict)}", _LONGEST),
                site=site,
                also=gate if gate != site else None,
            )


def _told(verdict: Verdict) -> str:
    return f"{verdict.gate}: {verdict.sentence}"


def _level(verdict: Verdict) -> Level:
    if verdict.blocks:
        return "error"
    is_told_to_all = verdict.word == "fail" or verdict.tier == "blocking"
    return "warning" if is_told_to_all else "notice"


def _failures(report: Report, origin: Origin) -> Iterator[Annotation]:
    if not report.has_failures:
        return
    kinds: Counter[str] = Counter()
    for stored in report.results():
        if stored.result.failure is not None:
            kinds[stored.result.failure.kind] += 1
    if kinds:
        told = ", ".join(f"{kind} {count}" for kind, count in kinds.most_common())
        message = f"{counted(kinds.total(), 'case')} failed: {told}"
        yield Annotation("failed cases", "warning", message, origin.evaluation)
