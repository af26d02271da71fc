"""Gains of a ranking, discounted by their rank. Pure."""

import math
from collections.abc import Iterable, Sequence


def first_hit(hits: Iterable[bool]) -> float:
    """1 / the rank of the first hit; 0 if there is none."""
    return next((1.0 / rank for rank, hit in enumerate(hits, start=1) if hit), 0.0)


def normalized_gain(gains: Sequence[float], best: Sequence[float]) -> float:
    """The discounted gain of a ranking as a share of the best possible one.

    Source: Järvelin and Kekäläinen 2002, with log2 discounts and the gains as they are.
    """
    return min(1.0, max(0.0, _discounted(gains) / _discounted(best)))


def _discounted(gains: Iterable[float]) -> float:
    return math.fsum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))
