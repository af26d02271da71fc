"""How often an answer would win if it were as long as the other. Pure."""

from dataclasses import dataclass
from math import exp, sqrt

import numpy as np
from numpy.typing import NDArray

from genaiops.stats.student import student_quantile

_Floats = NDArray[np.float64]
_STEPS = 50
_CLOSE = 1e-10
LEAST_PAIRS = 30
"""Of fewer the interval is too short: the variance is one of large numbers."""
_FLAT = 12.0
"""A coefficient beyond this is on its way to infinity: the lengths tell all wins apart."""


@dataclass(frozen=True, slots=True)
class LengthControlled:
    """The share of wins at equal length, with its interval, and the slope of the length.

    `slope` is in logits for each unit of tanh(difference / sd): above 0 the judge prefers longer.
    """

    rate: float
    low: float
    high: float
    slope: float


def length_controlled(
    wins: _Floats, longer: _Floats, *, level: float = 0.95
) -> LengthControlled | None:
    """Fit logit(win) = theta + slope tanh(longer / sd), and give the share at `longer` = 0.

    None where nothing can be fitted: too few pairs, all win alike, or the lengths tell all wins
    apart.

    Args:
        wins: 1, 0, or 0.5 for a tie, shape (cases,).
        longer: by how much the answer is longer than the other, in any unit, shape (cases,).
        level: two-sided, in (0, 1).

    Source: Dubois, Galambosi, Liang & Hashimoto (2024), Length-controlled AlpacaEval, without the
    term of the instruction; ties as halves make a quasi-likelihood, so that the interval takes the
    variance that holds whatever the distribution is (White 1980).
    """
    if len(wins) < LEAST_PAIRS or not 0 < wins.mean() < 1:
        return None
    spread = float(longer.std())
    x = np.tanh(longer / spread) if spread > 0 else np.zeros(len(wins))
    columns = np.column_stack([np.ones(len(wins)), x] if spread > 0 else [np.ones(len(wins))])
    fitted = _fitted(wins, columns)
    if fitted is None:
        return None
    shares = _shares(columns, fitted)
    inverse = np.linalg.pinv(_information(columns, shares))
    residual = columns * (wins - shares)[:, None]
    variance = inverse @ (residual.T @ residual) @ inverse
    free = len(wins) - columns.shape[1]
    error = sqrt(float(variance[0, 0]) * len(wins) / free)
    reach = student_quantile(0.5 + level / 2, free) * error
    theta = float(fitted[0])
    return LengthControlled(
        rate=_share(theta),
        low=_share(theta - reach),
        high=_share(theta + reach),
        slope=float(fitted[1]) if spread > 0 else 0.0,
    )


def _fitted(wins: _Floats, columns: _Floats) -> _Floats | None:
    """The coefficients of a logistic regression, by Newton's method; None where they run away."""
    fitted = np.zeros(columns.shape[1])
    for _ in range(_STEPS):
        shares = _shares(columns, fitted)
        slope = columns.T @ (wins - shares)
        step = np.linalg.lstsq(_information(columns, shares), slope, rcond=None)[0]
        fitted = fitted + step
        if np.abs(fitted).max() > _FLAT:
            return None
        if np.abs(step).max() < _CLOSE:
            break
    return fitted


def _shares(columns: _Floats, fitted: _Floats) -> _Floats:
    return 1 / (1 + np.exp(-columns @ fitted))


def _information(columns: _Floats, shares: _Floats) -> _Floats:
    return columns.T @ (columns * (shares * (1 - shares))[:, None])


def _share(logit: float) -> float:
    return 1 / (1 + exp(-logit))
