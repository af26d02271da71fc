"""The top of the page: what it is about, the sentence, and the scores with their intervals."""

from collections.abc import Iterator

from genaiops.evaluations.comparison import ComparedArm, Comparison
from genaiops.evaluations.reports.comparison_figures import (
    p_text,
    pair_words,
    rank_text,
    score_head,
    score_text,
    seconds_text,
    size_text,
    usd_text,
)
from genaiops.evaluations.reports.figures import difference_text, estimate_text
from genaiops.evaluations.reports.html.markup import Html, element, fold, join
from genaiops.evaluations.reports.html.subject import Subject
from genaiops.evaluations.reports.html.svg import Axis, axis_of, plot, scale
from genaiops.evaluations.reports.html.tables import Column, Row, card_table, wide_table
from genaiops.gates import MetricEstimate, counted, number_style
from genaiops.records import Decision, Estimate, MetricInfo

_MARKS = {"pass": "✓ pass", "fail": "✗ fail", "inconclusive": "? inconclusive"}


def masthead(subject: Subject) -> Html:
    """The title with date, size and version."""
    runs = subject.runs
    told: list[str] = [", ".join(dict.fromkeys(run.started_at[:10] for run in runs))]
    if subject.comparison is not None:
        told.append(size_text(subject.comparison))
    elif runs:
        told.append(counted(max(run.planned // run.repeats for run in runs), "case"))
    if runs:
        told.append(counted(max(run.repeats for run in runs), "repeat"))
    if len(subject.arms) > 1:
        told.append(counted(len(subject.arms), "arm"))
    told.extend(dict.fromkeys(f"genaiops {run.version}" for run in runs))
    parts = [element("span", part) for part in told if part]
    return element("header", element("h1", subject.title), element("p", *parts, class_="facts"))


def lead(subject: Subject) -> Html:
    """The sentence: what is proven, or what was decided."""
    comparison = subject.comparison
    if comparison is not None:
        return join([element("p", comparison.sentence, class_="lead"), _notes(comparison.notes)])
    decisions = {
        label: report.decision
        for label, report in subject.reports.items()
        if report.decision is not None
    }
    if decisions:
        several = len(decisions) > 1
        return join(_decided(label if several else "", each) for label, each in decisions.items())
    metric = subject.metric
    found = list(subject.estimates(metric.name).values()) if metric is not None else []
    if len(subject.reports) > 1 or not found:
        return element("p", "The answers side by side; nothing is claimed.", class_="lead")
    told = f"{found[0].info.name}: {estimate_text(found[0].estimate, found[0].info)}"
    return element("p", f"{told} on {counted(found[0].estimate.n, 'case')}.", class_="lead")


def scores(subject: Subject, plots: Iterator[int]) -> Iterator[Html]:
    """Ranked arms with their pairs where there is a comparison, then every metric."""
    comparison = subject.comparison
    if comparison is not None:
        yield element("h2", "Arms")
        yield _ranking(comparison, plots)
        if comparison.pairs and comparison.metric is not None:
            yield from _pairs(comparison, comparison.metric)
    reports = subject.reports
    if len(reports) == 1:
        (report,) = reports.values()
        yield element("h2", "Scores")
        yield _own_scores(report.estimates, plots)
    elif reports:
        yield element("h2", "All metrics")
        yield _all_scores(subject)


def _decided(label: str, decision: Decision) -> Html:
    word = element("strong", _MARKS[decision.word].upper(), class_=f"word {decision.word}")
    name = [element("span", f"{label}: ")] if label else []
    return join(
        [
            element("p", *name, word, " ", decision.summary, class_="lead"),
            element("p", decision.policy_sentence),
            _notes(decision.notes),
        ]
    )


def _notes(notes: tuple[str, ...]) -> Html:
    return element("ul", *(element("li", note) for note in notes)) if notes else Html()


def _ranking(comparison: Comparison, plots: Iterator[int]) -> Html:
    info = comparison.metric
    known = [arm.estimate for arm in comparison.arms if arm.estimate is not None]
    axis = axis_of(known, low=info.low, high=info.high) if info else None
    columns = [Column("arm"), Column("rank", "n")]
    if info is not None:
        columns.append(Column(score_head(info, known), "n"))
        if axis is not None:
            columns.append(Column(scale(axis, number_style(info), plots), "plot"))
    columns += [Column("cost / 1,000 cases", "n"), Column("time p95", "n"), Column("front")]
    rows = [_ranked(arm, info, axis, plots) for arm in comparison.arms]
    caption = f"Arms by {info.name}, best first" if info else "Arms, as they were named"
    has_front = any(arm.on_front for arm in comparison.arms)
    told = "◆ on the front: no arm is proven as good and cheaper, or as good and faster."
    notes = [element("p", told, class_="note")] if has_front else []
    return join([card_table(caption, columns, rows), *notes])


def _ranked(
    arm: ComparedArm, info: MetricInfo | None, axis: Axis | None, plots: Iterator[int]
) -> Row:
    failure = element("p", f"✗ failed: {arm.failure}", class_="why lost") if arm.failure else ""
    cells: list[str] = [join([arm.label, failure]), rank_text(arm)]
    if info is not None:
        told = score_text(arm.estimate, info) or "–"
        cells.append(told)
        if axis is not None:
            name = f"{arm.label}: {told}"
            cells.append(plot(arm.estimate, axis, name, plots) if arm.estimate else "")
    cells += [usd_text(arm.usd_per_1k_cases), seconds_text(arm.latency_p95_s)]
    cells.append("◆ on it" if arm.on_front else "" if arm.on_front is None else "no")
    return Row(cells, "failed" if arm.failure else None)


def _level(estimates: list[Estimate]) -> str:
    return f"[{estimates[0].level:.0%}]" if estimates else ""


def _pairs(comparison: Comparison, info: MetricInfo) -> Iterator[Html]:
    columns = [
        Column("second − first"),
        Column(f"difference {_level([pair.difference for pair in comparison.pairs])}", "n"),
        Column("better", "n"),
        Column("worse", "n"),
        Column("p, all pairs", "n"),
        Column("the second is"),
    ]
    rows = [
        Row(
            (
                f"{pair.second} − {pair.first}",
                difference_text(pair.difference, info),
                str(pair.better),
                str(pair.worse),
                p_text(pair.p_adjusted),
                pair_words(pair),
            )
        )
        for pair in comparison.pairs
    ]
    caption = "Every two arms on the cases that both have"
    shown = card_table(caption, columns, rows)
    if len(comparison.arms) <= 6:
        yield element("h2", "Pairs")
        yield shown
    else:
        yield fold(f"Pairs: {counted(len(rows), 'comparison')} of two arms", shown)


def _own_scores(estimates: tuple[MetricEstimate, ...], plots: Iterator[int]) -> Html:
    """The scores of one arm; shares have one axis, what has another unit has no plot."""
    shares = [entry for entry in estimates if (entry.info.low, entry.info.high) == (0, 1)]
    axis = axis_of((entry.estimate for entry in shares), low=0, high=1)
    level = _level([entry.estimate for entry in estimates])
    columns = [Column("metric"), Column(f"estimate {level}", "n"), Column("cases", "n")]
    columns.append(Column("missing", "n"))
    if axis is not None:
        columns.insert(2, Column(scale(axis, number_style(shares[0].info), plots), "plot"))
    rows: list[Row] = []
    for entry in estimates:
        told = estimate_text(entry.estimate, entry.info)
        cells: list[str] = [entry.info.name, told, str(entry.estimate.n)]
        cells.append(str(entry.estimate.missing))
        if axis is not None:
            is_drawn = entry in shares
            name = f"{entry.info.name}: {told}"
            cells.insert(2, plot(entry.estimate, axis, name, plots) if is_drawn else "")
        rows.append(Row(cells))
    return card_table("Scores over all cases", columns, rows)


def _all_scores(subject: Subject) -> Html:
    labels = list(subject.reports)
    columns = [Column("metric"), *(Column(label, "n") for label in labels)]
    rows: list[Row] = []
    for info in subject.metrics:
        found = subject.estimates(info.name)
        told = [_estimate_cell(found.get(label), info) for label in labels]
        rows.append(Row((info.name, *told)))
    return wide_table("Every metric over all cases", columns, rows)


def _estimate_cell(entry: MetricEstimate | None, info: MetricInfo) -> str:
    return "–" if entry is None else score_text(entry.estimate, info)
