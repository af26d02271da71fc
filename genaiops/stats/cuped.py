"""A mean from some of the cases, corrected by how all of them scored before."""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from genaiops.stats.bounded import Values


@dataclass(frozen=True, slots=True)
class CupedMean:
    """The corrected mean, its standard error, and how much of a surplus of history is taken off."""

    mean: float
    error: float
    slope: float


def cuped_mean(scores: Values, history: Values, all_history: Values) -> CupedMean | None:
    """The mean that all cases would have, from a random sample of them.

    mean(scores) - slope * (mean(history) - mean(all_history)), with the slope of the regression of
    scores on history; an easy sample is no good news. The error is that of the mean of cases like
    these, sqrt(s^2 / n + slope^2 * var(all_history) / N), s^2 the residual variance. None with
    fewer than three scores; without variation of the history it is the plain mean.

    Args:
        scores: of the sampled cases, n of them.
        history: what the same cases scored before, in the same order.
        all_history: what all N cases scored before, the sampled ones among them.

    Raises:
        ValueError: the lengths of `scores` and `history` differ.

    Source: Deng, Xu, Kohavi & Walker (2013), Improving the sensitivity of online controlled
    experiments, WSDM; the regression estimator of Cochran (1977), chapter 7.
    """
    y, x = np.asarray(scores, np.float64), np.asarray(history, np.float64)
    everything, n = np.asarray(all_history, np.float64), len(y)
    if len(x) != n:
        raise ValueError(f"{n} scores, but the history of {len(x)} cases")
    if n < 3:
        return None
    spread = float(((x - x.mean()) ** 2).sum())
    slope = float(((x - x.mean()) * (y - y.mean())).sum()) / spread if spread else 0.0
    residuals = y - y.mean() - slope * (x - x.mean())
    residual_variance = float((residuals**2).sum()) / (n - 2 if spread else n - 1)
    of_all = slope**2 * float(everything.var(ddof=1)) / len(everything) if slope else 0.0
    mean = float(y.mean()) - slope * float(x.mean() - everything.mean()) if slope else y.mean()
    return CupedMean(float(mean), sqrt(residual_variance / n + of_all), slope)
