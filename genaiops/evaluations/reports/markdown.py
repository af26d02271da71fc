"""A summary in Markdown, for a job page or a pull request."""

from collections.abc import Iterator

from genaiops.evaluations.reports.cells import markdown_cell
from genaiops.evaluations.reports.figures import counts_text, estimate_text
from genaiops.evaluations.reports.report import Report
from genaiops.records import Decision, Estimate, MetricInfo, Verdict
from genaiops.text.quantities import counted, money

WORST_CASES = 10


def render_markdown(report: Report) -> Iterator[str]:
    """The decision, the scores with their intervals, and the cases that failed."""
    run = report.run
    if report.decision is not None:
        yield from _decision(report.decision)
    else:
        yield f"# {markdown_cell(run.eval)}\n\n"
    cost = money(run.usage.cost_usd)
    yield f"{counts_text(run)}. {cost[0].upper()}{cost[1:]}. Run `{run.digest[:12]}`.\n\n"
    yield "| metric | slice | estimate | cases | missing |\n|---|---|---|---:|---:|\n"
    for entry in report.estimates:
        yield _estimate_row(entry.info, "all", entry.estimate)
        for part in entry.slices:
            yield _estimate_row(entry.info, f"{part.slice} {part.value}", part.estimate)
    yield from _failures(report)


def _decision(decision: Decision) -> Iterator[str]:
    blocked = "blocked" if decision.blocked else "not blocked"
    yield f"# {decision.word.upper()}: {markdown_cell(decision.eval)} ({blocked})\n\n"
    yield f"{markdown_cell(decision.policy_sentence)}\n\n"
    yield "| gate | verdict | why |\n|---|---|---|\n"
    for verdict in decision.verdicts:
        yield _verdict_row(verdict)
    yield "\n"
    for note in decision.notes:
        yield f"* {markdown_cell(note)}\n"
    if decision.notes:
        yield "\n"


def _verdict_row(verdict: Verdict) -> str:
    tier = "" if verdict.tier == "blocking" else f" ({verdict.tier})"
    gate, sentence = markdown_cell(verdict.gate), markdown_cell(verdict.sentence)
    return f"| {gate}{tier} | **{verdict.word}** | {sentence} |\n"


def _estimate_row(info: MetricInfo, part: str, estimate: Estimate) -> str:
    return (
        f"| {markdown_cell(info.name)} | {markdown_cell(part)} | {estimate_text(estimate, info)}"
        f" | {estimate.n} | {estimate.missing} |\n"
    )


def _failures(report: Report) -> Iterator[str]:
    failed = [stored for stored in report.results() if stored.result.failure is not None]
    if not failed:
        return
    yield f"\n## {counted(len(failed), 'case')} failed\n\n"
    for stored in failed[:WORST_CASES]:
        failure = stored.result.failure
        assert failure is not None  # noqa: S101  filtered above
        case_id, message = markdown_cell(stored.case.id), markdown_cell(failure.message)
        yield f"* `{case_id}` {failure.kind}: {message}\n"
    if len(failed) > WORST_CASES:
        yield f"* and {len(failed) - WORST_CASES} more\n"
