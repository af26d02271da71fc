"""What `genaiops dev` shows of a look: totals, then the cases that got better or worse."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Literal

from genaiops.evaluations.diff import CaseChange
from genaiops.evaluations.reports.answer import answer_text
from genaiops.evaluations.reports.figures import cost_text, estimate_text
from genaiops.gates import number_style
from genaiops.project.developing import Look
from genaiops.records import MetricInfo
from genaiops.text.layout import table, wrapped
from genaiops.text.quantities import seconds

MOST_CASES = 6
AROUND = 4
"""Words of an unchanged stretch that are shown on either side of a change."""
LONG = 14
"""Words of a change that are shown."""
MOST_WORDS = 1_000
LEAST_SHARED = 0.25
"""Texts that share less, or are longer, are shown one below the other."""


def look_lines(look: Look) -> Iterator[str]:
    """A look, with what changed since the one before."""
    infos = {info.name: info for info in look.run.metrics}
    shown: list[CaseChange] = []
    if look.diff is not None:
        yield wrapped(f"changed: {', '.join(look.diff.digests) or 'nothing that counts'}", indent=2)
        shown = [case for case in look.diff.cases if _is_worth_showing(case, infos)]
        yield "" if shown else "  no case got better or worse, and no answer changed"
    for case in shown[:MOST_CASES]:
        yield from _case_lines(case, infos)
    if len(shown) > MOST_CASES:
        yield f"  and {len(shown) - MOST_CASES} more that changed"
    yield table(_rows(look))
    yield _foot(look)


def _foot(look: Look) -> str:
    run = look.run
    calls = f"{run.made_calls} made, {run.reused_calls} recorded"
    lost = run.errored + (0 if run.is_cut_short else run.skipped)
    failed = f", {lost} failed" if lost else ""
    return (
        f"  {run.scored} of {run.planned} scored{failed}; calls: {calls}; "
        f"{cost_text(run)}; {seconds(look.seconds)}"
    )


def _rows(look: Look) -> Iterator[tuple[str, str, str]]:
    moved = {change.info.name: change for change in look.diff.metrics} if look.diff else {}
    for entry in look.estimates:
        change = moved.get(entry.info.name)
        told = ""
        if change is not None and change.improved + change.worsened:
            told = f"{change.improved} better, {change.worsened} worse"
        yield f"  {entry.info.name}", estimate_text(entry.estimate, entry.info), told


def _is_worth_showing(case: CaseChange, infos: Mapping[str, MetricInfo]) -> bool:
    """Whether an answer or a quality moved; failures are told below, all together."""
    is_scored = case.after.result.status == "scored"
    return is_scored and (case.kind == "answer" or bool(_moves(case, infos)))


def _moves(case: CaseChange, infos: Mapping[str, MetricInfo]) -> list[tuple[str, float]]:
    """The qualities that moved, by how much to the better; times and costs are none."""
    found: list[tuple[str, float]] = []
    for name, (before, after) in case.scores.items():
        info = infos[name]
        if before is not None and after is not None and info.unit in {"share", "score"}:
            gain = after - before if info.direction == "higher" else before - after
            found.append((name, gain))
    return found


def _word(moves: Sequence[tuple[str, float]]) -> Literal["better", "worse", "mixed", "other"]:
    gains = [gain for _, gain in moves]
    if any(gain > 0 for gain in gains) and any(gain < 0 for gain in gains):
        return "mixed"
    if any(gain < 0 for gain in gains):
        return "worse"
    return "better" if any(gain > 0 for gain in gains) else "other"


def _case_lines(case: CaseChange, infos: Mapping[str, MetricInfo]) -> Iterator[str]:
    moves = _moves(case, infos)
    told = ", ".join(_move_text(infos[name], *case.scores[name]) for name, _ in moves)
    lead = f"  {_word(moves):<6} "
    text = wrapped(f"{case.after.case.id}: {told or 'another answer'}", indent=len(lead))
    yield lead + text[len(lead) :]
    before, after = answer_text(case.before), answer_text(case.after)
    if before == after:
        yield "    the same answer, from other passages" if case.kind == "passages" else ""
    else:
        yield from (wrapped(line, indent=4) for line in change_lines(before, after))


def _move_text(info: MetricInfo, before: float | None, after: float | None) -> str:
    style = number_style(info)
    return f"{info.name} {style.value(before)} -> {style.value(after)}"


def change_lines(before: str, after: str) -> tuple[str, ...]:
    """One text with what went and what came in marks; two texts where they share too little."""
    old, new = before.split(), after.split()
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if max(len(old), len(new)) > MOST_WORDS or matcher.ratio() < LEAST_SHARED:
        return f"- {_cut(old, 2 * LONG)}", f"+ {_cut(new, 2 * LONG)}"
    parts: list[str] = []
    blocks = matcher.get_opcodes()
    for place, (kind, i, j, k, m) in enumerate(blocks):
        if kind == "equal":
            first, last = place == 0, place == len(blocks) - 1
            parts.append(_around(old[i:j], 0 if first else AROUND, 0 if last else AROUND))
            continue
        parts += [f"[-{_cut(old[i:j], LONG)}-]"] if j > i else []
        parts += [f"{{+{_cut(new[k:m], LONG)}+}}"] if m > k else []
    return (" ".join(parts),)


def _around(words: Sequence[str], head: int, tail: int) -> str:
    """The words next to a change on either side."""
    if len(words) <= head + tail + 1:
        return " ".join(words)
    return " ".join([*words[:head], "…", *words[len(words) - tail :]])


def _cut(words: Sequence[str], most: int) -> str:
    return " ".join(words if len(words) <= most else [*words[:most], "…"])
