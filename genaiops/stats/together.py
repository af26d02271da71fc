"""Draws of many means at once: one set of random weights serves all means of equally many units."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from genaiops.stats.bounded import DRAWS, MeanDraws, Values, range_shares, unit_draws
from genaiops.stats.clusters import ClusterTotals

_WEIGHTS_AT_ONCE = 2_000_000
_ALWAYS_SHARED = 1_000
_FEW_VALUES = 16


@dataclass(frozen=True, slots=True)
class Units:
    """What a mean is drawn from: cases, or clusters of cases.

    `shares` has the shape (2, units): of each unit, the sums over its cases of where between `lo`
    (0) and `hi` (1) a value lies at the least and at the most. `sizes` are numbers of cases.
    """

    shares: NDArray[np.float64]
    sizes: NDArray[np.float64]
    lo: float
    hi: float

    @classmethod
    def of_cases(cls, pessimistic: Values, optimistic: Values, *, lo: float, hi: float) -> "Units":
        """Each case is a unit; arguments and errors as of `mean_draws`."""
        shares = range_shares(pessimistic, optimistic, lo=lo, hi=hi)
        return cls(shares, np.ones_like(shares[0]), lo, hi)

    @classmethod
    def of_clusters(cls, totals: ClusterTotals) -> "Units":
        """Each cluster is a unit."""
        ends = np.stack([totals.worst, totals.best])
        shares = (ends - totals.lo * totals.sizes) / (totals.hi - totals.lo)
        return cls(shares, totals.sizes, totals.lo, totals.hi)

    @property
    def count(self) -> int:
        return len(self.sizes)


def draw_together(means: Sequence[Units], *, seed: int) -> list[MeanDraws]:
    """Draw each mean as `unit_draws` does, in the order given.

    The weights depend on the seed and on the number of units alone, so the draws of a mean are the
    same, up to rounding, whatever else is drawn. Many units of few different values are drawn by
    themselves: equal ones share one weight there, which is cheaper still. Tests that share weights
    depend on each other; Holm's correction allows for that.

    Args:
        means: at once in memory, about 0.5 MB each.
        seed: of the weights.
    """
    drawn: dict[int, MeanDraws] = {}
    groups: dict[int, list[int]] = {}
    for place, mean in enumerate(means):
        if _is_shared(mean):
            groups.setdefault(mean.count, []).append(place)
        else:
            drawn[place] = unit_draws(mean.shares, mean.sizes, lo=mean.lo, hi=mean.hi, seed=seed)
    for places in groups.values():
        together = _draw_equal([means[place] for place in places], seed)
        drawn.update(zip(places, together, strict=True))
    return [drawn[place] for place in range(len(means))]


def _is_shared(mean: Units) -> bool:
    if mean.count <= _ALWAYS_SHARED:
        return True
    values = np.unique(np.vstack([mean.shares, mean.sizes]), axis=1)
    return values.shape[1] > mean.count / _FEW_VALUES


def _draw_equal(means: Sequence[Units], seed: int) -> list[MeanDraws]:
    """Draw means of equally many units."""
    columns, sizes = _columns(means)
    count, width = len(sizes) - 1, len(means)
    drawn = np.empty((DRAWS, 2, width), np.float32)
    generator = np.random.default_rng([seed, count])
    step = max(1, _WEIGHTS_AT_ONCE // (count + 1))
    for at in range(0, DRAWS, step):
        shape = (min(step, DRAWS - at), count + 1)
        weights = generator.standard_exponential(shape, dtype=np.float32)
        sums = (weights[:, :-1] @ columns).reshape(-1, 2, width)
        drawn[at : at + step] = sums / (weights @ sizes)[:, np.newaxis]
    return [
        MeanDraws(
            mean.lo + (mean.hi - mean.lo) * drawn[:, 0, place].astype(np.float64),
            mean.hi - (mean.hi - mean.lo) * drawn[:, 1, place].astype(np.float64),
            mean.lo,
            mean.hi,
            count,
        )
        for place, mean in enumerate(means)
    ]


def _columns(means: Sequence[Units]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Rises and then gaps of all means, and the sizes with those of the pseudo units below.

    The units of a mean are sorted, so that their order makes no difference. Sizes that all means
    have in common are one column.
    """
    rises: list[NDArray[np.float64]] = []
    gaps: list[NDArray[np.float64]] = []
    sizes: list[NDArray[np.float64]] = []
    for mean in means:
        order = np.lexsort((mean.shares[1], mean.shares[0], mean.sizes))
        low, high, size = mean.shares[0][order], mean.shares[1][order], mean.sizes[order]
        rises.append(low)
        gaps.append(size - high)
        sizes.append(np.append(size, size.max(initial=1)))
    columns = np.stack([*rises, *gaps], axis=1).astype(np.float32)
    if all(np.array_equal(each, sizes[0]) for each in sizes):
        del sizes[1:]
    return columns, np.stack(sizes, axis=1).astype(np.float32)
