"""How far judgements of the same answers agree, beyond what chance would give.

A table has the shape (…, k, k): how often one side said the category of a row and the other that of
a column. Measures take all leading axes at once, and are NaN where they are not defined.
"""

from collections.abc import Sequence
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

_Floats = NDArray[np.float64]


def rating_pairs(people: Sequence[int], judge: Sequence[int], k: int) -> _Floats:
    """A table for each answer, 1 where people and judge say what they say; (answers, k, k).

    Args:
        people: categories from 0 to k - 1, one an answer.
        judge: the same of the judge.
        k: how many categories there are, used or not; 2 or more.
    """
    tables = np.zeros((len(people), k, k))
    tables[np.arange(len(people)), list(people), list(judge)] = 1
    return tables


def coincidences(ratings: Sequence[Sequence[int]], k: int) -> _Floats:
    """What all who rated an answer say of each other; (answers, k, k), symmetric.

    Every ordered pair of the m ratings counts 1 / (m - 1), so that a table sums to m; a single
    rating says nothing and counts 0. Who did not rate an answer is just not among its ratings.

    Source: Krippendorff (2011), Computing Krippendorff's alpha-reliability.
    """
    tables = np.zeros((len(ratings), k, k))
    for table, given in zip(tables, ratings, strict=True):
        for one, other in permutations(given, 2):
            table[one, other] += 1 / (len(given) - 1)
    return tables


def share_agreeing(tables: _Floats) -> _Floats:
    """The share of pairs that say the same."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.trace(tables, axis1=-2, axis2=-1) / tables.sum((-2, -1))


def kappa(tables: _Floats, values: Sequence[float] | None = None) -> _Floats:
    """Cohen's kappa; with the `values` of the categories, weighted by their squared distances.

    1 - seen / expected disagreement, where two who keep their shares and draw by chance are
    expected. Collapses where nearly all answers are in one category; not defined where all are.

    Source: Cohen (1960), Educ. Psychol. Meas. 20, 37-46; Cohen (1968), Psychol. Bull. 70, 213-220.
    """
    shares = _shares(tables)
    chance = shares.sum(-1)[..., :, None] * shares.sum(-2)[..., None, :]
    apart = _distances(tables.shape[-1], values)
    return _one_minus((shares * apart).sum((-2, -1)), (chance * apart).sum((-2, -1)))


def ac1(tables: _Floats) -> _Floats:
    """Gwet's AC1: agreement beyond chance that does not collapse where one category is rare.

    (seen - chance) / (1 - chance) with chance = sum of p (1 - p) / (k - 1), p the mean share that
    both sides give a category.

    Source: Gwet (2008), British J. of Math. and Stat. Psychology 61, 29-48.
    """
    shares = _shares(tables)
    mean = (shares.sum(-1) + shares.sum(-2)) / 2
    chance = (mean * (1 - mean)).sum(-1) / (tables.shape[-1] - 1)
    return _one_minus(1 - np.trace(shares, axis1=-2, axis2=-1), 1 - chance)


def krippendorff_alpha(tables: _Floats, values: Sequence[float] | None = None) -> _Floats:
    """Krippendorff's alpha of tables of `coincidences`: 1 - seen / expected disagreement.

    Nominal, or with the `values` of the categories by their squared distances. Expected is the
    disagreement of two different ratings drawn from all of them.

    Source: as `coincidences`.
    """
    ratings = tables.sum(-1)
    n = ratings.sum(-1)
    apart = _distances(tables.shape[-1], values)
    drawn = (ratings[..., :, None] * ratings[..., None, :] * apart).sum((-2, -1))
    with np.errstate(invalid="ignore", divide="ignore"):
        return _one_minus((tables * apart).sum((-2, -1)) / n, drawn / (n * (n - 1)))


def _shares(tables: _Floats) -> _Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return tables / tables.sum((-2, -1), keepdims=True)


def _distances(k: int, values: Sequence[float] | None) -> _Floats:
    if values is None:
        return 1 - np.eye(k)
    scale = np.asarray(values, np.float64)
    return (scale[:, None] - scale[None, :]) ** 2


def _one_minus(seen: _Floats, expected: _Floats) -> _Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return 1 - np.where(expected > 0, seen, np.nan) / expected
