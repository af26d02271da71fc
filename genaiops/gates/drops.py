"""Gates against a baseline: no_worse_than with a margin, on the cases that both runs hold."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from genaiops.gates.arms import Arm, mean
from genaiops.gates.estimates import estimate
from genaiops.gates.finding import Comparison, Finding, Remedy, Sentences
from genaiops.gates.numbers import NumberStyle, number_style
from genaiops.gates.ranges import Range, range_of
from genaiops.gates.remedies import missing_text, remedy_of
from genaiops.records import Estimate, MetricInfo
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


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a comparison: how its changes are counted, and the margin."""

    changes: str
    margin: str

    @classmethod
    def of(cls, info: MetricInfo, compared: Comparison, margin: float) -> "_Words":
        better, worse = ("fixed", "broken") if info.binary else ("better", "worse")
        return cls(
            f"{compared.improved} {better}, {compared.worsened} {worse}.",
            number_style(info).allowance(margin),
        )


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
        sentences=_sentences(pairs, test, _Words.of(info, compared, margin), gate.alpha),
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
        level=round(1 - 2 * alpha, 9),
        method=test.method,
    )


def _sentences(pairs: Pairs, test: PairedTest, words: _Words, alpha: float) -> Sentences:
    drop, missing = pairs.drop, missing_text(pairs.incomplete)
    ruled_out = f"a {drop} of {words.margin} or more is ruled out"
    passed = f"{words.changes} {ruled_out[0].upper()}{ruled_out[1:]}."
    if _is_improved(pairs, test, alpha):
        passed = f"{words.changes} An improvement is proven."
    elif test.fails:
        passed = f"{words.changes} A {drop} is proven, but {ruled_out}."
    possible = f"A {drop} of over {words.margin} is still possible."
    if test.fails:
        possible = f"A {drop} is likely, but not proven when all blocking gates are judged at once."
    return Sentences(
        passed=f"{passed}{missing}",
        failed=f"{words.changes} A {drop} is proven.{missing}",
        undecided=f"{words.changes} {possible}{missing}",
    )


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
