"""Differences of arms, by case or cluster, and what they show of each pair. Pure."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from genaiops.evaluations.columns import Columns
from genaiops.stats.moments import Moments

_EQUAL = 1e-9
_NUMBERS_AT_ONCE = 2_000_000


@dataclass(frozen=True, slots=True)
class Differences:
    """Sums over units of the second arm minus the first, higher is better.

    Arrays have the shape (units, pairs). `low` and `high` have missing scores at the worst and at
    the best for the second arm, `shown` has all of them at their worst; `sizes` are the cases in
    each sum. The counts, of the shape (pairs,), are of cases.
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    shown: NDArray[np.float64]
    sizes: NDArray[np.float64]
    better: NDArray[np.int_]
    worse: NDArray[np.int_]
    missing: NDArray[np.int_]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the differences of all pairs come to; arrays have the shape (pairs,).

    `statistic` is that of the claim that the data favor, 1 for the second arm and -1 for the first
    in `side`: the least value that missing scores allow. `middle` holds the differences, of the
    shape (units, pairs), with missing scores in the middle of what they may be.
    """

    low: Moments
    high: Moments
    shown: Moments
    statistic: NDArray[np.float64]
    side: NDArray[np.int_]
    better: NDArray[np.int_]
    worse: NDArray[np.int_]
    missing: NDArray[np.int_]
    middle: NDArray[np.float32]


def differences(columns: Columns, first: NDArray[np.int_], second: NDArray[np.int_]) -> Differences:
    """The differences of these pairs; 0 on cases that do not apply to both arms."""
    both = columns.applies[:, first] & columns.applies[:, second]
    shown = np.where(both, columns.worst[:, second] - columns.worst[:, first], 0.0)
    gaps = both & ((columns.missing[:, first] > 0) | (columns.missing[:, second] > 0))
    low = high = shown
    if gaps.any():
        low = np.where(both, columns.worst[:, second] - columns.best[:, first], 0.0)
        high = np.where(both, columns.best[:, second] - columns.worst[:, first], 0.0)
    sums = [low, high, shown, both.astype(np.float64)]
    if columns.is_clustered:
        sums = [np.add.reduceat(part, columns.starts, axis=0) for part in sums]
    return Differences(
        *sums,
        better=np.count_nonzero(shown > _EQUAL, axis=0),
        worse=np.count_nonzero(shown < -_EQUAL, axis=0),
        missing=np.count_nonzero(gaps, axis=0),
    )


def evidence(columns: Columns, first: NDArray[np.int_], second: NDArray[np.int_]) -> Evidence:
    """What is seen of many pairs, some at a time."""
    step = max(1, _NUMBERS_AT_ONCE // max(len(columns.ids), 1))
    starts = range(0, max(len(first), 1), step)
    parts = [
        _evidence(differences(columns, first[at : at + step], second[at : at + step]))
        for at in starts
    ]
    if len(parts) == 1:
        return parts[0]
    return Evidence(
        low=Moments.joined([part.low for part in parts]),
        high=Moments.joined([part.high for part in parts]),
        shown=Moments.joined([part.shown for part in parts]),
        statistic=np.concatenate([part.statistic for part in parts]),
        side=np.concatenate([part.side for part in parts]),
        better=np.concatenate([part.better for part in parts]),
        worse=np.concatenate([part.worse for part in parts]),
        missing=np.concatenate([part.missing for part in parts]),
        middle=np.concatenate([part.middle for part in parts], axis=1),
    )


def _evidence(found: Differences) -> Evidence:
    shown = Moments.of(found.shown, found.sizes)
    is_complete = found.low is found.high
    least, most = found.low.sum(axis=0), found.high.sum(axis=0)
    reach = np.sqrt(np.maximum(found.low**2, found.high**2).sum(axis=0))
    gain = np.maximum(np.maximum(least, -most), 0.0)
    return Evidence(
        low=shown if is_complete else Moments.of(found.low, found.sizes),
        high=shown if is_complete else Moments.of(found.high, found.sizes),
        shown=shown,
        statistic=gain / np.where(reach > 0, reach, 1.0),
        side=np.where(least >= -most, 1, -1),
        better=found.better,
        worse=found.worse,
        missing=found.missing,
        middle=((found.low + found.high) / 2).astype(np.float32),
    )
