"""Gates on the number of broken cases: max_cases."""

import numpy as np
from numpy.typing import NDArray

from genaiops.gates.arms import Arm
from genaiops.gates.bounds import Bounds, Ranged, ask_bounds
from genaiops.gates.estimates import level_of
from genaiops.gates.finding import Finding, Sentences
from genaiops.gates.numbers import number_style
from genaiops.gates.questions import Question
from genaiops.gates.remedies import score_first
from genaiops.gates.sides import unstable_cases
from genaiops.records import Estimate
from genaiops.specs.evaluation import GateSpec
from genaiops.text.quantities import counted


def ask_count(gate: GateSpec, arm: Arm) -> Question[Finding]:
    """Ask for the number of cases of which any repeat has the worst value, and what it proves.

    It is observed, not inferred: only missing scores that could break the limit leave it open.
    """
    broken, possible = (each.astype(np.float64) for each in _broken(arm))
    rate = Ranged.of_share(broken, possible, arm)
    return ask_bounds(rate, alpha=gate.alpha).then(lambda found: _find(gate, arm, found))


def broken_cases(arm: Arm) -> int:
    """How many cases are broken for certain."""
    return int(np.count_nonzero(_broken(arm)[0]))


def _broken(arm: Arm) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which cases are broken, and which could be."""
    best = arm.info.best
    return arm.best != best, arm.worst != best


def _find(gate: GateSpec, arm: Arm, bounds: Bounds) -> Finding:
    allowed = gate.max_cases or 0
    is_broken, is_possible = _broken(arm)
    broken, most = int(np.count_nonzero(is_broken)), int(np.count_nonzero(is_possible))
    unstable = unstable_cases(arm, frozenset(np.array(arm.ids)[is_broken].tolist()))
    bound = f"the rate is at most {number_style(arm.info).value(bounds.interval.high)}"
    seen = f"{broken} of {counted(arm.n, 'case')} broken, {allowed} allowed"
    partly = f"; {unstable.worsened} not in every repeat" if unstable and unstable.worsened else ""
    sentence = f"{seen}{partly}. With {100 * (1 - gate.alpha):g}% confidence {bound}."
    unknown = f"{counted(most - broken, 'case')} without a score could be broken, too."
    return Finding(
        gate=gate,
        info=arm.info,
        estimate=_estimate(arm, most / arm.n, bounds, gate.alpha),
        passes=most <= allowed,
        fails=broken > allowed,
        p_fail=None,
        sentences=Sentences(passed=sentence, failed=sentence, undecided=f"{seen}. {unknown}"),
        remedy=score_first(most - broken),
        is_worse=most > allowed,
        seen=f"{seen}, {most - broken} unknown",
        unstable=unstable,
    )


def _estimate(arm: Arm, share: float, bounds: Bounds, alpha: float) -> Estimate:
    """The share of broken cases; of whole ones where higher is better."""
    low, high = bounds.interval.low, bounds.interval.high
    if arm.info.direction == "higher":
        share, low, high = 1 - share, 1 - high, 1 - low
    return Estimate(
        value=share,
        low=low,
        high=high,
        n=arm.n,
        missing=arm.incomplete,
        clusters=arm.cluster_count,
        level=level_of(alpha),
        method=bounds.method,
    )
