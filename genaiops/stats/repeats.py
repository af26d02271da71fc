"""Cases asked several times: what of the noise more repeats take away, and how many of them pay."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, sqrt

import numpy as np

Repeats = Sequence[Sequence[float]]
"""The scores of each case, one per repeat; cases may differ in how many they have."""

_MOST_REPEATS = 1_000_000


@dataclass(frozen=True, slots=True)
class RepeatNoise:
    """Where the variance of a mean comes from: of one draw around its case, and between cases.

    Of differences, `within` is that of both arms together, and `between` that of true changes.
    """

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
    rows = [np.asarray(row, np.float64) for row in scores if len(row)]
    repeated = [float(row.var(ddof=1)) for row in rows if len(row) > 1]
    if len(rows) < 2 or not repeated:
        return None
    within = float(np.mean(repeated))
    of_means = float(np.var([row.mean() for row in rows], ddof=1))
    noise = within * float(np.mean([1 / len(row) for row in rows]))
    return RepeatNoise(within, max(0.0, of_means - noise))


def paired_repeat_noise(candidate: Repeats, baseline: Repeats) -> RepeatNoise | None:
    """The noise of differences, case by case; None where `repeat_noise` of an arm is.

    `between` is the variance of the differences of means less the noise of both arms' repeats, at
    least 0: how differently cases truly changed. Cases that an arm has no score of are left out.

    Raises:
        ValueError: the arms have different numbers of cases.
    """
    both = [
        (np.asarray(new, np.float64), np.asarray(old, np.float64))
        for new, old in zip(candidate, baseline, strict=True)
        if len(new) and len(old)
    ]
    new, old = (repeat_noise([pair[arm].tolist() for pair in both]) for arm in (0, 1))
    if new is None or old is None:
        return None
    of_means = float(np.var([pair[0].mean() - pair[1].mean() for pair in both], ddof=1))
    noise = sum(
        arm.within * float(np.mean([1 / len(pair[side]) for pair in both]))
        for side, arm in ((0, new), (1, old))
    )
    return RepeatNoise(new.within + old.within, max(0.0, of_means - noise))


def pseudo_case_cost(n: int, alpha: float) -> float:
    """The drop that stays possible after `n` pairs without any change: 1 - alpha^(1/n).

    The least margin that Gaffke's bound can ever prove, however often cases are repeated; .049 for
    60 cases, so that repeats do not help a margin of .05 there. 1 without cases.
    """
    return 1 - alpha ** (1 / n) if n else 1.0
