"""Gates against a baseline by a ratio: no_worse_than with margin_ratio, for latency and cost."""

from math import isfinite

import numpy as np
from numpy.typing import NDArray

from genaiops.gates.arms import Arm
from genaiops.gates.drop_words import Shown, drop_sentences
from genaiops.gates.estimates import level_of
from genaiops.gates.finding import Finding, Remedy, Sentences
from genaiops.gates.pairs import Pairs
from genaiops.gates.questions import Question
from genaiops.gates.remedies import Units, remedy_of, score_first
from genaiops.gates.sides import Sides, ask_sides, compare, unstable_pairs
from genaiops.records import Estimate
from genaiops.specs.evaluation import GateSpec
from genaiops.stats import RatioTest, paired_ratio, ratio_units_needed
from genaiops.text.quantities import counted

_Floats = NDArray[np.float64]


def ask_ratio(gate: GateSpec, pairs: Pairs, margin_ratio: float) -> Question[Finding]:
    """Ask whether the candidate takes at most so many times what the baseline takes."""
    candidate, baseline = _sides(pairs)
    test = paired_ratio(
        candidate,
        baseline,
        pairs.candidate.cluster_ids,
        margin_ratio=margin_ratio,
        alpha=gate.alpha,
    )
    sides = ask_sides(pairs, alpha=gate.alpha)
    return sides.then(lambda found: _find(gate, pairs, margin_ratio, test, found))


def _sides(pairs: Pairs) -> tuple[_Floats, _Floats]:
    """The amounts of both arms, so that less is better; not a number where one is missing."""
    candidate, baseline = _amounts(pairs.candidate), _amounts(pairs.baseline)
    is_higher = pairs.candidate.info.direction == "higher"
    return (baseline, candidate) if is_higher else (candidate, baseline)


def _amounts(arm: Arm) -> _Floats:
    return np.where(arm.missing == 0, arm.worst, np.nan)


def _find(
    gate: GateSpec, pairs: Pairs, margin_ratio: float, test: RatioTest, sides: Sides
) -> Finding:
    compared = compare(pairs, sides, _ratio(gate, pairs, test))
    unstable = unstable_pairs(pairs)
    is_higher = pairs.candidate.info.direction == "higher"
    allowed = 1 - 1 / margin_ratio if is_higher else margin_ratio - 1
    is_reached = test.ratio is not None and test.ratio >= margin_ratio
    shown = Shown(
        allowed=f"{100 * allowed:.3g}%",
        is_improved=test.high < 1,
        is_drop=test.fails,
        is_reached=is_reached,
    )
    sentences = drop_sentences(pairs, shown, compared, unstable)
    undefined = _undefined(pairs) if test.ratio is None else None
    change = compared.difference.value
    seen = "no ratio" if change is None else f"{100 * (change - 1):+.1f}%"
    return Finding(
        gate=gate,
        info=pairs.candidate.info,
        estimate=sides.candidate,
        passes=test.passes,
        fails=test.fails,
        p_fail=test.p_fail,
        sentences=Sentences(undefined, undefined, undefined) if undefined else sentences,
        remedy=_remedy(gate, pairs, margin_ratio, test),
        is_worse=None if test.ratio is None else is_reached,
        seen=f"{seen} {'reaches' if is_reached else 'is within'} {shown.allowed}",
        comparison=compared,
        unstable=unstable,
        is_open=undefined is not None,
    )


def _ratio(gate: GateSpec, pairs: Pairs, test: RatioTest) -> Estimate:
    """The typical ratio, candidate over baseline."""
    ends = (test.ratio, test.low, test.high)
    if pairs.candidate.info.direction == "higher":
        ends = tuple(
            None if end is None else _inverse(end) for end in (test.ratio, test.high, test.low)
        )
    value, low, high = (None if end is None or not isfinite(end) else end for end in ends)
    return Estimate(
        value=value,
        low=low,
        high=high,
        n=pairs.candidate.n,
        missing=pairs.incomplete,
        clusters=pairs.candidate.cluster_count,
        level=level_of(gate.alpha),
        method=test.method,
    )


def _inverse(end: float) -> float:
    return 1 / end if end else float("inf")


def _undefined(pairs: Pairs) -> str:
    """Why there is no ratio to judge."""
    if pairs.incomplete:
        lacking = "lacks" if pairs.incomplete == 1 else "lack"
        return f"{counted(pairs.incomplete, 'case')} {lacking} a score; a ratio takes all of them."
    if pairs.candidate.n < 2:
        return "1 case is too few for a ratio."
    return "A case failed or took nothing in one of the runs, which has no ratio; use a quantile."


def _remedy(gate: GateSpec, pairs: Pairs, margin_ratio: float, test: RatioTest) -> Remedy:
    """The pairs with which an unchanged candidate passes in four of five evaluations."""
    if pairs.incomplete:
        return score_first(pairs.incomplete)
    units = Units.of(pairs.candidate, pairs.candidate.worst, pairs.is_complete)
    if test.ratio is None:
        return remedy_of(None, units, "there is no ratio")
    if test.ratio >= margin_ratio:
        return remedy_of(None, units, f"the observed {pairs.drop} reaches the margin")
    needed = _needed(gate, pairs, margin_ratio, 1.0)
    if needed is not None and needed <= units.count:
        # An unchanged candidate would have passed: plan for the rise that was seen.
        needed = _needed(gate, pairs, margin_ratio, max(test.ratio, 1.0))
    return remedy_of(needed, units, "too many cases reach the margin")


def _needed(gate: GateSpec, pairs: Pairs, margin_ratio: float, ratio_plan: float) -> int | None:
    candidate, baseline = _sides(pairs)
    return ratio_units_needed(
        candidate,
        baseline,
        pairs.candidate.cluster_ids,
        margin_ratio=margin_ratio,
        alpha=gate.alpha,
        ratio_plan=ratio_plan,
    )
