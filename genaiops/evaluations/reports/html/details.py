"""Below the scores: gates, slices, and the cases of a comparison without answers."""

from collections.abc import Iterator

from genaiops.evaluations.comparison import Comparison
from genaiops.evaluations.reports.comparison_figures import leaders_text
from genaiops.evaluations.reports.figures import difference_text, estimate_text
from genaiops.evaluations.reports.html.markup import Html, element, fold
from genaiops.evaluations.reports.html.subject import Subject
from genaiops.evaluations.reports.html.tables import Column, Row, card_table, wide_table
from genaiops.evaluations.reports.report import Report
from genaiops.evaluations.reports.unstable import unstable_text
from genaiops.gates import number_style
from genaiops.records import Decision, MetricInfo, Verdict
from genaiops.text.quantities import counted

_MAX_OPEN = 6
_MARKS = {"pass": "✓ pass", "fail": "✗ fail", "inconclusive": "? open"}


def gates(subject: Subject) -> Iterator[Html]:
    """The verdict of every gate with its numbers, of every arm that was judged."""
    judged = {
        label: report.decision
        for label, report in subject.reports.items()
        if report.decision is not None and report.decision.verdicts
    }
    if judged:
        yield element("h2", "Gates")
    for label, decision in judged.items():
        yield _gate_table(f"What each gate says of {label}", decision)


def slices(subject: Subject) -> Iterator[Html]:
    """Who leads where, and the scores of every metric by slice."""
    comparison = subject.comparison
    has_parts = any(
        entry.slices for report in subject.reports.values() for entry in report.estimates
    )
    if not has_parts and not (comparison and comparison.slices):
        return
    yield element("h2", "Slices")
    if comparison is not None and comparison.slices:
        yield _leaders(comparison)
    if has_parts and len(subject.reports) == 1:
        (report,) = subject.reports.values()
        yield _every_slice(report)
        return
    for info in subject.metrics if has_parts else ():
        yield fold(f"{info.name} by slice", _by_slice(subject, info))


def contrasts(subject: Subject) -> Iterator[Html]:
    """The worst and the most different cases by score, where no arm has its answers here."""
    comparison = subject.comparison
    if comparison is None or comparison.metric is None or subject.reports:
        return
    style = number_style(comparison.metric)
    labels = [arm.label for arm in comparison.arms]
    for caption, found in (
        ("Cases on which every arm does badly", comparison.worst),
        ("Cases on which the arms differ most", comparison.most_different),
    ):
        columns = [Column("case"), *(Column(label, "n") for label in labels)]
        rows = [
            Row((entry.case_id, *(style.value(score) for score in entry.scores))) for entry in found
        ]
        if rows:
            yield wide_table(caption, columns, rows)


def _gate_table(caption: str, decision: Decision) -> Html:
    columns = [Column("gate"), Column("verdict"), Column("found"), Column("why")]
    rows = [
        Row(
            (
                verdict.gate,
                element("strong", _MARKS[verdict.word], class_=f"word {verdict.word}"),
                _found(verdict),
                _why(verdict),
            )
        )
        for verdict in decision.verdicts
    ]
    return card_table(caption, columns, rows)


def _found(verdict: Verdict) -> str:
    if verdict.baseline is None or verdict.difference is None:
        return estimate_text(verdict.estimate, verdict.metric)
    style = number_style(verdict.metric)
    before, after = (style.value(side.value) for side in (verdict.baseline, verdict.estimate))
    return f"{before} → {after}, {difference_text(verdict.difference, verdict.metric)}"


def _why(verdict: Verdict) -> str:
    tier = "" if verdict.tier == "blocking" else f" ({verdict.tier})"
    remedy = f" To decide: {verdict.to_decide}." if verdict.to_decide else ""
    changing = unstable_text(verdict)
    unstable = f" {changing[0].upper()}{changing[1:]}." if changing else ""
    return f"{verdict.sentence}{tier}{remedy}{unstable}"


def _leaders(comparison: Comparison) -> Html:
    columns = [Column("slice"), Column("cases", "n"), Column("who leads")]
    rows = [
        Row((f"{entry.slice} {entry.value}", str(entry.n), leaders_text(entry)))
        for entry in comparison.slices
    ]
    shown = card_table("Who leads in each slice", columns, rows)
    if len(rows) <= _MAX_OPEN:
        return shown
    proven = sum(entry.is_proven for entry in comparison.slices)
    return fold(f"Who leads in each of {len(rows)} slices (proven in {proven})", shown)


def _every_slice(report: Report) -> Html:
    """The slices of one arm, a metric a column."""
    columns = [Column("slice"), *(Column(entry.info.name, "n") for entry in report.estimates)]
    told = [
        {
            (part.slice, part.value): estimate_text(part.estimate, entry.info)
            for part in entry.slices
        }
        for entry in report.estimates
    ]
    places = dict.fromkeys(place for found in told for place in found)
    rows = [
        Row((f"{name} {value}", *(found.get((name, value), "–") for found in told)))
        for name, value in places
    ]
    shown = wide_table("Every metric by slice", columns, rows)
    return fold(f"Scores of {counted(len(rows), 'slice')}", shown)


def _by_slice(subject: Subject, info: MetricInfo) -> Html:
    found = subject.estimates(info.name)
    parts: dict[tuple[str, str], dict[str, str]] = {}
    for label, entry in found.items():
        for part in entry.slices:
            told = f"{estimate_text(part.estimate, info)} on {part.estimate.n}"
            parts.setdefault((part.slice, part.value), {})[label] = told
    columns = [Column("slice"), *(Column(label, "n") for label in found)]
    rows = [
        Row((f"{name} {value}", *(told.get(label, "–") for label in found)))
        for (name, value), told in parts.items()
    ]
    return wide_table(f"{info.name} by slice", columns, rows)
