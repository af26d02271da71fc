"""Tango's score statistic for paired shares, held to its size by enumeration."""

from dataclasses import dataclass
from functools import lru_cache
from math import ceil, erfc, floor, lgamma, sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

_Floats = NDArray[np.float64]
_Counts = NDArray[np.int_]

_NORMAL = NormalDist()
_ENUMERATED_UP_TO = 300
"""Pairs up to which every table of gains and harms is enumerated."""
_INFLATION = 1.68 / _NORMAL.inv_cdf(0.95)
"""Above that: critical values are the normal ones times this, 1.68 at alpha = .05."""
_SPARSE_GAINS = 20.0
_SPARSE_TIES = 4.0
"""Above that, tables where fewer gains or ties than this are expected are still enumerated."""
_NO_TIES = 1e-9
"""How near P(tie) comes to 0, twice this: a logarithm is taken of it."""
_TIE = 1e-9
_CELLS_AT_ONCE = 1_000_000


@dataclass(frozen=True, slots=True)
class _Tails:
    """Positive scores, falling, and the largest P(score at least so high) over the nuisance."""

    scores: _Floats
    tails: _Floats

    def critical(self, alpha: float) -> float:
        """The smallest score whose excess has a probability of at most `alpha`; 0 if all have."""
        first = int(np.searchsorted(self.tails, alpha, side="right"))
        return float(self.scores[first]) if first < len(self.scores) else 0.0

    def p_value(self, score: float) -> float:
        count = int(np.searchsorted(-self.scores, _TIE - score, side="right"))
        return float(self.tails[count - 1]) if count else 0.0


def tango_z(gains: int, harms: int, n: int, margin: float) -> float:
    """The score statistic for P(gain) - P(harm) = -margin; positive speaks for a smaller drop.

    Args:
        gains: pairs where only the candidate is right.
        harms: pairs where only the baseline is right.
        n: all pairs, at least 1.
        margin: the tolerated drop, 0 or more.

    Source: Tango (1998), Statistics in Medicine 17, 891-908.
    """
    return float(_score(np.float64(gains), np.float64(harms), n, -margin))


def tango_critical(n: int, margin: float, alpha: float) -> float:
    """The value that `tango_z` must exceed to prove a drop smaller than `margin`.

    The score is only approximately normal, and not at all when breakage is rare. Up to 300 pairs
    each table (gains, harms) is enumerated under 400 values of the nuisance P(gain), and the
    smallest critical value is taken whose worst size is at most `alpha`. Above 300 pairs it is the
    normal quantile times 1.68/1.645 (1.68 at alpha = .05), or more where enumeration of the sparse
    corners asks for more: up to 20 expected gains, where breakage is rare, and up to 4 expected
    ties, where nearly every pair is discordant. Tables are kept in the process.

    Args:
        n: pairs, at least 1.
        margin: the tolerated drop, 0 or more.
        alpha: one-sided error, in (0, .5).
    """
    exact = _worst_tails(n, margin).critical(alpha)
    if n <= _ENUMERATED_UP_TO:
        return exact
    return max(exact, _INFLATION * _NORMAL.inv_cdf(1 - alpha))


def tango_p(score: float, n: int, margin: float) -> float:
    """The p-value of a score: at most alpha exactly when it exceeds `tango_critical`.

    A score of 0 or below (the observed drop reaches the margin) has the p-value 1.
    """
    if score <= _TIE:
        return 1.0
    exact = _worst_tails(n, margin).p_value(score)
    if n <= _ENUMERATED_UP_TO:
        return exact
    return max(exact, erfc(score / _INFLATION / sqrt(2)) / 2)


def exceeds(score: float, critical: float) -> bool:
    """Whether a score is above a critical value and not a tie of it."""
    return score > critical + _TIE


def _score(
    gains: _Floats | np.float64, harms: _Floats | np.float64, n: int, difference: float
) -> _Floats:
    """`tango_z` for arrays; 0 where the numerator is, whatever the variance."""
    spread = difference * (1 - difference)
    b = (2 * n - gains + harms) * difference - gains - harms
    root = np.sqrt(np.maximum(b * b + 8 * n * harms * spread, 0.0))
    harm_share = (root - b) / (4 * n)
    variance = n * (2 * harm_share + spread)
    return np.asarray((gains - harms - n * difference) / np.sqrt(np.maximum(variance, 1e-12)))


@lru_cache(maxsize=64)
def _worst_tails(n: int, margin: float) -> _Tails:
    nuisance = _nuisance(n, margin)
    gains, harms = _tables(n, margin)
    scores = _score(gains.astype(np.float64), harms.astype(np.float64), n, -margin)
    kept = np.flatnonzero((gains + harms <= n) & (scores > _TIE))
    kept = kept[np.argsort(-scores[kept], kind="stable")]
    gains, harms, ties = gains[kept], harms[kept], n - (gains + harms)[kept]
    log_ways = lgamma(n + 1) - sum(_log_factorials(counts) for counts in (gains, harms, ties))
    tables = np.stack([log_ways, gains, harms, ties])
    log_shares = np.stack(
        [
            np.ones_like(nuisance),
            np.log(nuisance),
            np.log(nuisance + margin),
            np.log1p(-2 * nuisance - margin),
        ],
        axis=1,
    )
    tails = np.zeros(len(kept))
    rows = max(1, _CELLS_AT_ONCE // max(1, len(kept)))
    for start in range(0, len(nuisance), rows):
        chances = np.exp(log_shares[start : start + rows] @ tables)
        np.maximum(tails, chances.cumsum(axis=1).max(axis=0), out=tails)
    return _Tails(scores[kept], tails)


def _nuisance(n: int, margin: float) -> _Floats:
    """Values of P(gain); P(harm) is `margin` more. Dense near 0, where the size has its peaks.

    The last ones are next to no ties: gains minus harms takes every other value only there, and
    the size has one more peak.
    """
    top = (1 - margin) / 2
    if n <= _ENUMERATED_UP_TO:
        inner = np.linspace(0.0201, top - _NO_TIES, 280)
        shares = np.concatenate([np.geomspace(1e-6, 0.02, 120), inner])
    else:
        few_gains = np.geomspace(1e-4, _SPARSE_GAINS, 80) / n
        few_ties = top - np.geomspace(n * _NO_TIES, _SPARSE_TIES / 2, 20) / n
        shares = np.concatenate([few_gains, few_ties])
    return shares[(shares > 0) & (2 * shares + margin < 1)]


def _tables(n: int, margin: float) -> tuple[_Counts, _Counts]:
    """All (gains, harms) whose probability counts for some value of the nuisance."""
    if n <= _ENUMERATED_UP_TO:
        return _each(np.arange(n + 1), np.arange(n + 1))
    few_gains = _each(
        _likely_counts(0.0, _SPARSE_GAINS, n),
        _likely_counts(n * margin, n * margin + _SPARSE_GAINS, n),
    )
    most = n * (1 - margin) / 2
    gains, ties = _each(
        _likely_counts(max(0.0, most - _SPARSE_TIES), most, n),
        _likely_counts(0.0, _SPARSE_TIES, n),
    )
    tables = np.unique(np.hstack([few_gains, (gains, n - gains - ties)]), axis=1)
    gains, harms = tables[:, tables[1] >= 0]
    return gains, harms


def _each(rows: _Counts, columns: _Counts) -> tuple[_Counts, _Counts]:
    """All pairs of a count of the one and a count of the other."""
    grid = np.meshgrid(rows, columns, indexing="ij")
    return grid[0].ravel(), grid[1].ravel()


def _likely_counts(least: float, most: float, n: int) -> _Counts:
    """The counts within eight standard deviations of expectations from `least` to `most`."""
    start = max(0, floor(least - 8 * sqrt(least)))
    stop = min(n, ceil(most + 8 * sqrt(most) + 12))
    return np.arange(min(start, stop), stop + 1)


def _log_factorials(counts: _Counts) -> _Floats:
    if not len(counts):
        return np.zeros(0)
    least, most = int(counts.min()), int(counts.max())
    return np.array([lgamma(count + 1) for count in range(least, most + 1)])[counts - least]
