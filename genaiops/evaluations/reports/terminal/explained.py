"""Why gates said what they said: in plain sentences, from the records alone."""

from collections.abc import Iterator

from genaiops.evaluations.reports.figures import (
    RATIO,
    difference_text,
    estimate_text,
    level_text,
)
from genaiops.evaluations.reports.terminal.decision_parts import MOST_COLUMNS, slice_lines
from genaiops.evaluations.reports.unstable import unstable_text
from genaiops.gates import number_style
from genaiops.records import Decision, Estimate, Verdict
from genaiops.text.layout import terminal_width, wrapped
from genaiops.text.printable import printable
from genaiops.text.quantities import counted

_METHODS = {
    "tango": "Tango's score statistic with its exact critical value, for scores of 0 or 1",
    "clopper-pearson": "Clopper and Pearson's exact bounds, for scores of 0 or 1",
    "gaffke": "Gaffke's bounds, for any scores in a known range",
    "clusters": "the wider of t by clusters and Gaffke's bounds by clusters",
    "sequence": "a confidence sequence, good at all looks; e-processes decide at each",
    RATIO: "t of the log ratios; the sign test has to agree",
}


def explained_text(decision: Decision, *, width: int | None = None) -> str:
    """What was compared, what was proven how, what would have been needed, and what follows."""
    return "\n".join(_lines(decision, width or terminal_width(MOST_COLUMNS)))


def _lines(decision: Decision, width: int) -> Iterator[str]:
    for verdict in decision.verdicts:
        yield wrapped(f"{printable(verdict.gate)}: {_outcome(verdict)}", indent=0, width=width)
        for sentence in _sentences(verdict):
            yield wrapped(sentence, indent=2, width=width)
        yield from slice_lines(verdict, indent=4, width=width)
    yield wrapped(decision.policy_sentence, indent=0, width=width)


def _outcome(verdict: Verdict) -> str:
    if verdict.tier != "blocking":
        return f"{verdict.word.upper()}; its tier is {verdict.tier}, so it never blocks"
    return f"{verdict.word.upper()}, {'blocks' if verdict.blocks else 'does not block'}"


def _sentences(verdict: Verdict) -> Iterator[str]:
    yield _seen(verdict)
    yield verdict.sentence
    if unstable := unstable_text(verdict):
        yield f"{unstable[0].upper()}{unstable[1:]}."
    if not verdict.slices:
        yield from _proof(verdict)
    if verdict.to_decide:
        yield f"What would change it: {verdict.to_decide}."


def _seen(verdict: Verdict) -> str:
    """The cases that were judged, and what was seen on them."""
    shown = verdict.difference or verdict.estimate
    of = "" if shown.clusters is None else f" in {counted(shown.clusters, 'cluster')}"
    lacking = f", {shown.missing} without a score" if shown.missing else ""
    cases = f"{counted(shown.n, 'case')}{of}{lacking}"
    if verdict.difference is None or verdict.baseline is None:
        return f"Judged on {cases}: {estimate_text(verdict.estimate, verdict.metric)}."
    style = number_style(verdict.metric)
    before, after = (style.value(side.value) for side in (verdict.baseline, verdict.estimate))
    change = difference_text(verdict.difference, verdict.metric)
    return f"Compared on {cases} that both runs hold: {before} before, {after} now, {change}."


def _proof(verdict: Verdict) -> Iterator[str]:
    """What the interval is, what it takes to pass and to fail, and how near a fail was."""
    shown = verdict.difference or verdict.estimate
    if verdict.limit is not None and verdict.p_fail is None and shown.n:
        yield "Broken cases are counted, not inferred: nothing but missing scores leaves it open."
        return
    if verdict.difference is None and verdict.limit is None:
        return
    if shown.method in _METHODS and shown.n:
        yield f"The interval holds with {level_text(shown.level)}, by {_METHODS[shown.method]}."
        yield f"{_needs(verdict)}."
    elif verdict.p_fail is not None:
        share = "the share of cases within the limit has to be proven, by exact bounds"
        yield f"Not the value is tested: {share} at {level_text(1 - _alpha(shown))}."
    if verdict.p_fail is not None and verdict.word != "pass":
        corrected = ", corrected for all blocking gates and slices"
        yield (
            "Were nothing wrong, chance would give numbers as bad as these with "
            f"p = {verdict.p_fail:.2g}{corrected if verdict.tier == 'blocking' else ''}; "
            f"a fail needs at most {_alpha(shown):g}."
        )


def _alpha(shown: Estimate) -> float:
    """The one-sided error behind a two-sided level."""
    return round((1 - shown.level) / 2, 9)


def _needs(verdict: Verdict) -> str:
    """What the ends of the interval have to be for a pass, and for a fail."""
    good, bad, least = "lower", "upper", "above"
    if verdict.metric.direction == "lower":
        good, bad, least = "upper", "lower", "below"
    most = "below" if least == "above" else "above"
    to_pass, to_fail = _marks(verdict)
    is_limit = verdict.limit is not None
    return (
        f"A pass needs its {good} end {'not ' + most if is_limit else least} {to_pass}, "
        f"a fail its {bad} end {most} {to_fail}"
    )


def _marks(verdict: Verdict) -> tuple[str, str]:
    """Where the interval has to lie for a pass and for a fail, in words."""
    style, is_higher = number_style(verdict.metric), verdict.metric.direction == "higher"
    if verdict.limit is not None:
        return style.limit(verdict.limit), style.limit(verdict.limit)
    sign = "-" if is_higher else "+"
    if verdict.margin_ratio is not None:
        allowed = 1 - 1 / verdict.margin_ratio if is_higher else verdict.margin_ratio - 1
        return f"{sign}{100 * allowed:.3g}%", "0"
    if not verdict.margin:
        return "0", "0"
    return f"{sign}{style.allowance(verdict.margin)}", "0"
