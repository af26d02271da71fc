"""A mean as people would give it: the scores of a judge, corrected by what people said of some."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from genaiops.stats.robust_mean import RobustMean

LEAST_TUNED = 50
"""With fewer labels the slope of `correct_own` is 1: a tuned one would flatter the error."""
LEAST_RESPONSE = 0.2
"""A judge that shows less of a difference than this is not corrected by labels of other answers."""

_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of answers, n of them labelled by people and N only scored by a judge.

    `people` and `judge` have the shape (n,), in the same order, `others` (N,). `clusters` are ids,
    of the n answers and then of the N: answers of one cluster are not independent of each other.
    """

    people: _Floats
    judge: _Floats
    others: _Floats
    clusters: Sequence[Hashable]

    @classmethod
    def of(
        cls, people: Sequence[float], judge: Sequence[float], others: Sequence[float]
    ) -> "Evidence":
        """Answers that are independent of each other."""
        own, scores, rest = (np.asarray(each, np.float64) for each in (people, judge, others))
        return cls(own, scores, rest, range(len(own) + len(rest)))


@dataclass(frozen=True, slots=True)
class CorrectedMean:
    """slope * mean(others) + mean(people - slope * judge), and the t distribution around it.

    `slope` is how much of a difference between the judge's scores is believed.
    """

    around: RobustMean
    slope: float


def correct_own(evidence: Evidence) -> CorrectedMean | None:
    """Correct by labels of a random part of the very answers that were judged: PPI++.

    Right on average whatever the judge does, for the slope only decides how much it helps: the one
    with the least variance, Cov(people, judge) / ((1 + n / N) Var(judge of all)), kept between 0
    (labels alone) and 1; with fewer than 50 labels 1. None with fewer than two labels.

    Source: Angelopoulos, Duchi & Zrnic (2023), PPI++: Efficient prediction-powered inference,
    arXiv:2311.01453.
    """
    people, others = evidence.people, evidence.others
    n, count = len(people), len(others)
    if n < 2:
        return None
    slope = _tuned_slope(evidence) if count > 1 else 0.0
    residuals = people - slope * evidence.judge
    mean = float(residuals.mean()) + (slope * float(others.mean()) if slope else 0.0)
    own = (residuals - residuals.mean()) / sqrt(n * (n - 1))
    rest = slope * (others - others.mean()) / sqrt(count * (count - 1)) if slope else others * 0.0
    return CorrectedMean(_around(mean, own, rest, evidence.clusters), slope)


def correct_carried(evidence: Evidence, *, lo: float, hi: float) -> CorrectedMean | None:
    """Correct by labels of other answers: Rogan and Gladen's estimate, of graded scores as well.

    Taken for granted: the judge responds to what people see as it did on the labelled answers. The
    slope is 1 / `response_of`. None where the response is below 0.2: the error would have no bound.

    Args:
        evidence: `others` are all answers that are asked about, none of them labelled.
        lo: the least value that people and judge can give.
        hi: the largest one.

    Source: Rogan & Gladen (1978), American Journal of Epidemiology 107, 71-76; of graded scores it
    is the classical estimate of linear calibration, with its error by the delta method.
    """
    labels = _Labels.of(evidence.people, evidence.judge, lo=lo, hi=hi)
    others = evidence.others
    if labels.response < LEAST_RESPONSE or not len(others):
        return None
    slope = 1 / labels.response
    mean = labels.mean_people + slope * (float(others.mean()) - labels.mean_judge)
    leverage = 1 + (mean - labels.mean_people) * labels.people / labels.variance
    residuals = labels.people - slope * labels.judge
    own = np.sqrt(labels.weights) * residuals * leverage / labels.weights.sum()
    rest = slope * (others - others.mean()) / len(others)
    n, added = len(evidence.people), len(own) - len(evidence.people)
    ids = [*evidence.clusters[:n], *(("added", i) for i in range(added)), *evidence.clusters[n:]]
    return CorrectedMean(_around(mean, own, rest, ids, labels=n), slope)


def response_of(
    people: Sequence[float] | _Floats, judge: Sequence[float] | _Floats, *, lo: float, hi: float
) -> float:
    """By how much the judge's mean rises where people's rises by 1; 0 where their labels are equal.

    Of 0 and 1 on both sides it is sensitivity + specificity - 1, each of the four counts taken as
    half a label larger, so that few labels are never certain.
    """
    own, scores = np.asarray(people, np.float64), np.asarray(judge, np.float64)
    return _Labels.of(own, scores, lo=lo, hi=hi).response


@dataclass(frozen=True, slots=True)
class _Labels:
    """Labels and scores less their means, weighted, and how they move together."""

    people: _Floats
    judge: _Floats
    weights: _Floats
    mean_people: float
    mean_judge: float

    @classmethod
    def of(cls, people: _Floats, judge: _Floats, *, lo: float, hi: float) -> "_Labels":
        weights = np.ones(len(people))
        ends = np.array([lo, hi])
        if np.isin(people, ends).all() and np.isin(judge, ends).all():
            people = np.concatenate([people, [lo, lo, hi, hi]])
            judge = np.concatenate([judge, [lo, hi, lo, hi]])
            weights = np.concatenate([weights, np.full(4, 0.5)])
        mean_people = float(np.average(people, weights=weights))
        mean_judge = float(np.average(judge, weights=weights))
        return cls(people - mean_people, judge - mean_judge, weights, mean_people, mean_judge)

    @property
    def variance(self) -> float:
        return float(np.average(self.people**2, weights=self.weights))

    @property
    def response(self) -> float:
        together = float(np.average(self.people * self.judge, weights=self.weights))
        return together / self.variance if self.variance > 0 else 0.0


def _tuned_slope(evidence: Evidence) -> float:
    n, count = len(evidence.people), len(evidence.others)
    pooled = float(np.var(np.concatenate([evidence.judge, evidence.others]), ddof=1))
    if n < LEAST_TUNED:
        return 1.0
    if pooled <= 0:
        return 0.0
    together = float(np.cov(evidence.people, evidence.judge, ddof=1)[0, 1])
    return min(max(together / ((1 + n / count) * pooled), 0.0), 1.0)


def _around(
    mean: float,
    own: _Floats,
    rest: _Floats,
    clusters: Sequence[Hashable],
    *,
    labels: int | None = None,
) -> RobustMean:
    """The mean with the error that the parts of it by each answer give, added up by clusters.

    The degrees of freedom are those of the labels, or of their clusters: nothing else is as few.
    """
    numbers: dict[Hashable, int] = {}
    rows = [numbers.setdefault(each, len(numbers)) for each in clusters]
    sums = np.bincount(rows, np.concatenate([own, rest]), minlength=len(numbers))
    squares = float((sums**2).sum())
    n = len(own) if labels is None else labels
    groups = len(set(rows[:n]))
    if len(numbers) < len(rows) and groups > 1:
        squares *= groups / (groups - 1)
    return RobustMean(mean, sqrt(squares), float(max(groups - 1, 0)))
