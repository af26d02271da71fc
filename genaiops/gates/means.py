"""Gates on the mean of one run: at_least and at_most."""

from genaiops.gates.arms import Arm, mean
from genaiops.gates.estimates import estimate_mean
from genaiops.gates.finding import Finding, Remedy, Sentences
from genaiops.gates.numbers import number_style
from genaiops.gates.ranges import Range, range_of
from genaiops.gates.remedies import missing_text, remedy_of
from genaiops.gates.rules import LimitWords, gate_limit, is_kept
from genaiops.specs.evaluation import GateSpec
from genaiops.stats import (
    Interval,
    Limit,
    LimitTest,
    cases_needed_for_limit,
    limit_mean,
    limit_share,
    mean_draws,
)


def find_mean(gate: GateSpec, arm: Arm, *, seed: int) -> Finding:
    """Judge a limit of the mean of a metric with a bounded range."""
    limit, values, style = gate_limit(gate), range_of(arm.info), number_style(arm.info)
    words = LimitWords.of(limit, arm.info)
    test = _test(arm, limit, values, alpha=gate.alpha, seed=seed)
    bounds = Interval(test.low, test.high)
    shown = estimate_mean(arm, bounds, alpha=gate.alpha, method=test.method)
    is_worse = None if shown.value is None else not is_kept(shown.value, limit)
    seen = style.value(shown.value, apart_from=[limit.value])
    still = words.kept if is_worse else words.broken
    return Finding(
        gate=gate,
        info=arm.info,
        estimate=shown,
        passes=test.passes,
        fails=test.fails,
        p_fail=test.p_fail,
        sentences=Sentences(
            passed=f"Proven to be {words.kept}.",
            failed=f"Proven to be {words.broken}.",
            undecided=f"{seen} was seen; {still} is still possible.{missing_text(arm.incomplete)}",
        ),
        remedy=_remedy(gate, arm, values, words),
        is_worse=is_worse,
        seen=f"{seen} is {words.broken if is_worse else words.kept}",
    )


def _test(arm: Arm, limit: Limit, values: Range, *, alpha: float, seed: int) -> LimitTest:
    if arm.is_single_binary:
        fewest, most = int(arm.low.sum()), int(arm.high.sum())
        return limit_share(fewest, most, arm.n, limit=limit, alpha=alpha)
    draws = mean_draws(arm.low, arm.high, lo=values.low, hi=values.high, seed=seed)
    return limit_mean(draws, limit=limit, alpha=alpha)


def _remedy(gate: GateSpec, arm: Arm, values: Range, words: LimitWords) -> Remedy:
    limit = gate_limit(gate)
    complete = arm.worst[arm.missing == 0]
    observed = mean(complete)
    is_within = observed is not None and is_kept(observed, limit)
    needed = cases_needed_for_limit(
        complete, limit=limit, alpha=gate.alpha, lo=values.low, hi=values.high
    )
    obstacle = f"what was seen is too close to {words.limit}"
    if not is_within:
        obstacle = f"what was seen is {words.broken}"
    return remedy_of(needed, arm.n, arm.incomplete, obstacle)
