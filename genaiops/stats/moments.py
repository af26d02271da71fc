"""Means of paired differences: what their standard errors and intervals are computed from."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isinf

import numpy as np
from numpy.typing import NDArray

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Moments:
    """Moments of differences, per pair of arms; arrays have the shape (pairs,).

    A unit is a case, or a cluster of cases. `size_squares`, `cross` and `squares` are the sums over
    units of size^2, size * error and error^2, where the error is total - size * mean.
    """

    cases: NDArray[np.float64]
    units: NDArray[np.int_]
    mean: NDArray[np.float64]
    size_squares: NDArray[np.float64]
    cross: NDArray[np.float64]
    squares: NDArray[np.float64]

    @classmethod
    def of(cls, totals: NDArray[np.float64], sizes: NDArray[np.float64]) -> "Moments":
        """Read from sums of differences and numbers of cases, both of the shape (units, pairs)."""
        cases = sizes.sum(axis=0)
        mean = totals.sum(axis=0) / np.maximum(cases, 1)
        errors = totals - sizes * mean
        return cls(
            cases=cases,
            units=np.count_nonzero(sizes, axis=0),
            mean=mean,
            size_squares=(sizes**2).sum(axis=0),
            cross=(errors * sizes).sum(axis=0),
            squares=(errors**2).sum(axis=0),
        )

    @classmethod
    def joined(cls, parts: Sequence["Moments"]) -> "Moments":
        """Those of several groups of pairs, one after the other."""
        return cls(
            cases=np.concatenate([part.cases for part in parts]),
            units=np.concatenate([part.units for part in parts]),
            mean=np.concatenate([part.mean for part in parts]),
            size_squares=np.concatenate([part.size_squares for part in parts]),
            cross=np.concatenate([part.cross for part in parts]),
            squares=np.concatenate([part.squares for part in parts]),
        )

    def standard_errors(self) -> NDArray[np.float64]:
        """The standard error of each mean; 0 with fewer than two units.

        sqrt(G / (G - 1) * sum of errors^2) / n for n cases in G units. Where each unit is one case
        this is s / sqrt(n), and s has n - 1 degrees of freedom.

        Source: Liang & Zeger (1986), Biometrika 73, 13-22, with the usual factor for few clusters.
        """
        factor = np.where(self.units > 1, self.units / np.maximum(self.units - 1, 1), 0.0)
        return np.sqrt(factor * self.squares) / np.maximum(self.cases, 1)

    def interval(self, critical: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The true means at which the statistic of `sign_flips` does not exceed the critical value.

        Where each unit is one case this is mean -+ c * se, with c = critical * sqrt((n - 1) / (n -
        critical^2)), the same critical value on the scale of t. Ends are infinite where there are
        too few cases, and both equal the mean where all cases have the same difference.
        """
        if isinf(critical):
            return np.full(self.mean.shape, -inf), np.full(self.mean.shape, inf)
        squared = critical**2
        room = self.cases**2 - squared * self.size_squares
        is_bounded = room > _ROUNDING * np.maximum(self.cases, 1) ** 2
        room = np.where(is_bounded, room, 1.0)
        shift = -squared * self.cross
        reach = np.sqrt(shift**2 + room * squared * self.squares)
        low = np.where(is_bounded, self.mean + (shift - reach) / room, -inf)
        return low, np.where(is_bounded, self.mean + (shift + reach) / room, inf)
