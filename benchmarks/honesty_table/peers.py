"""The rules that other gates go by, for comparison: from "the mean fell" to bootstrap intervals."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from honesty_table.worlds import Floats, Samples
from numpy.typing import NDArray

from genaiops.stats.student import student_quantile

_NORMAL = NormalDist()
_RESAMPLES = 600
_POINTS = 0.02
_THRESHOLD = 0.80
_LEVEL = 0.95
_TIE = 1e-9


@dataclass(frozen=True, slots=True)
class Claims:
    """What a rule says of each evaluation: let through, stopped, or (neither) left open."""

    passes: NDArray[np.bool_]
    fails: NDArray[np.bool_]

    @property
    def is_open(self) -> NDArray[np.bool_]:
        """Neither of both."""
        return ~self.passes & ~self.fails


Rule = Callable[[Samples, float, np.random.Generator], Claims]


def _two_way(fails: NDArray[np.bool_]) -> Claims:
    return Claims(~fails, fails)


def _three_way(low: Floats, high: Floats, margin: float) -> Claims:
    passes = low > -margin + _TIE
    return Claims(passes, (high < -_TIE) & ~passes)


def fell(samples: Samples, margin: float, generator: np.random.Generator) -> Claims:  # noqa: ARG001  a Rule
    """Block when the mean fell."""
    return _two_way(samples.differences.mean(1) < -_TIE)


def fell_by_points(samples: Samples, margin: float, generator: np.random.Generator) -> Claims:  # noqa: ARG001  a Rule
    """Block when the mean fell by more than 2 points."""
    return _two_way(samples.differences.mean(1) < -_POINTS - _TIE)


def threshold(samples: Samples, margin: float, generator: np.random.Generator) -> Claims:  # noqa: ARG001  a Rule
    """Block when the candidate's mean is below 80%."""
    return _two_way(samples.candidate.mean(1) < _THRESHOLD - _TIE)


def significant(samples: Samples, margin: float, generator: np.random.Generator) -> Claims:  # noqa: ARG001  a Rule
    """Block only when significantly worse by a t-test."""
    _, high = _t_bounds(samples)
    return _two_way(high < -_TIE)


def t_interval(samples: Samples, margin: float, generator: np.random.Generator) -> Claims:  # noqa: ARG001  a Rule
    """Three ways, by a t interval against the margin."""
    low, high = _t_bounds(samples)
    return _three_way(low, high, margin)


def bootstrap(samples: Samples, margin: float, generator: np.random.Generator) -> Claims:
    """Three ways, by a BCa bootstrap interval against the margin."""
    differences = np.round(samples.differences, 9)
    bounds = np.array([_bca(row, generator) for row in differences])
    return _three_way(bounds[:, 0], bounds[:, 1], margin)


PEERS: dict[str, Rule] = {
    "mean fell": fell,
    "fell by 2 points": fell_by_points,
    "below 80%": threshold,
    "signif. worse": significant,
    "t interval": t_interval,
    "BCa bootstrap": bootstrap,
}
"""The rules by their short names."""


def _t_bounds(samples: Samples) -> tuple[Floats, Floats]:
    differences = samples.differences
    cases = differences.shape[1]
    reach = student_quantile(_LEVEL, cases - 1) * differences.std(1, ddof=1) / np.sqrt(cases)
    mean = differences.mean(1)
    return mean - reach, mean + reach


def _bca(differences: Floats, generator: np.random.Generator) -> tuple[float, float]:
    """Bias-corrected and accelerated bounds of a mean, each at 5%.

    Source: Efron (1987), Journal of the American Statistical Association 82, 171-185.
    """
    values, counts = np.unique(differences, return_counts=True)
    cases, mean = len(differences), float(differences.mean())
    if len(values) == 1:
        return mean, mean
    means = generator.multinomial(cases, counts / cases, _RESAMPLES) @ values / cases
    below = np.count_nonzero(means < mean - _TIE)
    ties = np.count_nonzero(np.abs(means - mean) <= _TIE)
    share = (below + ties / 2) / _RESAMPLES
    bias = _NORMAL.inv_cdf(min(max(share, 1 / (_RESAMPLES + 1)), 1 - 1 / (_RESAMPLES + 1)))
    gaps = (differences - mean) / (cases - 1)
    skew = float((gaps**3).sum() / (6 * (gaps**2).sum() ** 1.5))
    ends = [bias + side * _NORMAL.inv_cdf(_LEVEL) for side in (-1, 1)]
    shares = [_NORMAL.cdf(bias + end / (1 - skew * end)) for end in ends]
    low, high = np.quantile(means, shares)
    return float(low), float(high)
