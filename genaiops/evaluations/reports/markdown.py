"""A summary in Markdown, for a job page or as the comment of a pull request."""

from collections.abc import Iterator, Sequence

from genaiops.evaluations.reports.answer import answer_text, asked_text
from genaiops.evaluations.reports.cells import markdown_cell, markdown_code
from genaiops.evaluations.reports.figures import (
    cost_text,
    counts_text,
    difference_text,
    estimate_text,
    made_again_text,
    run_size_text,
)
from genaiops.evaluations.reports.html.markup import slug
from genaiops.evaluations.reports.origin import Origin, Site
from genaiops.evaluations.reports.report import Report
from genaiops.evaluations.reports.unstable import unstable_text
from genaiops.evaluations.worst import WorstCase, worst_cases
from genaiops.gates import number_style
from genaiops.records import Estimate, MetricInfo, Verdict
from genaiops.text.layout import one_line
from genaiops.text.quantities import counted

LARGEST = 60_000
"""Characters; GitHub takes comments of up to 65,536."""
MOST_GATES = 30
MOST_SLICES = 5
MOST_NOTES = 20
FAILED_CASES = 10
_LONG = 400
_WORDS = ("fail", "inconclusive", "pass")


def render_markdown(report: Report) -> Iterator[str]:
    """The decision, its numbers, the cases to look at, what it cost and how to have it again."""
    verdicts = sorted(report.decision.verdicts if report.decision else (), key=_rank)
    parts = [
        *_head(report),
        *_against(report),
        *_gates(verdicts),
        *_notes(report),
        *_worst(report, verdicts),
        *_failures(report),
        *_foot(report),
    ]
    whole = "".join(parts)
    if len(whole) > LARGEST:
        whole = whole[: whole.rindex("\n", 0, LARGEST) + 1]
        whole += "\nThis is cut: other reports of the run have all of it.\n"
    yield whole
    yield from _scores(report, LARGEST - len(whole))


def _rank(verdict: Verdict) -> tuple[bool, bool, int, bool]:
    """The gates that decide come first: what blocks, then by their words; comparisons lead."""
    tier, word = verdict.tier != "blocking", _WORDS.index(verdict.word)
    return not verdict.blocks, tier, word, verdict.difference is None


def _head(report: Report) -> Iterator[str]:
    decision = report.decision
    if decision is None:
        yield f"# {markdown_cell(report.run.eval)}\n\n"
        return
    blocked = "blocked" if decision.blocked else "not blocked"
    yield f"# {decision.word.upper()}: {_cell(decision.eval)} ({blocked})\n\n"
    run = report.run
    yield f"{_cell(decision.summary)}, on {run_size_text(run)}, {cost_text(run)}\n\n"


def _gates(verdicts: Sequence[Verdict]) -> Iterator[str]:
    if not verdicts:
        return
    yield "| gate | verdict | value | change | why |\n|---|---|---|---|---|\n"
    for verdict in verdicts[:MOST_GATES]:
        failed = [part for part in verdict.slices if part.word == "fail"]
        for shown in (verdict, *failed[:MOST_SLICES]):
            yield f"| {' | '.join(_gate_cells(shown))} |\n"
    if len(verdicts) > MOST_GATES:
        yield f"\nand {counted(len(verdicts) - MOST_GATES, 'more gate')}\n"
    yield "\n"


def _gate_cells(verdict: Verdict) -> Iterator[str]:
    tier = "" if verdict.tier == "blocking" else f" ({verdict.tier})"
    name = verdict.gate if verdict.slice is None else f"— {verdict.slice}"
    yield f"{_cell(name)}{tier}"
    yield f"**{verdict.word}**"
    if verdict.baseline is None or verdict.difference is None:
        yield estimate_text(verdict.estimate, verdict.metric)
        yield ""
    else:
        style = number_style(verdict.metric)
        yield f"{style.value(verdict.baseline.value)} → {style.value(verdict.estimate.value)}"
        yield difference_text(verdict.difference, verdict.metric)
    decides = f" To decide: {verdict.to_decide}." if verdict.to_decide else ""
    yield _cell(f"{verdict.sentence}{decides}")


def _against(report: Report) -> Iterator[str]:
    """What the reader of a pull request has to know first: the base, and what is not in force."""
    told = report.decision.against[:MOST_NOTES] if report.decision else ()
    for sentence in told:
        yield f"* {_cell(sentence)}\n"
    if told:
        yield "\n"


def _notes(report: Report) -> Iterator[str]:
    decision = report.decision
    if decision is None:
        return
    yield f"{_cell(_sentence(decision.policy_sentence))}\n\n"
    told = [*_unstable(decision.verdicts), *decision.notes[:MOST_NOTES]]
    if decision.changed:
        told.append(f"changed since the baseline: {', '.join(decision.changed)}")
    for note in told:
        yield f"* {_cell(note)}\n"
    if told:
        yield "\n"


def _unstable(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Which cases change between repeats, once a metric; of a comparison, in the baseline too."""
    by_metric: dict[str, str] = {}
    for verdict in sorted(verdicts, key=lambda each: each.difference is None):
        if unstable := unstable_text(verdict):
            by_metric.setdefault(verdict.metric.name, f"{verdict.metric.name} {unstable}")
    yield from list(by_metric.values())[:MOST_NOTES]


def _worst(report: Report, verdicts: Sequence[Verdict]) -> Iterator[str]:
    """The worst cases by the metric of the first gate, which decided."""
    if not verdicts:
        return
    first = verdicts[0]
    compared = report.reference() if report.reference and first.difference is not None else None
    cases = worst_cases(first.metric, report.results, compared.cases if compared else None)
    if not cases:
        return
    which = "that lost most" if compared else "with the worst scores"
    yield f"## Cases {which} by {markdown_cell(first.metric.name)}\n\n"
    for case in cases:
        yield from _worst_case(case, first, report.origin)
    yield "\n"


def _worst_case(case: WorstCase, verdict: Verdict, origin: Origin | None) -> Iterator[str]:
    style = number_style(verdict.metric)
    before = "" if case.before is None else f"{style.value(case.before)} → "
    shown = markdown_code(case.stored.case.id, 80)
    if origin is not None and origin.page is not None:
        shown = f"[{shown}](<{origin.page}#case-{slug(case.stored.case.id)}>)"
    found = verdict.unstable
    is_unstable = found and case.stored.case.id in {*found.candidate, *(found.baseline or ())}
    repeats = ", unstable: its repeats differ" if is_unstable else ""
    yield f"1. {shown} {before}{style.value(case.after)}{repeats}\n"
    yield f"   * asked {markdown_code(asked_text(case.stored), _LONG)}\n"
    yield f"   * answered {markdown_code(answer_text(case.stored), _LONG)}\n"


def _failures(report: Report) -> Iterator[str]:
    if not report.has_failures:
        return
    count, shown = 0, list[str]()
    for stored in report.results():
        failure = stored.result.failure
        if failure is None:
            continue
        count += 1
        if count <= FAILED_CASES:
            case_id = markdown_code(stored.case.id, 80)
            shown.append(f"* {case_id} {failure.kind}: {_cell(failure.message)}\n")
    if not count:
        return
    yield f"## {counted(count, 'case')} failed\n\n"
    yield from shown
    if count > FAILED_CASES:
        yield f"* and {count - FAILED_CASES} more\n"
    yield "\n"


def _foot(report: Report) -> Iterator[str]:
    run = report.run
    yield f"{counts_text(run)}. "
    if again := made_again_text(run):
        yield f"{again}. "
    yield _sentence(cost_text(run))
    yield f" Run {markdown_code(run.digest[:12], 12)}"
    yield f" of commit {markdown_code(run.git_commit[:12], 12)}.\n" if run.git_commit else ".\n"
    origin = report.origin or Origin(Site(""))
    if origin.command is not None:
        yield f"\nTo have it again: {markdown_code(origin.command, _LONG)}\n"
    links = {"Answers and scores": origin.page, "Job": origin.job}
    for name, address in links.items():
        if address is not None:
            yield f"\n[{name}](<{address}>)\n"


def _scores(report: Report, room: int) -> Iterator[str]:
    """All scores, as far as there is room; folded away where a decision stands above them."""
    is_folded = report.decision is not None
    head = "<details><summary>All scores</summary>\n\n" if is_folded else ""
    tail = "\n</details>\n" if is_folded else ""
    head = f"\n{head}| metric | slice | estimate | cases | missing |\n|---|---|---|---:|---:|\n"
    room -= len(head) + len(tail) + 100
    if room <= 0:
        return
    rows = list(_score_rows(report))
    yield head
    for place, row in enumerate(rows):
        room -= len(row)
        if room < 0:
            yield f"\nand {counted(len(rows) - place, 'more row')}\n"
            break
        yield row
    yield tail


def _score_rows(report: Report) -> Iterator[str]:
    for entry in report.estimates:
        yield _estimate_row(entry.info, "all", entry.estimate)
        for part in entry.slices:
            yield _estimate_row(entry.info, f"{part.slice} {part.value}", part.estimate)


def _estimate_row(info: MetricInfo, part: str, estimate: Estimate) -> str:
    return (
        f"| {_cell(info.name)} | {_cell(part)} | {estimate_text(estimate, info)}"
        f" | {estimate.n} | {estimate.missing} |\n"
    )


def _cell(text: str) -> str:
    return markdown_cell(one_line(text, _LONG))


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
