"""Many arms on the same cases: which differences are proven when all pairs are looked at."""

from dataclasses import dataclass
from math import ceil, floor, inf, isinf
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from genaiops.stats.pseudo_case import PseudoCase

DRAWS = 4_999
"""Sign vectors drawn where all of them are too many to go through."""

_NORMAL = NormalDist()
_POWER = 0.8
_MOST_ENUMERATED_ROWS = 13  # 2^12 sign vectors up to a common sign, the most below DRAWS
_STATISTICS_AT_ONCE = 4_000_000
_TIE = 1e-5  # of float32 sums
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class SignFlips:
    """The largest statistic over all pairs, for each sign vector, in descending order.

    `is_exact`: all sign vectors were gone through, so that p-values are exact shares; else they
    are those of a random sample, with the observed signs counted in.
    """

    largest: NDArray[np.float64]
    is_exact: bool

    def p_adjusted(self, statistics: NDArray[np.float64]) -> NDArray[np.float64]:
        """The chance that any pair's statistic is as large as this one, if no arms differ."""
        ascending = self.largest[::-1]
        reached = np.searchsorted(ascending, statistics * (1 - _TIE), side="left")
        extra = 0 if self.is_exact else 1
        return (extra + len(ascending) - reached) / (extra + len(ascending))

    def critical(self, alpha: float) -> float:
        """The value that a statistic exceeds exactly when its p is at most `alpha`.

        Infinite where too few cases differ for any proof at this alpha.
        """
        extra = 0 if self.is_exact else 1
        allowed = floor(alpha * (len(self.largest) + extra) + _ROUNDING) - extra
        if allowed < 1 - extra:
            return inf
        return float(self.largest[allowed]) * (1 + _TIE)


def sign_flips(differences: NDArray[np.floating], *, seed: int, draws: int = DRAWS) -> SignFlips:
    """The joint distribution of all pairs' statistics if no arms differ.

    The statistic of a pair is |sum of d| / sqrt(sum of d^2), a monotone function of the absolute
    paired t, without a variance to divide by that may be 0. If two arms do not differ, a case's
    difference might as well have had the other sign; the signs of a case are flipped for all pairs
    together, which keeps how the pairs depend on each other. The chance of any false claim is then
    at most alpha, whatever is true of the other pairs: exactly where differences that mean nothing
    are symmetric about 0 (as they are between 0/1 scores, and between arms that are equally good on
    each case, up to chance), and for many cases in any event. It is not where an arm that is a
    little better on nearly all cases fails a few badly: `bounded_p` guards against that. For one
    pair of 0/1 scores this is McNemar's test.

    Args:
        differences: shape (units, pairs); a unit is a case, or the sum over a cluster of cases; 0
            where a pair lacks the unit.
        seed: of the sign vectors; not used where all of them are gone through.
        draws: how many sign vectors to draw.

    Source: Westfall & Young (1993), Resampling-Based Multiple Testing, single-step max-T; for sign
    changes Romano & Wolf (2005), JASA 100, 94-108.
    """
    rows = differences[np.any(differences != 0, axis=1)]
    scaled = np.divide(rows, _norms(rows), dtype=np.float32, casting="same_kind")
    is_exact = len(rows) <= _MOST_ENUMERATED_ROWS
    signs = _all_signs(len(rows)) if is_exact else _drawn_signs(len(rows), seed, draws)
    largest = np.zeros(len(signs))
    step = max(1, _STATISTICS_AT_ONCE // max(scaled.shape[1], 1))
    if scaled.size:
        for start in range(0, len(signs), step):
            sums = signs[start : start + step].astype(np.float32) @ scaled
            largest[start : start + step] = np.abs(sums, out=sums).max(axis=1)
    return SignFlips(np.sort(largest)[::-1], is_exact)


def rare_shares(units: NDArray[np.int_], alpha: float) -> NDArray[np.float64]:
    """The largest shares of cases that may differ although none of so many did, at `alpha`."""
    return np.where(units > 0, 1.0 - alpha ** (1 / np.maximum(units, 1)), 1.0)


def bounded_low(differences: NDArray[np.float64], *, span: float, alpha: float) -> float:
    """The lower bound of a mean of values in [-span, span], with a pessimistic pseudo case.

    What rare breakage, seen once or not at all, leaves possible; see `PseudoCase`. Without values
    it is -span.
    """
    found = _pseudo_case(differences, span)
    if found is None:
        return -span
    return 2 * span * found.low(alpha) - span


def bounded_p(differences: NDArray[np.float64], *, span: float) -> float:
    """The one-sided p of a mean above 0: the least alpha at which `bounded_low` is above 0."""
    found = _pseudo_case(differences, span)
    return 1.0 if found is None else found.p_over(0.5)


def _pseudo_case(differences: NDArray[np.float64], span: float) -> PseudoCase | None:
    shares = (differences + span) / (2 * span)
    top = float(shares.max(initial=0.0))
    if not len(shares) or top <= 0:
        return None
    return PseudoCase.of(len(shares), float(shares.sum()), float((shares**2).sum()), top)


def cases_to_prove(t: float, n: int, critical: float) -> int | None:
    """The cases at which a difference like this one would be proven four times of five.

    Args:
        t: the observed difference in standard errors, from `n` cases; 0 is never proven: None.
        n: cases.
        critical: what the statistic has to exceed; for many cases that is the scale of t.
    """
    if not t or isinf(critical):
        return None
    needed = n * ((critical + _NORMAL.inv_cdf(_POWER)) / t) ** 2
    return max(ceil(needed), n + 1)


def bonferroni_critical(pairs: int, alpha: float) -> float:
    """What a normal statistic exceeds in any of so many pairs with a chance of at most `alpha`."""
    return _NORMAL.inv_cdf(1 - alpha / (2 * max(pairs, 1)))


def _norms(rows: NDArray[np.floating]) -> NDArray[np.float64]:
    norms = np.sqrt((rows**2).sum(axis=0, dtype=np.float64))
    return np.where(norms > 0, norms, 1.0)


def _all_signs(rows: int) -> NDArray[np.int8]:
    """All sign vectors with a plus in front: the others give the same absolute sums."""
    if not rows:
        return np.ones((1, 0), np.int8)
    numbers = np.arange(2 ** (rows - 1), dtype=np.int_)[:, None]
    bits: NDArray[np.int_] = np.right_shift(numbers, np.arange(rows, dtype=np.int_)) & 1
    return (1 - 2 * bits).astype(np.int8)


def _drawn_signs(rows: int, seed: int, draws: int) -> NDArray[np.int8]:
    drawn = np.random.default_rng(seed).integers(0, 2, (draws, rows), dtype=np.int8)
    return 2 * drawn - 1
