"""Gates against a baseline: no_worse_than with a margin, on the cases that both runs hold."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from genaiops.gates.arms import Arm, mean
from genaiops.gates.estimates import estimate, level_of
from genaiops.gates.finding import Comparison, Finding, Remedy, Sentences
from genaiops.gates.numbers import NumberStyle, number_style
from genaiops.gates.ranges import Range, range_of
from genaiops.gates.remedies import missing_text, remedy_of
from genaiops.records import Estimate
from genaiops.specs.evaluation import GateSpec
from genaiops.stats import (
    Counts,
    PairedTest,
    mcnemar_p,
    paired_binary,
    paired_bounded,
    pairs_needed,
)

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Pairs:
    """Two arms on the same cases, in the same order.

    `worst` and `best` hold, per case, by how much the candidate is better than the baseline
    (whatever the direction of the metric) if what is missing in either scored the worst, or the
    best, for the candidate. `is_complete` tells the cases without a missing score.
    """

    candidate: Arm
    baseline: Arm

    @property
    def worst(self) -> NDArray[np.float64]:
        return self._sign * (self.candidate.worst - self.baseline.best)

    @property
    def best(self) -> NDArray[np.float64]:
        return self._sign * (self.candidate.best - self.baseline.worst)

    @property
    def is_complete(self) -> NDArray[np.bool_]:
        return (self.candidate.missing == 0) & (self.baseline.missing == 0)

    @property
    def incomplete(self) -> int:
        return int(np.count_nonzero(~self.is_complete))

    @property
    def missing_share(self) -> float:
        """The larger share of missing scores of the two arms."""
        return max(self.candidate.missing_share, self.baseline.missing_share)

    @property
    def is_single_binary(self) -> bool:
        """Whether each case has one score of 0 or 1 in both arms."""
        return self.candidate.is_single_binary and self.baseline.is_single_binary

    @property
    def drop(self) -> str:
        """What a worse value is called."""
        return "drop" if self.candidate.info.direction == "higher" else "rise"

    @property
    def _sign(self) -> float:
        return 1.0 if self.candidate.info.direction == "higher" else -1.0


def find_drop(gate: GateSpec, pairs: Pairs, *, seed: int) -> Finding:
    """Judge whether the candidate is no worse than the baseline by more than the margin."""
    info, margin = pairs.candidate.info, gate.margin or 0.0
    values = range_of(info)
    test = _test(pairs, values, margin=margin, alpha=gate.alpha, seed=seed)
    gain = mean(pairs.worst)
    compared = _compare(pairs, test, gate.alpha, seed=seed)
    # Where the margin is 0, no change is no drop.
    is_worse = None if gain is None else gain < -_ROUNDING and gain <= _ROUNDING - margin
    return Finding(
        gate=gate,
        info=info,
        estimate=estimate(pairs.candidate, seed=seed, alpha=gate.alpha),
        passes=test.passes,
        fails=test.fails,
        p_fail=test.p_fail,
        sentences=_sentences(pairs, gate, test, compared),
        remedy=_remedy(pairs, values, margin, gate.alpha),
        is_worse=is_worse,
        seen=_seen(number_style(info), compared.difference.value, margin, is_worse=bool(is_worse)),
        comparison=compared,
    )


def _test(pairs: Pairs, values: Range, *, margin: float, alpha: float, seed: int) -> PairedTest:
    worst, best = pairs.worst, pairs.best
    if pairs.is_single_binary:
        return paired_binary(_counts(worst), _counts(best), margin=margin, alpha=alpha)
    return paired_bounded(worst, best, margin=margin, alpha=alpha, seed=seed, span=values.span)


def _counts(gains: NDArray[np.float64]) -> Counts:
    return Counts(int(np.count_nonzero(gains > 0)), int(np.count_nonzero(gains < 0)), len(gains))


def _compare(pairs: Pairs, test: PairedTest, alpha: float, *, seed: int) -> Comparison:
    changes = pairs.worst[pairs.is_complete]
    # A missing score of the baseline counts against the candidate: at its best.
    baseline = estimate(pairs.baseline, seed=seed, alpha=alpha)
    return Comparison(
        baseline=baseline.model_copy(update={"value": mean(pairs.baseline.best)}),
        difference=_difference(pairs, test, alpha),
        improved=int(np.count_nonzero(changes > _ROUNDING)),
        worsened=int(np.count_nonzero(changes < -_ROUNDING)),
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
        level=level_of(alpha),
        method=test.method,
    )


def _sentences(pairs: Pairs, gate: GateSpec, test: PairedTest, compared: Comparison) -> Sentences:
    missing = missing_text(pairs.incomplete)
    better, worse = ("fixed", "broken") if pairs.candidate.info.binary else ("better", "worse")
    changes = f"{compared.improved} {better}, {compared.worsened} {worse}."
    return Sentences(
        passed=f"{changes} {_passed(pairs, gate, test)}{missing}",
        failed=f"{changes} {_failed(pairs, gate)}{missing}",
        undecided=f"{changes} {_undecided(pairs, gate, test)}{missing}",
    )


def _passed(pairs: Pairs, gate: GateSpec, test: PairedTest) -> str:
    if not gate.margin or _is_improved(pairs, test, gate.alpha):
        return "An improvement is proven."
    ruled_out = f"{pairs.drop} of {_margin_text(pairs, gate)} or more is ruled out."
    return f"A {pairs.drop} is proven, but a {ruled_out}" if test.fails else f"A {ruled_out}"


def _failed(pairs: Pairs, gate: GateSpec) -> str:
    gain = mean(pairs.worst)
    if not gate.margin or gain is None or gain <= -gate.margin:
        return f"A {pairs.drop} is proven."
    return f"A {pairs.drop} is proven, and one of over {_margin_text(pairs, gate)} is possible."


def _undecided(pairs: Pairs, gate: GateSpec, test: PairedTest) -> str:
    if test.fails:
        return f"A {pairs.drop} is likely, but not proven among all blocking gates."
    if not gate.margin:
        return "No improvement is proven."
    return f"A {pairs.drop} of over {_margin_text(pairs, gate)} is still possible."


def _margin_text(pairs: Pairs, gate: GateSpec) -> str:
    return number_style(pairs.candidate.info).allowance(gate.margin or 0.0)


def _is_improved(pairs: Pairs, test: PairedTest, alpha: float) -> bool:
    if not pairs.is_single_binary:
        return test.low > 0
    counts = _counts(pairs.worst)
    return mcnemar_p(gains=counts.harms, harms=counts.gains) <= alpha


def _seen(style: NumberStyle, difference: float | None, margin: float, *, is_worse: bool) -> str:
    seen = style.signed(difference, apart_from=[margin])
    reached = "reaches" if is_worse else "is within"
    return f"{seen} {reached} {style.number(margin)}"


def _remedy(pairs: Pairs, values: Range, margin: float, alpha: float) -> Remedy:
    """The pairs with which an unchanged candidate passes in four of five evaluations."""
    complete = pairs.worst[pairs.is_complete] / values.span
    n, incomplete = pairs.candidate.n, pairs.incomplete
    observed, allowed = mean(complete), margin / values.span
    if observed is None:
        return remedy_of(None, n, incomplete, "no case is scored in both runs")
    if observed <= -allowed + _ROUNDING:
        obstacle = "the observed change is no improvement"
        if margin > 0:
            obstacle = f"the observed {pairs.drop} reaches the margin"
        return remedy_of(None, n, incomplete, obstacle)
    variance = float(complete.var(ddof=1)) if len(complete) > 1 else 0.0
    planned = observed if margin == 0 else 0.0
    needed = pairs_needed(variance, allowed, alpha, delta_plan=planned)
    if needed is not None and needed <= len(complete):
        # An unchanged candidate would have passed: plan for the drop that was seen.
        needed = pairs_needed(variance, allowed, alpha, delta_plan=min(observed, 0.0))
    return remedy_of(needed, n, incomplete, "the observed change is too small")
