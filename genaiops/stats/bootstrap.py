"""Intervals of any measure of a table by drawing the answers anew."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, floor
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

_Floats = NDArray[np.float64]
Measure = Callable[[_Floats], _Floats]
"""Takes tables of shape (…, k, k) and gives a number each, NaN where it is not defined."""

DRAWS = 4_000
_NUMBERS_AT_ONCE = 1_000_000
_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Measured:
    """A measure with its interval; None where it is not defined."""

    value: float | None
    low: float | None
    high: float | None


def measured(tables: _Floats, measure: Measure, *, level: float = 0.95, seed: int = 0) -> Measured:
    """A measure of the sum of tables, with the interval of a bootstrap over answers.

    The interval is bias-corrected and accelerated (BCa). Draws for which the measure is not defined
    are left out. Where no answer tells a bias or a spread, as where all agree, drawing answers anew
    shows nothing: the end that lies in the value itself is then that of one table in which a share
    1 - (1 - level) ** (1 / n) of the n answers disagrees, as far as n answers do not exclude it.

    Args:
        tables: one an answer, of shape (answers, k, k); those that are all 0 are left out.
        measure: of their sum.
        level: two-sided, in (0, 1).
        seed: of the draws; the order of the answers does not matter.

    Source: Efron (1987), Better bootstrap confidence intervals, JASA 82, 171-185.
    """
    kept = tables[tables.sum((-2, -1)) > 0]
    if not len(kept):
        return Measured(None, None, None)
    total = kept.sum(0)
    value = float(measure(total))
    if not np.isfinite(value):
        return Measured(None, None, None)
    kinds, counts = np.unique(kept.reshape(len(kept), -1), axis=0, return_counts=True)
    generator = np.random.default_rng(seed)
    weights = generator.multinomial(len(kept), counts / len(kept), size=DRAWS)
    drawn = _drawn(measure, weights, kinds, total.shape)
    if not len(drawn) or np.isclose(drawn[0], drawn[-1]):
        return _without_spread(total, len(kept), value, measure, level)
    without = measure((total.reshape(-1) - kinds).reshape(-1, *total.shape))
    low, high = _bca_ends(drawn, value, without, counts, level)
    return Measured(value, low, high)


def _drawn(
    measure: Measure, weights: NDArray[np.int_], kinds: _Floats, shape: tuple[int, ...]
) -> _Floats:
    """The measure of each draw where it is defined, in order; `weights` say how often each kind."""
    rows = max(1, _NUMBERS_AT_ONCE // kinds.shape[1])
    used = kinds.any(0)  # of many categories most pairs never occur
    parts: list[_Floats] = []
    for start in range(0, len(weights), rows):
        some = weights[start : start + rows]
        sums = np.zeros((len(some), kinds.shape[1]))
        sums[:, used] = some @ kinds[:, used]
        parts.append(measure(sums.reshape(-1, *shape)))
    drawn = np.concatenate(parts)
    return np.sort(drawn[np.isfinite(drawn)])


def _bca_ends(
    drawn: _Floats, value: float, without: _Floats, counts: NDArray[np.int_], level: float
) -> tuple[float, float]:
    below = (np.count_nonzero(drawn < value) + np.count_nonzero(drawn <= value)) / 2
    bias = _NORMAL.inv_cdf(min(max(below / len(drawn), 1 / len(drawn)), 1 - 1 / len(drawn)))
    acceleration = _acceleration(without, counts)
    ends: list[float] = []
    for share in ((1 - level) / 2, (1 + level) / 2):
        z = bias + _NORMAL.inv_cdf(share)
        moved = _NORMAL.cdf(bias + z / (1 - acceleration * z))
        place = floor(moved * len(drawn)) if share < 0.5 else ceil(moved * len(drawn)) - 1
        ends.append(float(drawn[min(max(place, 0), len(drawn) - 1)]))
    return min(ends[0], value), max(ends[1], value)


def _acceleration(without: _Floats, counts: NDArray[np.int_]) -> float:
    """From the values without one answer of each kind, of which there are so many."""
    is_known = np.isfinite(without)
    values, times = without[is_known], counts[is_known]
    if not len(values):
        return 0.0
    apart = np.average(values, weights=times) - values
    squares = float((times * apart**2).sum())
    return float((times * apart**3).sum()) / (6 * squares**1.5) if squares > 0 else 0.0


def _without_spread(
    total: _Floats, n: int, value: float, measure: Measure, level: float
) -> Measured:
    """All answers are alike: the ends are as far as n of them do not exclude others."""
    k = len(total)
    others = np.ones((k, k)) - np.eye(k)
    if np.trace(total) < total.sum() / 2:
        others = np.eye(k)
    share = 1 - (1 - level) ** (1 / n)
    mixed = (1 - share) * total / total.sum() + share * others / others.sum()
    other = float(measure(mixed))
    return Measured(value, min(value, other), max(value, other))
