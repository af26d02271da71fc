"""A logistic regression over single items and over pairs, with signs that are known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_STEPS, _NEAR = 60, 1e-8
_FREE = 1e-6
"""The penalty of the intercept: next to none."""


@dataclass(frozen=True, slots=True)
class Items:
    """Rows of features; of a pair only the difference is known, and that its first is the better.

    `labels` and `weights` go with the rows of `single`, `pair_weights` with those of `pairs`.
    """

    single: Floats
    labels: Floats
    weights: Floats
    pairs: Floats
    pair_weights: Floats


@dataclass(frozen=True, slots=True)
class Fitted:
    """Log-odds are `intercept + features @ weights`."""

    intercept: float
    weights: Floats

    def odds(self, features: Floats) -> Floats:
        """The log-odds of rows of features."""
        return self.intercept + features @ self.weights


def fit(items: Items, signs: Sequence[int], l2: float) -> Fitted:
    """The weights of most likelihood with a penalty on those of standardized features.

    Args:
        items: What is fitted.
        signs: 1 or -1 for each feature; one that would get the other sign gets 0.
        l2: The penalty: the likelihood less `l2 / 2` times the sum of squares.
    """
    kept = list(range(len(signs)))
    wanted = np.array(signs)
    while True:
        found = _fitted(items, kept, l2)
        wrong = found.weights * wanted[kept] < 0
        if not wrong.any():
            weights = np.zeros(len(signs))
            weights[kept] = found.weights
            return Fitted(found.intercept, weights)
        effect = np.abs(found.weights) * items.single[:, kept].std(0) * wrong
        kept.pop(int(effect.argmax()))


def _fitted(items: Items, kept: Sequence[int], l2: float) -> Fitted:
    single, pairs = items.single[:, kept], items.pairs[:, kept]
    middle = single.mean(0)
    scale = np.sqrt((((single - middle) ** 2).sum(0) + (pairs**2).sum(0) / 2) / _count(items))
    scale[scale == 0] = 1.0
    ones, none = np.ones((len(single), 1)), np.zeros((len(pairs), 1))
    rows = np.vstack(
        [np.hstack([(single - middle) / scale, ones]), np.hstack([pairs / scale, none])]
    )
    labels = np.concatenate([items.labels, np.ones(len(pairs))])
    weights = np.concatenate([items.weights, items.pair_weights])
    penalty = np.diag([*[l2] * len(kept), _FREE])
    beta = np.zeros(rows.shape[1])
    for _ in range(_STEPS):
        likely = 1 / (1 + np.exp(-rows @ beta))
        gradient = rows.T @ (weights * (likely - labels)) + penalty @ beta
        curvature = (rows.T * (weights * likely * (1 - likely))) @ rows + penalty
        step = np.linalg.solve(curvature, gradient)
        beta -= step
        if np.abs(step).max() < _NEAR:
            break
    plain = beta[:-1] / scale
    return Fitted(float(beta[-1] - plain @ middle), plain)


def _count(items: Items) -> int:
    return len(items.single) + len(items.pairs)


def folds(groups: Sequence[str], count: int, seed: int) -> NDArray[np.int64]:
    """A fold for each item; those of one group are in one."""
    names = sorted(set(groups))
    np.random.default_rng(seed).shuffle(names)
    fold_of: Mapping[str, int] = {name: place % count for place, name in enumerate(names)}
    return np.array([fold_of[group] for group in groups])
