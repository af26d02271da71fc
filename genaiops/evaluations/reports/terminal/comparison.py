"""The text of a comparison: what is proven first, then the arms in the order of their ranks."""

from collections.abc import Iterator, Mapping, Sequence

from genaiops.evaluations.comparison import CaseContrast, Comparison
from genaiops.evaluations.reports.comparison_figures import leaders_text, size_text
from genaiops.evaluations.reports.figures import difference_text, level_text
from genaiops.evaluations.reports.terminal.comparison_table import arm_table, differences_to
from genaiops.text.layout import one_line, table, wrapped
from genaiops.text.quantities import counted

MOST_DIFFERENCES = 10
MOST_SLICES = 12
MOST_CASES = 3
_INDENT = 2
_MOST_LABEL = 32


def comparison_text(
    comparison: Comparison, width: int, asked: Mapping[str, str] | None = None
) -> str:
    """The sentence, the table of arms, differences to the first, slices, cases and notes.

    Args:
        comparison: with at least one arm.
        width: columns of the terminal; at 160 the differences and other metrics join the table.
        asked: what a case asks, by its id, for the cases that are named.
    """
    return "\n".join(_lines(comparison, width, asked or {}))


def named_cases(comparison: Comparison) -> frozenset[str]:
    """The ids of the cases that the text names."""
    named = (*comparison.worst[:MOST_CASES], *comparison.most_different[:MOST_CASES])
    return frozenset(case.case_id for case in named)


def _lines(comparison: Comparison, width: int, asked: Mapping[str, str]) -> Iterator[str]:
    yield wrapped(comparison.sentence, width=width)
    arms = arm_table(comparison, width)
    yield f"\n{arms.text}\n"
    for arm in comparison.arms:
        if arm.failure is not None:
            yield wrapped(f"{arm.label} failed: {arm.failure}", indent=_INDENT, width=width)
    if not arms.has_differences and len(comparison.pairs) > 1:
        yield from _differences(comparison, width)
    yield from _slices(comparison, width)
    yield from _cases("worst for all", comparison.worst, asked, width)
    yield from _cases("most different", comparison.most_different, asked, width)
    if comparison.metric is not None:
        yield wrapped(_legend(comparison), indent=_INDENT, width=width)
    for note in comparison.notes:
        yield wrapped(f"note: {note}", indent=_INDENT, width=width)


def _differences(comparison: Comparison, width: int) -> Iterator[str]:
    info, best = comparison.metric, comparison.arms[0].label
    found = differences_to(comparison, best)
    if info is None or not found:
        return
    ranked = [arm.label for arm in comparison.arms if arm.label in found]
    yield f"  minus {one_line(best, _MOST_LABEL)} [{level_text(comparison.level)}, all pairs]"
    told = {label: difference_text(found[label], info) for label in ranked[:MOST_DIFFERENCES]}
    room = min(_MOST_LABEL, width - 6 - max(map(len, told.values())))
    yield table([(f"    {one_line(label, room)}", text) for label, text in told.items()])
    if len(ranked) > MOST_DIFFERENCES:
        yield f"    and {len(ranked) - MOST_DIFFERENCES} more: -o FILE.json"


def _cases(
    lead: str, cases: Sequence[CaseContrast], asked: Mapping[str, str], width: int
) -> Iterator[str]:
    """The cases to read first, each with what it asks where that is known."""
    if not cases:
        return
    ids = [case.case_id for case in cases[:MOST_CASES]]
    if not asked:
        yield f"  {lead}: {one_line(', '.join(ids), width - len(lead) - 4)}"
        return
    yield f"  {lead}:"
    rows = [(f"    {one_line(each, _MOST_LABEL)}", asked.get(each, "")) for each in ids]
    room = width - max(len(shown) for shown, _ in rows) - 2
    yield table([(shown, one_line(text, room)) for shown, text in rows])


def _slices(comparison: Comparison, width: int) -> Iterator[str]:
    arms = sum(arm.failure is None for arm in comparison.arms)
    if arms < 2:
        return
    telling = [each for each in comparison.slices if len(each.leaders) < arms]
    for leaders in telling[:MOST_SLICES]:
        name = one_line(f"{leaders.slice} {leaders.value}", _MOST_LABEL)
        told = f"{name} ({leaders.n}): {leaders_text(leaders)}"
        yield "  " + one_line(told, width - _INDENT)
    if len(telling) > MOST_SLICES:
        yield f"  and {len(telling) - MOST_SLICES} more slices: -o FILE.json"
    silent = len(comparison.slices) - len(telling)
    if silent:
        yield f"  no arm is proven worse in {silent} of {counted(len(comparison.slices), 'slice')}"


def _legend(comparison: Comparison) -> str:
    estimates = [arm.estimate for arm in comparison.arms if arm.estimate is not None]
    own = " The interval of a score is of that arm alone." if estimates else ""
    front = " *: no arm is proven as good and cheaper, or as good and faster."
    has_front = any(arm.on_front is not None for arm in comparison.arms)
    return (
        f"{size_text(comparison)}. Ranks and differences hold for all pairs together with "
        f"{level_text(comparison.level)}.{own}{front if has_front else ''}"
    )
