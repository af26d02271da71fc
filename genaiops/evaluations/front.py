"""Who is on the proven front of quality, cost and time. Pure."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from genaiops.evaluations.columns import Columns
from genaiops.evaluations.contrasts import Contrasts, contrast


@dataclass(frozen=True, slots=True)
class Savings:
    """What is proven of an amount of which less is better: `less[i, j]`, i needs less than j.

    `known` tells for which arms the amount is known at all; both are all False where it is not.
    """

    less: NDArray[np.bool_]
    known: NDArray[np.bool_]


def savings(columns: Columns, *, level: float, seed: int) -> Savings:
    """Which arms are proven to need less; two amounts that never vary need no proof."""
    known: NDArray[np.bool_] = np.any(columns.applies, axis=0)
    if np.count_nonzero(known) < 2:
        return Savings(np.zeros((columns.arms, columns.arms), np.bool_), known)
    less = contrast(columns, level=level, seed=seed).beats()
    low = np.where(columns.applies, columns.worst, np.inf).min(axis=0, initial=np.inf)
    high = np.where(columns.applies, columns.worst, -np.inf).max(axis=0, initial=-np.inf)
    constant = known & (low == high)
    both = constant[:, None] & constant[None, :]
    return Savings(np.where(both, high[:, None] > high[None, :], less), known)


def front(
    quality: Contrasts, cost: Savings, time: Savings, *, margin: float | None
) -> tuple[bool | None, ...]:
    """Per arm, whether no other is proven as good and cheaper, or as good and faster.

    "As good" is proven better or, where a margin is given, proven to be within it; "cheaper" counts
    only where the other is not proven slower, and the reverse. None where neither cost nor time of
    an arm is known.
    """
    beats = quality.beats()

    def as_good(one: int, other: int) -> bool:
        if beats[one, other]:
            return True
        return margin is not None and quality.is_no_worse(one, other, margin)

    return tuple(
        not any(
            _saves(one, arm, cost, time) and as_good(one, arm)
            for one in range(quality.columns.arms)
            if one != arm
        )
        if cost.known[arm] or time.known[arm]
        else None
        for arm in range(quality.columns.arms)
    )


def _saves(one: int, other: int, cost: Savings, time: Savings) -> bool:
    is_cheaper = bool(cost.less[one, other] and not time.less[other, one])
    is_faster = bool(time.less[one, other] and not cost.less[other, one])
    return is_cheaper or is_faster
