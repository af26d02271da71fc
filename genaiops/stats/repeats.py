"""Cases asked several times: what of the noise more repeats take away, and how many of them pay."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, inf, sqrt

import numpy as np

Repeats = Sequence[Sequence[float]]
"""The scores of each case, one per repeat; cases may differ in how many they have."""

_MOST_REPEATS = 1_000_000


@dataclass(frozen=True, slots=True)
class RepeatNoise:
    """Where the variance of a mean comes from: of one draw around its case, and between cases."""

    within: float
    between: float

    def variance(self, cases: int, repeats: int) -> float:
        """The variance of the mean over so many cases with so many repeats each.

        Source: Miller (2024), Adding Error Bars to Evals, arXiv:2411.00640, section 3.1.
        """
        return (self.between + self.within / repeats) / cases

    def best_repeats(self, *, case_cost: float, call_cost: float) -> int | None:
        """The repeats that make a mean the most certain for what it costs.

        sqrt(case_cost / call_cost * within / between), as a whole number: a case costs `case_cost`
        once and `call_cost` per repeat. 1 where a case costs no more than its calls; None where
        cases cost something and do not differ, so that more repeats are always better.

        Args:
            case_cost: of one more case (to write, to label, to store), 0 or more.
            call_cost: of one more repeat of a case, above 0.

        Source: the usual optimum of two-stage samples, Cochran, Sampling Techniques, 3rd edition
        (1977), section 10.6.
        """
        if not case_cost * self.within:
            return 1
        best = sqrt(case_cost / call_cost * self.within / self.between) if self.between else inf
        if best > _MOST_REPEATS:
            return None
        near = {max(1, int(best)), int(best) + 1}
        return min(near, key=lambda k: (case_cost + k * call_cost) * self.variance(1, k))


def repeat_noise(scores: Repeats) -> RepeatNoise | None:
    """The noise of one arm; None with fewer than two cases, or no case with two repeats.

    `within` is the mean over cases of the variance over repeats, `between` the variance of the
    cases' means less what of it is noise of repeats, at least 0. Cases without scores are left
    out; cases with one tell of `between` only.
    """
    rows, repeated = [row for row in scores if len(row)], repeat_variances(scores)
    if len(rows) < 2 or not repeated:
        return None
    within = fsum(repeated) / len(repeated)
    of_means = float(np.var([np.mean(row) for row in rows], ddof=1))
    noise = within * fsum(1 / len(row) for row in rows) / len(rows)
    return RepeatNoise(within, max(0.0, of_means - noise))


def repeat_variances(scores: Repeats) -> list[float]:
    """The variance over repeats of each case that has two scores or more.

    Of equal scores it is exactly 0, which the rounding of their mean would not give.
    """
    repeated = (row for row in scores if len(row) > 1)
    return [float(np.var(row, ddof=1)) if min(row) < max(row) else 0.0 for row in repeated]
