"""Gates on the number of broken cases: max_cases."""

import numpy as np

from genaiops.gates.arms import Arm
from genaiops.gates.estimates import level_of
from genaiops.gates.finding import Finding, Sentences
from genaiops.gates.numbers import number_style
from genaiops.gates.remedies import score_first
from genaiops.records import Estimate
from genaiops.specs.evaluation import GateSpec
from genaiops.stats import clopper_pearson_high, clopper_pearson_low
from genaiops.text.quantities import counted


def find_count(gate: GateSpec, arm: Arm) -> Finding:
    """Judge the number of cases of which any repeat has the worst value.

    It is observed, not inferred: only missing scores that could break the limit leave it open.
    """
    allowed = gate.max_cases or 0
    best = arm.info.high if arm.info.direction == "higher" else arm.info.low
    broken = int(np.count_nonzero(arm.best != best))
    most = int(np.count_nonzero(arm.worst != best))
    rate = clopper_pearson_high(most, arm.n, gate.alpha)
    bound = f"the rate is at most {number_style(arm.info).value(rate)}"
    seen = f"{broken} of {counted(arm.n, 'case')} broken, {allowed} allowed"
    sentence = f"{seen}. With {100 * (1 - gate.alpha):g}% confidence {bound}."
    unknown = f"{counted(most - broken, 'case')} without a score could be broken, too."
    return Finding(
        gate=gate,
        info=arm.info,
        estimate=_estimate(arm, broken, most, gate.alpha),
        passes=most <= allowed,
        fails=broken > allowed,
        p_fail=None,
        sentences=Sentences(passed=sentence, failed=sentence, undecided=f"{seen}. {unknown}"),
        remedy=score_first(most - broken),
        is_worse=most > allowed,
        seen=f"{seen}, {most - broken} unknown",
    )


def _estimate(arm: Arm, broken: int, most: int, alpha: float) -> Estimate:
    """The share of broken cases; of whole ones where higher is better."""
    low = clopper_pearson_low(broken, arm.n, alpha)
    high = clopper_pearson_high(most, arm.n, alpha)
    share = most / arm.n
    if arm.info.direction == "higher":
        share, low, high = 1 - share, 1 - high, 1 - low
    return Estimate(
        value=share,
        low=low,
        high=high,
        n=arm.n,
        missing=arm.incomplete,
        level=level_of(alpha),
        method="clopper-pearson",
    )
