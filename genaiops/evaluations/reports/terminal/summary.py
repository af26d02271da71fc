"""The output of an evaluation: counts that add up, scores with their intervals, failures."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from genaiops.evaluations.reports.figures import counts_text, estimate_text, made_again_text
from genaiops.gates import MetricEstimate
from genaiops.records import NOT_APPLICABLE, Estimate, EvalRun, MetricInfo
from genaiops.store import StoredResult
from genaiops.text.layout import one_line, table, terminal_width
from genaiops.text.printable import printable
from genaiops.text.quantities import counted, money, seconds


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
    yield f"  {seconds(run.seconds)}, {money(run.usage.cost_usd)}"


def _score_rows(estimates: Iterable[MetricEstimate]) -> Iterator[tuple[str, str, str]]:
    for place, entry in enumerate(estimates):
        yield _row(f"  {entry.info.name}", entry.estimate, entry.info)
        for part in entry.slices if place == 0 else ():
            yield _row(f"    {part.slice} {part.value}", part.estimate, entry.info)


def _row(name: str, estimate: Estimate, info: MetricInfo) -> tuple[str, str, str]:
    missing = f", {estimate.missing} missing" if estimate.missing else ""
    return name, estimate_text(estimate, info), f"{counted(estimate.n, 'case')}{missing}"


def failures_text(results: Iterable[StoredResult], *, most: int = 5) -> str:
    """How many cases failed of what, and how many scores are missing why, with examples."""
    kinds: Counter[str] = Counter()
    told: list[str] = []
    for stored in results:
        result = stored.result
        if result.failure is not None:
            kinds[f"failed: {result.failure.kind}"] += 1
            if len(told) < most:
                told.append(f"{stored.case.id}: {result.failure.message}")
            continue
        for name, score in result.scores.items():
            if score.reason is not None and not score.reason.startswith(NOT_APPLICABLE):
                kinds[f"{name} missing"] += 1
                if len(told) < most:
                    told.append(f"{stored.case.id}: {name}: {score.reason}")
    counts = [f"  {count} x {kind}" for kind, count in kinds.most_common()]
    width = terminal_width() - 4
    return "\n".join([*counts, *(f"    {one_line(line, width)}" for line in told)])
