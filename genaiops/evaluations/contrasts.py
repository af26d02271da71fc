"""All pairs of arms on the same cases: their differences, and which of them are proven. Pure."""

from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from genaiops.evaluations.columns import Columns
from genaiops.stats.ranking import (
    bonferroni_critical,
    bounded_low,
    flip_interval,
    rare_share,
    sign_flips,
    standard_errors,
)
from genaiops.stats.student import student_p

_EQUAL = 1e-9
_LEAST = float(np.nextafter(0.0, 1.0))


@dataclass(frozen=True, slots=True)
class Totals:
    """Differences of all pairs (second minus first, higher is better), summed by unit.

    Arrays have the shape (units, pairs). `low` and `high` are the sums with missing scores at the
    worst and at the best for the second arm, `shown` with all of them at their worst; `sizes` are
    the cases in each sum.
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    shown: NDArray[np.float64]
    sizes: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Contrasts:
    """What is known of each pair of arms; arrays have the shape (pairs,), higher is better.

    Pairs are in the order of `np.triu_indices`. Ends of intervals are infinite where unbounded.
    `proven` is 1 where the second arm is proven better, -1 where worse, else 0. `critical` is the
    simultaneous critical value.
    """

    arms: int
    first: NDArray[np.int_]
    second: NDArray[np.int_]
    totals: Totals
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
    span: float | None
    alpha: float

    @property
    def pairs(self) -> int:
        return len(self.first)

    @property
    def cases(self) -> NDArray[np.int_]:
        """Cases that both arms of each pair have."""
        return self.totals.sizes.sum(axis=0).astype(np.int_)

    def beats(self) -> NDArray[np.bool_]:
        """Shape (arms, arms): whether the row's arm is proven better than the column's."""
        found = np.zeros((self.arms, self.arms), np.bool_)
        found[self.second, self.first] = self.proven > 0
        found[self.first, self.second] = self.proven < 0
        return found

    def places(self) -> list[tuple[int, int]]:
        """The two arms of each pair, by their columns."""
        return [
            (int(first), int(second)) for first, second in zip(self.first, self.second, strict=True)
        ]

    def units(self, pair: int) -> int:
        """The cases, or clusters of cases, that both arms have."""
        return int(np.count_nonzero(self.totals.sizes[:, pair]))

    def t(self, pair: int) -> float:
        """The observed difference in standard errors; 0 where there is no spread to divide by."""
        error = float(self.standard_error[pair])
        return float(self.value[pair]) / error if error > 0 else 0.0

    def p_value(self, pair: int) -> float | None:
        """The paired t-test's two-sided p of this pair alone; None without spread."""
        if self.standard_error[pair] <= 0:
            return None
        return student_p(self.t(pair), self.units(pair) - 1)

    def large_sample_critical(self) -> float:
        """The critical value to plan with; the usual correction where none could be drawn."""
        return min(self.critical, max(bonferroni_critical(self.pairs, self.alpha), 0.0))

    def is_no_worse(self, better: int, than: int, margin: float) -> bool:
        """Whether an arm is proven to be at most `margin` worse than another.

        The simultaneous bound must say so, and so must a bound that reckons with rare breakage that
        was seen too seldom for a variance.
        """
        pair = self.pair(min(better, than), max(better, than))
        turned = better < than
        low = -self.high[pair] if turned else self.low[pair]
        if low <= -margin or self.span is None:
            return False
        sums = -self.totals.high[:, pair] if turned else self.totals.low[:, pair]
        sizes = self.totals.sizes[:, pair]
        means = np.clip(sums[sizes > 0] / sizes[sizes > 0], -self.span, self.span)
        alpha = self.alpha / 2 / self.pairs
        return bounded_low(means, span=self.span, alpha=alpha) > -margin

    def pair(self, first: int, second: int) -> int:
        """The place of two arms, the first one being the one that was named first."""
        return first * (2 * self.arms - first - 1) // 2 + second - first - 1


def contrast(columns: Columns, *, level: float, seed: int) -> Contrasts:
    """Compare all pairs of arms; all claims together are wrong with a chance of 1 - level at most.

    A claim that an arm is better holds whatever its missing scores, and the other's, may be: its
    statistic is the least that they allow.
    """
    alpha = round(1 - level, 9)
    first, second = np.triu_indices(columns.arms, 1)
    both = columns.applies[:, first] & columns.applies[:, second]
    shown = np.where(both, columns.worst[:, second] - columns.worst[:, first], 0.0)
    totals = _totals(columns, both, shown)
    flips = sign_flips((totals.low + totals.high) / 2, seed=seed)
    least, most = totals.low.sum(axis=0), totals.high.sum(axis=0)
    reach = np.sqrt(np.maximum(totals.low**2, totals.high**2).sum(axis=0))
    gain = np.maximum(np.maximum(least, -most), 0.0)
    p_adjusted = flips.p_adjusted(gain / np.where(reach > 0, reach, 1.0))
    claimed = np.where(least >= -most, 1, -1)
    proven = np.where((p_adjusted <= alpha + _EQUAL) & (gain > 0), claimed, 0)
    critical = flips.critical(alpha)
    low, high = _intervals(totals, proven, critical, columns.span, alpha)
    count = np.maximum(totals.sizes.sum(axis=0), 1)
    return Contrasts(
        arms=columns.arms, first=first, second=second, totals=totals,
        value=totals.shown.sum(axis=0) / count, low=low, high=high,
        standard_error=standard_errors(totals.shown, totals.sizes),
        p_adjusted=p_adjusted, proven=proven,
        better=(shown > _EQUAL).sum(axis=0), worse=(shown < -_EQUAL).sum(axis=0),
        missing=(both & ((columns.missing[:, first] + columns.missing[:, second]) > 0)).sum(axis=0),
        critical=critical, span=columns.span, alpha=alpha,
    )  # fmt: skip


def _totals(columns: Columns, both: NDArray[np.bool_], shown: NDArray[np.float64]) -> Totals:
    first, second = np.triu_indices(columns.arms, 1)
    low = high = shown
    if columns.missing.any() and columns.span is not None:
        low = np.where(both, columns.worst[:, second] - columns.best[:, first], 0.0)
        high = np.where(both, columns.best[:, second] - columns.worst[:, first], 0.0)
    parts = [low, high, shown, both.astype(np.float64)]
    if columns.is_clustered:
        parts = [np.add.reduceat(part, columns.starts, axis=0) for part in parts]
    return Totals(*parts)


def _intervals(
    totals: Totals, proven: NDArray[np.int_], critical: float, span: float | None, alpha: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Simultaneous intervals that never contradict what is proven, nor are of zero width.

    Where all differences are equal there is no spread to infer from: how rare a different case may
    be bounds the mean instead, or nothing does where values are unbounded.
    """
    low, _ = flip_interval(totals.low, totals.sizes, critical)
    _, high = flip_interval(totals.high, totals.sizes, critical)
    units = (totals.sizes > 0).sum(axis=0)
    wide = inf if span is None else span
    share = np.array([rare_share(int(n), alpha / 2 / max(len(low), 1)) for n in units])
    same = high - low <= _EQUAL
    with np.errstate(invalid="ignore"):
        rarely_less = np.where(units > 0, (1 - share) * low - share * wide, -wide)
        rarely_more = np.where(units > 0, (1 - share) * high + share * wide, wide)
    low, high = np.where(same, rarely_less, low), np.where(same, rarely_more, high)
    low = np.where(proven > 0, np.maximum(low, _LEAST), np.minimum(low, 0.0))
    high = np.where(proven < 0, np.minimum(high, -_LEAST), np.maximum(high, 0.0))
    return np.maximum(low, -wide), np.minimum(high, wide)
