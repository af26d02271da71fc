"""All pairs of arms on the same cases: their differences, and which of them are proven. Pure."""

from dataclasses import dataclass
from math import inf, isinf

import numpy as np
from numpy.typing import NDArray

from genaiops.evaluations.columns import Columns
from genaiops.evaluations.differences import Evidence, differences, evidence
from genaiops.stats.ranking import (
    bonferroni_critical,
    bounded_low,
    bounded_p,
    rare_shares,
    sign_flips,
)
from genaiops.stats.student import student_p

_EQUAL = 1e-9
_LEAST = float(np.nextafter(0.0, 1.0))


@dataclass(frozen=True, slots=True)
class Contrasts:
    """What is known of each pair of arms; arrays have the shape (pairs,), higher is better.

    Pairs are in the order of `np.triu_indices`. Ends of intervals are infinite where unbounded.
    `proven` is 1 where the second arm is proven better, -1 where worse, else 0. `critical` is the
    simultaneous critical value of the intervals. `can_prove` is False where the arms differ on so
    few cases that no claim could hold.
    """

    columns: Columns
    first: NDArray[np.int_]
    second: NDArray[np.int_]
    cases: NDArray[np.int_]
    units: NDArray[np.int_]
    value: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    standard_error: NDArray[np.float64]
    p_adjusted: NDArray[np.float64]
    proven: NDArray[np.int_]
    better: NDArray[np.int_]
    worse: NDArray[np.int_]
    missing: NDArray[np.int_]
    critical: float
    can_prove: bool
    alpha: float

    @property
    def pairs(self) -> int:
        return len(self.first)

    def beats(self) -> NDArray[np.bool_]:
        """Shape (arms, arms): whether the row's arm is proven better than the column's."""
        found = np.zeros((self.columns.arms, self.columns.arms), np.bool_)
        found[self.second, self.first] = self.proven > 0
        found[self.first, self.second] = self.proven < 0
        return found

    def places(self) -> list[tuple[int, int]]:
        """The two arms of each pair, by their columns."""
        return [
            (int(first), int(second)) for first, second in zip(self.first, self.second, strict=True)
        ]

    def t(self, pair: int) -> float:
        """The observed difference in standard errors; 0 where there is no spread to divide by."""
        error = float(self.standard_error[pair])
        return float(self.value[pair]) / error if error > 0 else 0.0

    def p_value(self, pair: int) -> float | None:
        """The paired t-test's two-sided p of this pair alone; None without spread."""
        if self.standard_error[pair] <= 0:
            return None
        return student_p(self.t(pair), int(self.units[pair]) - 1)

    def is_no_worse(self, better: int, than: int, margin: float) -> bool:
        """Whether an arm is proven to be at most `margin` worse than another.

        The simultaneous bound must say so, and so must a bound that reckons with rare breakage that
        was seen too seldom for a variance.
        """
        pair, span = self.pair(min(better, than), max(better, than)), self.columns.span
        low = -self.high[pair] if better < than else self.low[pair]
        if low <= -margin or span is None:
            return False
        gains = _least_gains(self.columns, np.array([than]), np.array([better]))
        alpha = self.alpha / 2 / self.pairs
        return bounded_low(gains.values, span=gains.span, alpha=alpha) > -margin

    def pair(self, first: int, second: int) -> int:
        """The place of two arms, the first one being the one that was named first."""
        return first * (2 * self.columns.arms - first - 1) // 2 + second - first - 1


def contrast(columns: Columns, *, level: float, seed: int) -> Contrasts:
    """Compare all pairs of arms; all claims together are wrong with a chance of 1 - level at most.

    A claim that an arm is better holds whatever its missing scores, and the other's, may be: its
    statistic is the least that they allow.
    """
    alpha = round(1 - level, 9)
    first, second = np.triu_indices(columns.arms, 1)
    seen = evidence(columns, first, second)
    flips = sign_flips(seen.middle, seed=seed)
    p_flips = np.maximum(flips.p_adjusted(seen.statistic), _p_rare(seen, columns.span))
    p_adjusted, bound = _guarded(columns, seen, (first, second), p_flips, alpha)
    is_proven = (p_adjusted <= alpha + _EQUAL) & (seen.statistic > 0)
    proven = np.where(is_proven, seen.side, 0)
    at_zero = flips.critical(alpha)
    critical = _interval_critical(at_zero, len(first), alpha)
    low, high = _intervals(seen, proven, critical, columns.span, alpha)
    low = np.where(seen.side > 0, np.minimum(low, bound), low)
    high = np.where(seen.side < 0, np.maximum(high, -bound), high)
    return Contrasts(
        columns=columns,
        first=first,
        second=second,
        cases=seen.shown.cases.astype(np.int_),
        units=seen.shown.units,
        value=seen.shown.mean,
        low=low,
        high=high,
        standard_error=seen.shown.standard_errors(),
        p_adjusted=p_adjusted,
        proven=proven,
        better=seen.better,
        worse=seen.worse,
        missing=seen.missing,
        critical=critical,
        can_prove=not isinf(at_zero),
        alpha=alpha,
    )


def _guarded(
    columns: Columns,
    seen: Evidence,
    arms: tuple[NDArray[np.int_], NDArray[np.int_]],
    p_flips: NDArray[np.float64],
    alpha: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Corrected p-values that graded scores earn only if rare bad cases cannot explain them away.

    Signs that are flipped say little of an arm that gains a little on most cases and fails a few
    badly. So a pair must also be proven alone, one-sided at `alpha`, by the bound that gates go by,
    which reckons with cases not seen yet. What that changes: benchmarks/compare_size.py.

    Returns:
        p-values, and the lower bound of the better arm's gain where the guard took a proof away.
    """
    guarded, bound = p_flips.copy(), np.full(len(p_flips), inf)
    if columns.span is None or _is_binary(columns):
        return guarded, bound
    for pair in np.flatnonzero(p_flips <= alpha + _EQUAL):
        worse, better = (at[pair : pair + 1] for at in arms[:: 1 if seen.side[pair] > 0 else -1])
        gains = _least_gains(columns, worse, better)
        guarded[pair] = max(p_flips[pair], bounded_p(gains.values, span=gains.span))
        if guarded[pair] > alpha + _EQUAL:
            bound[pair] = bounded_low(gains.values, span=gains.span, alpha=alpha)
    return guarded, bound


def _is_binary(columns: Columns) -> bool:
    """Whether every difference of a unit is none or the whole range."""
    ends = np.stack([columns.worst, columns.best])[:, columns.applies]
    low = ends.min(initial=inf)
    is_end = (np.abs(ends - low) <= _EQUAL) | (np.abs(ends - low - (columns.span or 0)) <= _EQUAL)
    return not columns.is_clustered and bool(is_end.all())


@dataclass(frozen=True, slots=True)
class _Gains:
    """One value for each unit, in [-span, span], whose mean is that of the cases."""

    values: NDArray[np.float64]
    span: float


def _least_gains(columns: Columns, worse: NDArray[np.int_], better: NDArray[np.int_]) -> _Gains:
    """The gains of each unit that has cases, with missing scores at their worst.

    The sum over a cluster counts as large as the cluster is beside the average one.
    """
    found = differences(columns, worse, better)
    has_cases = found.sizes[:, 0] > 0
    sizes, sums = found.sizes[has_cases, 0], found.low[has_cases, 0]
    scale = len(sizes) / max(float(sizes.sum()), 1.0)
    span = (columns.span or inf) * float(sizes.max(initial=0.0)) * scale
    return _Gains(np.clip(sums * scale, -span, span), span)


def _interval_critical(at_zero: float, pairs: int, alpha: float) -> float:
    """The critical value away from a difference of 0, where cases without a difference count too.

    Where few cases differ, that at 0 is coarse, or there is none: it is then at least that of one
    normal statistic, or Bonferroni's of all.
    """
    if isinf(at_zero):
        return bonferroni_critical(pairs, alpha)
    return max(at_zero, bonferroni_critical(1, alpha))


def _p_rare(seen: Evidence, span: float | None) -> NDArray[np.float64]:
    """What p is at least where all differences are equal: a rare other case may not have come yet.

    The chance that no case of a share came that would have made up for the difference, times the
    number of claims. For scores that are 1 in one arm and 0 in the other this is McNemar's p.
    """
    if span is None:
        return np.zeros(len(seen.statistic))
    size = np.abs(seen.shown.mean)
    unseen = (span / (size + span)) ** seen.shown.units
    is_equal = (seen.shown.squares <= _EQUAL**2) & (size > 0)
    return np.where(is_equal, np.minimum(2.0 * len(size) * unseen, 1.0), 0.0)


def _intervals(
    seen: Evidence, proven: NDArray[np.int_], critical: float, span: float | None, alpha: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Simultaneous intervals that never contradict what is proven, nor are of zero width.

    Where all differences are equal there is no spread to infer from: how rare a different case may
    be bounds the mean instead, or nothing does where values are unbounded.
    """
    low, high = seen.low.interval(critical)[0], seen.high.interval(critical)[1]
    wide = inf if span is None else span
    share = rare_shares(seen.shown.units, alpha / 2 / max(len(low), 1))
    is_equal = high - low <= _EQUAL
    low = np.where(is_equal, (1 - share) * seen.low.mean - share * wide, low)
    high = np.where(is_equal, (1 - share) * seen.high.mean + share * wide, high)
    low = np.where(proven > 0, np.maximum(low, _LEAST), np.minimum(low, 0.0))
    high = np.where(proven < 0, np.minimum(high, -_LEAST), np.maximum(high, 0.0))
    return np.maximum(low, -wide), np.minimum(high, wide)
