"""The output of an evaluation: counts that add up, scores with their intervals, failures."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from genaiops.evaluations.reports.figures import (
    cost_text,
    counts_text,
    estimate_text,
    made_again_text,
)
from genaiops.gates import MetricEstimate
from genaiops.records import NOT_APPLICABLE, CaseResult, Estimate, EvalRun, MetricInfo
from genaiops.store import StoredResult
from genaiops.text.layout import one_line, table, terminal_width
from genaiops.text.printable import printable
from genaiops.text.quantities import counted, seconds


def run_text(run: EvalRun, estimates: Sequence[MetricEstimate]) -> str:
    """Counts and scores of a run; the slices of the first metric stand below it."""
    lines = [*_head(run), table(_score_rows(estimates), right=(2,))]
    if len(estimates) > 1 and any(entry.slices for entry in estimates):
        lines.append("  the slices of the other metrics are in reports: -o report.md")
    return printable("\n".join(lines))


def _head(run: EvalRun) -> Iterator[str]:
    models = ", ".join(run.models)
    variant = f", variant {run.variant}" if run.variant else ""
    yield f"{run.id}  {models}{variant}"
    calls = f"{counted(run.made_calls, 'call')} made, {run.reused_calls} reused"
    yield f"  {counts_text(run)}; {calls}"
    if again := made_again_text(run):
        yield f"  {again}"
    yield f"  {seconds(run.seconds)}, {cost_text(run)}"


def _score_rows(estimates: Iterable[MetricEstimate]) -> Iterator[tuple[str, str, str]]:
    for place, entry in enumerate(estimates):
        yield _row(f"  {entry.info.name}", entry.estimate, entry.info)
        for part in entry.slices if place == 0 else ():
            yield _row(f"    {part.slice} {part.value}", part.estimate, entry.info)


def _row(name: str, estimate: Estimate, info: MetricInfo) -> tuple[str, str, str]:
    missing = f", {estimate.missing} missing" if estimate.missing else ""
    return name, estimate_text(estimate, info), f"{counted(estimate.n, 'case')}{missing}"


def failures_text(results: Iterable[StoredResult], *, most: int = 5) -> str:
    """How many cases failed of what, and how many scores are missing why, with examples.

    What several cases have in common is told once; of `most` texts or more, one of each kind is.
    """
    kinds: Counter[str] = Counter()
    told: dict[tuple[str, str], _Told] = {}
    for stored in results:
        for kind, text in _went_wrong(stored.result):
            if (kind, text) in told:
                told[kind, text].more += 1
            elif len(told) < most or kind not in kinds:
                told[kind, text] = _Told(stored.case.id)
            kinds[kind] += 1
    counts = [f"  {count} x {kind}" for kind, count in kinds.most_common()]
    width = terminal_width() - 4
    lines = (f"{example.who}: {text}" for (_, text), example in told.items())
    return "\n".join([*counts, *(f"    {one_line(line, width)}" for line in lines)])


@dataclass(slots=True)
class _Told:
    """The first case of which something is told, and how many more times it happened."""

    case_id: str
    more: int = 0

    @property
    def who(self) -> str:
        return f"{self.case_id} and {self.more} more" if self.more else self.case_id


def _went_wrong(result: CaseResult) -> Iterator[tuple[str, str]]:
    """The kind and the text of a failure, or of each score that is missing."""
    if result.failure is not None:
        yield f"failed: {result.failure.kind}", result.failure.message
        return
    for name, score in result.scores.items():
        if score.reason is not None and not score.reason.startswith(NOT_APPLICABLE):
            yield f"{name} missing", f"{name}: {score.reason}"
