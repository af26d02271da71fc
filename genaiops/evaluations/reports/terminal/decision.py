"""The output of a gate: understood in five seconds, within 80 columns."""

from collections import Counter
from collections.abc import Iterator

from genaiops.evaluations.reports.figures import (
    cost_text,
    difference_text,
    estimate_text,
    run_size_text,
)
from genaiops.evaluations.reports.terminal.decision_parts import (
    MARKS,
    MAX_NAME,
    MOST_COLUMNS,
    slice_lines,
)
from genaiops.evaluations.reports.unstable import unstable_text
from genaiops.gates import number_style
from genaiops.records import Decision, EvalRun, Verdict
from genaiops.text.layout import one_line, terminal_width, wrapped
from genaiops.text.printable import printable
from genaiops.text.quantities import counted

_LEAD_WIDTH = 10
_SLICE_INDENT = 8


def decision_text(decision: Decision, run: EvalRun, *, width: int | None = None) -> str:
    """The word with its reason, each gate with its numbers, the policy, and what would decide."""
    return "\n".join(_lines(decision, run, width or terminal_width(MOST_COLUMNS)))


def _lines(decision: Decision, run: EvalRun, width: int) -> Iterator[str]:
    word, told = decision.word.upper(), one_line(f"{decision.eval}: {decision.summary}", 4 * width)
    cases = run.planned // run.repeats
    size = f"{run_size_text(run)}  {cost_text(run)}"
    if len(word) + len(told) + len(size) + 4 <= width:
        yield f"{word}  {told}  {size}"
    else:
        yield _hanging(f"{word}  ", told, width)
        yield f"  {size}"
    for told in decision.against:
        yield wrapped(told, indent=2, width=width)
    name_width = max((len(_name(verdict)) for verdict in decision.verdicts), default=0)
    for verdict in decision.verdicts:
        yield from _verdict(verdict, _judged_on(verdict, cases), name_width, width)
        yield from slice_lines(verdict, indent=_SLICE_INDENT, width=width)
        if unstable := unstable_text(verdict):
            yield wrapped(unstable, indent=_LEAD_WIDTH + name_width, width=width)
    yield wrapped(decision.policy_sentence, indent=2, width=width)
    for gate, remedy in _remedies(decision):
        yield wrapped(f"to decide {gate}: {remedy}", indent=2, width=width)
    for note in decision.notes:
        yield wrapped(f"note: {note}", indent=2, width=width)


def _verdict(verdict: Verdict, on: str, name_width: int, width: int) -> Iterator[str]:
    indent = _LEAD_WIDTH + name_width
    lead = f"  {MARKS[verdict.word]}  {_name(verdict).ljust(name_width)}  "
    told = _numbers(verdict)
    rule = printable(verdict.gate.removeprefix(verdict.metric.name).strip()) + on
    tier = "" if verdict.tier == "blocking" else f" ({verdict.tier})"
    if len(lead) + len(told) + 3 + len(rule) + len(tier) <= width:
        yield f"{lead}{told}   {rule}{tier}"
    else:
        yield _hanging(lead, told, width)
        yield wrapped(f"{rule}{tier}", indent=indent, width=width)
    yield wrapped(verdict.sentence, indent=indent, width=width)


def _numbers(verdict: Verdict) -> str:
    if verdict.baseline is None or verdict.difference is None:
        return estimate_text(verdict.estimate, verdict.metric)
    style = number_style(verdict.metric)
    before, after = (style.value(side.value) for side in (verdict.baseline, verdict.estimate))
    return f"{before} -> {after}   {difference_text(verdict.difference, verdict.metric)}"


def _judged_on(verdict: Verdict, cases: int) -> str:
    """The cases that were judged, where those are not all, and their clusters."""
    shown = verdict.difference or verdict.estimate
    if shown.clusters is not None:
        return f", on {counted(shown.n, 'case')} in {counted(shown.clusters, 'cluster')}"
    return "" if shown.n == cases else f", on {counted(shown.n, 'case')}"


def _hanging(lead: str, told: str, width: int) -> str:
    """A text after its lead, wrapped below its own beginning where it is too long."""
    if len(lead) + len(told) <= width:
        return f"{lead}{told}"
    return lead + wrapped(told, indent=len(lead), width=width).lstrip()


def _name(verdict: Verdict) -> str:
    return one_line(verdict.metric.name, MAX_NAME)


def _remedies(decision: Decision) -> Iterator[tuple[str, str]]:
    """What would decide the open gates that can block, by their metric where that says which."""
    open_ = [each for each in decision.verdicts if each.to_decide and each.tier == "blocking"]
    times = Counter(each.metric.name for each in open_)
    for verdict in open_:
        name = verdict.metric.name
        yield name if times[name] == 1 else verdict.gate, verdict.to_decide or ""
