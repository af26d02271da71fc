"""A comparison in Markdown, for a job page or a pull request."""

from collections.abc import Iterator

from genaiops.evaluations.comparison import ComparedArm, Comparison
from genaiops.evaluations.reports.cells import markdown_cell
from genaiops.evaluations.reports.comparison_figures import (
    front_text,
    leaders_text,
    p_text,
    pair_words,
    rank_text,
    score_head,
    score_text,
    seconds_text,
    size_text,
    usd_text,
)
from genaiops.evaluations.reports.figures import difference_text, estimate_text, level_text
from genaiops.records import MetricInfo

MOST_PAIRS = 60


def render_comparison_markdown(comparison: Comparison) -> Iterator[str]:
    """What is proven, the arms by rank, all pairs, slices, cases and notes."""
    info = comparison.metric
    yield f"# {markdown_cell(comparison.sentence)}\n\n"
    yield from _arms(comparison)
    if info is not None and comparison.pairs:
        yield from _pairs(comparison, info)
    yield from _slices(comparison)
    looked_at = (("Worst", comparison.worst), ("Most different", comparison.most_different))
    for title, cases in looked_at:
        if cases:
            ids = ", ".join(f"`{markdown_cell(case.case_id)}`" for case in cases)
            yield f"{title} cases: {ids}.\n\n"
    for note in comparison.notes:
        yield f"* {markdown_cell(note)}\n"


def _arms(comparison: Comparison) -> Iterator[str]:
    info = comparison.metric
    estimates = [arm.estimate for arm in comparison.arms if arm.estimate is not None]
    head = markdown_cell(score_head(info, estimates)) if info else "scores"
    yield f"| rank | arm | {head} | per 1,000 cases | p95 | front | other metrics |\n"
    yield "|---|---|---|---:|---:|---|---|\n"
    for arm in comparison.arms:
        yield _arm(arm, comparison)
    yield "\n"
    yield f"{size_text(comparison)}. Ranks hold together with {level_text(comparison.level)}.\n\n"


def _arm(arm: ComparedArm, comparison: Comparison) -> str:
    info = comparison.metric
    told = score_text(arm.estimate, info) if info else ""
    if arm.failure is not None:
        told = f"failed: {markdown_cell(arm.failure)}"
    others = "; ".join(
        f"{other.name} {estimate_text(arm.others[other.name], other)}"
        for other in comparison.metrics
        if other.name in arm.others
    )
    amounts = f"{usd_text(arm.usd_per_1k_cases)} | {seconds_text(arm.latency_p95_s)}"
    return (
        f"| {rank_text(arm)} | {markdown_cell(arm.label)} | {told} | {amounts}"
        f" | {front_text(arm)} | {markdown_cell(others)} |\n"
    )


def _pairs(comparison: Comparison, info: MetricInfo) -> Iterator[str]:
    difference = f"difference [{level_text(comparison.level)}, all pairs]"
    yield f"| from | to | {difference} | p, all pairs | p alone | better | worse | |\n"
    yield "|---|---|---|---:|---:|---:|---:|---|\n"
    for pair in comparison.pairs[:MOST_PAIRS]:
        yield (
            f"| {markdown_cell(pair.first)} | {markdown_cell(pair.second)}"
            f" | {difference_text(pair.difference, info)} | {p_text(pair.p_adjusted)}"
            f" | {p_text(pair.p_value)} | {pair.better} | {pair.worse} | {pair_words(pair)} |\n"
        )
    if len(comparison.pairs) > MOST_PAIRS:
        yield f"\nand {len(comparison.pairs) - MOST_PAIRS} more pairs, in the JSON report.\n"
    yield "\n"


def _slices(comparison: Comparison) -> Iterator[str]:
    if not comparison.slices:
        return
    yield "| slice | cases | leaders |\n|---|---:|---|\n"
    for leaders in comparison.slices:
        name = markdown_cell(f"{leaders.slice} {leaders.value}")
        yield f"| {name} | {leaders.n} | {markdown_cell(leaders_text(leaders))} |\n"
    yield "\n"
