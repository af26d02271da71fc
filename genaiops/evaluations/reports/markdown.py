"""A summary in Markdown, for a job page or a pull request."""

from collections.abc import Iterator

from genaiops.evaluations.reports.figures import estimate_text
from genaiops.evaluations.reports.printable import printable
from genaiops.evaluations.reports.report import Report
from genaiops.records import Decision, Estimate, MetricInfo, Verdict

WORST_CASES = 10


def render_markdown(report: Report) -> Iterator[str]:
    """The decision, the scores with their intervals, and the cases that failed."""
    run = report.run
    if report.decision is not None:
        yield from _decision(report.decision)
    else:
        yield f"# {_cell(run.eval)}\n\n"
    yield (
        f"{run.planned} planned = {run.scored} scored + {run.errored} errored"
        f" + {run.skipped} skipped. Run `{run.digest[:12]}`.\n\n"
    )
    yield "| metric | slice | estimate | cases | missing |\n|---|---|---|---:|---:|\n"
    for entry in report.estimates:
        yield _estimate_row(entry.info, "all", entry.estimate)
        for part in entry.slices:
            yield _estimate_row(entry.info, f"{part.slice} {part.value}", part.estimate)
    yield from _failures(report)


def _decision(decision: Decision) -> Iterator[str]:
    blocked = "blocked" if decision.blocked else "not blocked"
    yield f"# {decision.word.upper()}: {_cell(decision.eval)} ({blocked})\n\n"
    yield f"{_cell(decision.policy_sentence)}\n\n"
    yield "| gate | verdict | why |\n|---|---|---|\n"
    for verdict in decision.verdicts:
        yield _verdict_row(verdict)
    yield "\n"
    for note in decision.notes:
        yield f"* {_cell(note)}\n"
    if decision.notes:
        yield "\n"


def _verdict_row(verdict: Verdict) -> str:
    tier = "" if verdict.tier == "blocking" else f" ({verdict.tier})"
    return f"| {_cell(verdict.gate)}{tier} | **{verdict.word}** | {_cell(verdict.sentence)} |\n"


def _estimate_row(info: MetricInfo, part: str, estimate: Estimate) -> str:
    return (
        f"| {_cell(info.name)} | {_cell(part)} | {estimate_text(estimate, info)}"
        f" | {estimate.n} | {estimate.missing} |\n"
    )


def _failures(report: Report) -> Iterator[str]:
    failed = [stored for stored in report.results() if stored.result.failure is not None]
    if not failed:
        return
    yield f"\n## {len(failed)} cases failed\n\n"
    for stored in failed[:WORST_CASES]:
        failure = stored.result.failure
        assert failure is not None  # noqa: S101  filtered above
        yield f"* `{_cell(stored.case.id)}` {failure.kind}: {_cell(failure.message)}\n"
    if len(failed) > WORST_CASES:
        yield f"* and {len(failed) - WORST_CASES} more\n"


def _cell(text: str) -> str:
    """Text that stays text: no markup, no table breaks, no line breaks."""
    text = printable(text)
    for character in "\\`*_[]<>|#":
        text = text.replace(character, f"\\{character}")
    return " ".join(text.split())
