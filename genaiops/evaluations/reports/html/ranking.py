"""Ranked arms with their intervals on one axis, and every two of them."""

from collections.abc import Iterator

from genaiops.evaluations.comparison import ComparedArm, Comparison
from genaiops.evaluations.reports.comparison_figures import (
    p_text,
    pair_words,
    rank_text,
    score_head,
    score_text,
    seconds_text,
    usd_text,
)
from genaiops.evaluations.reports.figures import difference_text, level_text
from genaiops.evaluations.reports.html.markup import Html, element, fold, join
from genaiops.evaluations.reports.html.svg import Axis, axis_of, plot, scale
from genaiops.evaluations.reports.html.tables import Column, Row, card_table
from genaiops.gates import number_style
from genaiops.records import MetricInfo
from genaiops.text.quantities import counted

_MAX_OPEN = 6


def ranking(comparison: Comparison, plots: Iterator[int]) -> Iterator[Html]:
    """The arms, best first, then the pairs; many pairs are folded."""
    yield element("h2", "Arms")
    yield _ranking(comparison, plots)
    if comparison.pairs and comparison.metric is not None:
        yield from _pairs(comparison, comparison.metric)


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


def _pairs(comparison: Comparison, info: MetricInfo) -> Iterator[Html]:
    columns = [
        Column("second − first"),
        Column(f"difference [{level_text(comparison.level)}]", "n"),
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
    if len(comparison.arms) <= _MAX_OPEN:
        yield element("h2", "Pairs")
        yield shown
    else:
        yield fold(f"Pairs: {counted(len(rows), 'comparison')} of two arms", shown)
