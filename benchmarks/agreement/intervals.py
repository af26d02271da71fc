"""Figures of agreement, and intervals of 95% around them: `Row(…, n, *bootstrap(auroc, a, b))`."""

from collections.abc import Callable, Hashable, Sequence
from math import isfinite

import numpy as np
from numpy.typing import ArrayLike, NDArray

from genaiops.stats import wilson_high, wilson_low

Floats = NDArray[np.float64]
Measure = Callable[..., float]
Estimated = tuple[float, float, float]
"""A value, and where its interval begins and ends."""

TAIL = 0.025
DRAWS = 2000


def bootstrap(
    measure: Measure,
    *columns: ArrayLike,
    groups: Sequence[Hashable] | None = None,
    draws: int = DRAWS,
    seed: int = 1,
) -> Estimated:
    """A measure with its percentile interval over items drawn anew.

    Args:
        measure: Takes the columns as arrays; NaN where it is not defined.
        columns: A value for each item, all of one length.
        groups: What each item belongs to; those of one group, such as two answers to the same
            question, are drawn together.
        draws: How often; those where the measure is not defined are left out.
        seed: Of the generator; the same seed gives the same interval.

    Source: Efron & Tibshirani 1993, An Introduction to the Bootstrap, chapter 13.
    """
    arrays = [np.asarray(column) for column in columns]
    members = _members(groups, len(arrays[0]))
    random = np.random.default_rng(seed)
    drawn = list[float]()
    for _ in range(draws):
        chosen = random.integers(0, len(members), len(members))
        places = np.concatenate([members[each] for each in chosen])
        value = measure(*(array[places] for array in arrays))
        if isfinite(value):
            drawn.append(value)
    low, high = np.quantile(drawn, [TAIL, 1 - TAIL])
    return measure(*arrays), float(low), float(high)


def share(successes: int, n: int) -> Estimated:
    """A share of independent items with its Wilson interval."""
    return successes / n, wilson_low(successes, n, TAIL), wilson_high(successes, n, TAIL)


def auroc(scores: ArrayLike, is_good: ArrayLike) -> float:
    """The chance that a good item scores above a bad one, ties counted half; NaN without either."""
    good = np.asarray(is_good, bool)
    positives, negatives = int(good.sum()), int((~good).sum())
    if not positives or not negatives:
        return float("nan")
    above = ranks(scores)[good].sum() - positives * (positives + 1) / 2
    return float(above / (positives * negatives))


def spearman(left: ArrayLike, right: ArrayLike) -> float:
    """The correlation of ranks, those of ties averaged; NaN where one side is constant."""
    first, second = ranks(left), ranks(right)
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return float("nan")
    return float(np.corrcoef(first, second)[0, 1])


def balanced_accuracy(predicted: ArrayLike, truth: ArrayLike) -> float:
    """The mean of the shares of both classes that are seen as what they are; NaN without either."""
    said, true = np.asarray(predicted, bool), np.asarray(truth, bool)
    if true.all() or not true.any():
        return float("nan")
    return float((np.mean(said[true]) + np.mean(~said[~true])) / 2)


def mean(values: ArrayLike) -> float:
    """The mean."""
    return float(np.mean(np.asarray(values, float)))


def ranks(values: ArrayLike) -> Floats:
    """Ranks from 1, those of ties averaged."""
    array = np.asarray(values, float)
    _, place, counts = np.unique(array, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2)[place]


def _members(groups: Sequence[Hashable] | None, n: int) -> list[NDArray[np.int64]]:
    """The places of the items of each group."""
    if groups is None:
        return [np.array([place]) for place in range(n)]
    found = dict[Hashable, list[int]]()
    for place, group in enumerate(groups):
        found.setdefault(group, []).append(place)
    return [np.array(places) for places in found.values()]
