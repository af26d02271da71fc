"""Gates against a baseline: no_worse_than with a margin, on the cases that both runs hold."""

from math import ceil

from genaiops.gates.arms import mean
from genaiops.gates.course import Course
from genaiops.gates.drop_words import Shown, drop_sentences
from genaiops.gates.estimates import level_of
from genaiops.gates.finding import Finding, Remedy
from genaiops.gates.followed import FOLLOWED, ask_followed_difference
from genaiops.gates.numbers import NumberStyle, number_style
from genaiops.gates.pairs import Pairs, ask_difference
from genaiops.gates.questions import Question
from genaiops.gates.ranges import range_of
from genaiops.gates.remedies import Units, remedy_of
from genaiops.gates.sides import Sides, ask_sides, compare, unstable_pairs
from genaiops.records import Estimate
from genaiops.specs.evaluation import GateSpec
from genaiops.stats import PairedTest, least_n_to_pass_margin, mcnemar_p, pairs_needed

_ROUNDING = 1e-9


def ask_drop(
    gate: GateSpec, pairs: Pairs, margin: float, course: Course | None
) -> Question[Finding]:
    """Ask whether the candidate is no worse than the baseline by more than the margin."""
    if course is None:
        test = ask_difference(pairs, margin=margin, alpha=gate.alpha)
    else:
        test = ask_followed_difference(pairs, course, margin=margin, alpha=gate.alpha)
    sides = ask_sides(pairs, alpha=gate.alpha)
    return test.beside(sides).then(lambda found: _find(gate, pairs, margin, *found))


def _find(gate: GateSpec, pairs: Pairs, margin: float, test: PairedTest, sides: Sides) -> Finding:
    info, gain = pairs.candidate.info, mean(pairs.worst)
    style, difference = number_style(info), _difference(pairs, test, gate.alpha)
    compared, unstable = compare(pairs, sides, difference), unstable_pairs(pairs)
    # Where the margin is 0, no change is no drop.
    is_worse = None if gain is None else gain < -_ROUNDING and gain <= _ROUNDING - margin
    shown = Shown(
        allowed=style.allowance(margin) if margin else None,
        is_improved=_is_improved(pairs, test, gate.alpha),
        is_drop=test.fails,
        is_reached=gain is None or gain <= -margin,
    )
    return Finding(
        gate=gate,
        info=info,
        estimate=sides.candidate,
        passes=test.passes,
        fails=test.fails,
        p_fail=test.p_fail,
        sentences=drop_sentences(pairs, shown, compared, unstable),
        remedy=_remedy(pairs, margin, gate.alpha),
        is_worse=is_worse,
        seen=_seen(style, difference.value, margin, is_worse=bool(is_worse)),
        comparison=compared,
        unstable=unstable,
    )


def _difference(pairs: Pairs, test: PairedTest, alpha: float) -> Estimate:
    gain, low, high = mean(pairs.worst), test.low, test.high
    if pairs.candidate.info.direction == "lower":
        gain, low, high = None if gain is None else 0.0 - gain, 0.0 - high, 0.0 - low
    return Estimate(
        value=gain,
        low=low,
        high=high,
        n=pairs.candidate.n,
        missing=pairs.incomplete,
        clusters=pairs.candidate.cluster_count,
        level=level_of(alpha),
        method=test.method,
    )


def _is_improved(pairs: Pairs, test: PairedTest, alpha: float) -> bool:
    if not pairs.is_single_binary or test.method == FOLLOWED:
        return test.low > 0
    counts = pairs.counts
    return mcnemar_p(gains=counts.harms, harms=counts.gains) <= alpha


def _seen(style: NumberStyle, difference: float | None, margin: float, *, is_worse: bool) -> str:
    seen = style.signed(difference, apart_from=[margin])
    reached = "reaches" if is_worse else "is within"
    return f"{seen} {reached} {style.number(margin)}"


def _remedy(pairs: Pairs, margin: float, alpha: float) -> Remedy:
    """The pairs with which an unchanged candidate passes in four of five evaluations."""
    span = range_of(pairs.candidate.info).span
    units = Units.of(pairs.candidate, pairs.worst / span, pairs.is_complete)
    observed, allowed = mean(pairs.worst[pairs.is_complete] / span), margin / span
    if observed is None:
        return remedy_of(None, units, "no case is scored in both runs")
    if observed <= -allowed + _ROUNDING:
        obstacle = "the observed change is no improvement"
        if margin > 0:
            obstacle = f"the observed {pairs.drop} reaches the margin"
        return remedy_of(None, units, obstacle)
    planned = observed if margin == 0 else 0.0
    needed = pairs_needed(units.variance, allowed, alpha, delta_plan=planned)
    if needed is not None and needed <= len(units.complete):
        # An unchanged candidate would have passed: plan for the drop that was seen.
        planned = min(observed, 0.0)
        needed = pairs_needed(units.variance, allowed, alpha, delta_plan=planned)
    least = least_n_to_pass_margin(allowed, alpha)
    if needed is not None and least is not None:
        needed = max(needed, ceil(units.largest * least))
    return remedy_of(needed, units, "the observed change is too small")
