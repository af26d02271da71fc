"""Evaluation in batches that may stop early: evidence at every look, one fixed test at the cap."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from genaiops.stats.eprocess import Claim, EProcess
from genaiops.stats.paired import PairedTest
from genaiops.stats.pseudo_case import PseudoCase
from genaiops.stats.together import Units

_EARLY_SHARE = 0.3
"""Of the allowed error, what early stops may use: .015 of .05. The test at the cap has the rest."""

_FUTILE = 0.05
_LEAST_SEEN = 20
_FUTURES = 400

_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Proofs:
    """The p-values of both claims, which hold whenever the evaluation stopped."""

    p_pass: float
    p_fail: float

    def claim(self, alpha: float) -> Claim | None:
        """What is proven at `alpha`; a pass goes first."""
        if self.p_pass <= alpha:
            return "pass"
        return "fail" if self.p_fail <= alpha else None


def split_p(process: EProcess, p_final: float = 1.0) -> float:
    """The p-value of a claim from looks as it went, and from the one test at the end.

    The smaller of the e-process's p-value / .3 and the test's / .7: at most alpha with a chance of
    at most .3 alpha + .7 alpha, so it can be corrected like any other.

    Args:
        process: of the claim, in the order drawn beforehand.
        p_final: of the test at the end; 1 before it.
    """
    return min(1.0, process.p_value / _EARLY_SHARE, p_final / (1 - _EARLY_SHARE))


@dataclass(frozen=True, slots=True)
class Split:
    """A comparison under way, and the evidence so far.

    Cases come in batches, in an order drawn beforehand. A claim is proven once its e-process has
    reached 1 / (.3 alpha), at whatever case of a batch. At the cap, a number of cases fixed
    beforehand, the test that the gate makes without looks is made at .7 alpha. The chance of a
    false pass, and that of a false fail, is at most alpha, by adding up both. A unit is a case, or
    a whole cluster.
    """

    cap: int
    alpha: float
    passing: EProcess
    failing: EProcess

    @classmethod
    def start(
        cls, *, margin: float, cap: int, alpha: float = 0.05, largest_cluster: int = 1
    ) -> "Split":
        """Nothing seen yet.

        Args:
            margin: the tolerated drop as a share of the scores' range, in [0, 1).
            cap: units at which the final test is made, 1 or more.
            alpha: one-sided error of each claim.
            largest_cluster: how many cases a unit has at most, fixed before the first look.

        Raises:
            ValueError: an argument is outside of its range.
        """
        if cap < 1:
            raise ValueError(f"cap {cap!r} is below 1")
        passing, failing = (
            EProcess.start(claim, margin=margin, largest_cluster=largest_cluster)
            for claim in ("pass", "fail")
        )
        return cls(cap, alpha, passing, failing)

    @property
    def units(self) -> int:
        return self.passing.units

    @property
    def early_alpha(self) -> float:
        """One-sided error of all looks together."""
        return _EARLY_SHARE * self.alpha

    @property
    def final_alpha(self) -> float:
        """One-sided error of the test at the cap."""
        return self.alpha - self.early_alpha

    def updated(self, batch: Units) -> "Split":
        """Look once more, after a batch.

        Args:
            batch: differences, candidate minus baseline, higher is better, in [-span, span];
                missing scores at their worst and at their best for the candidate.

        Raises:
            ValueError: a cluster is larger than declared.
        """
        worst, best = 2 * batch.shares - batch.sizes
        sizes = [int(size) for size in batch.sizes]
        passing = self.passing.updated_by_clusters(worst, sizes)
        failing = self.failing.updated_by_clusters(best, sizes)
        return replace(self, passing=passing, failing=failing)

    def proofs(self, test: PairedTest | None = None) -> Proofs:
        """The p-values of both claims so far.

        Args:
            test: at the cap, the gate's own test on all units; only its p-values are read. None
                before: made anywhere else it would be one more look.
        """
        if test is None:
            return Proofs(split_p(self.passing), split_p(self.failing))
        return Proofs(split_p(self.passing, test.p_pass), split_p(self.failing, test.p_fail))


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the units up to the cap can still decide.

    `can_pass` and `can_fail`: whether all of them at their best, or at their worst, would be proof
    at the cap. `chance`: how likely they are to decide; None while less than 20 units are seen.
    """

    can_pass: bool
    can_fail: bool
    chance: float | None

    @property
    def is_futile(self) -> bool:
        """Whether to stop without a verdict. Going on all the same costs no certainty."""
        unlikely = self.chance is not None and self.chance < _FUTILE
        return unlikely or not (self.can_pass or self.can_fail)


def outlook(split: Split, seen: Units, *, seed: int) -> Outlook:
    """What is to be expected of going on to the cap.

    `chance` is a predictive probability: units to come are drawn from those seen, under random
    weights (the Bayesian bootstrap), 400 times over, and the share is taken of the futures in
    which the final test passes or fails. Gaffke's bound, by two moments, stands in for the final
    test: it asks for little more than the exact one of 0/1 scores, and for a little less than the
    double one of clusters.

    Args:
        split: before the cap, with nothing proven.
        seen: all units so far, as in `Split.updated`.
        seed: of the futures.

    Source: for predictive probabilities Spiegelhalter, Freedman & Blackburn (1986), Controlled
    Clinical Trials 7, 8-17; Rubin (1981), The Bayesian Bootstrap.
    """
    worst, best = 2 * seen.shares - seen.sizes
    passing = _Payoffs.of(split.passing, worst, seen.sizes)
    failing = _Payoffs.of(split.failing, best, seen.sizes)
    left = max(0, split.cap - seen.count)
    chance = None
    if seen.count >= _LEAST_SEEN:
        generator = np.random.default_rng([seed, seen.count])
        weights = generator.dirichlet(np.ones(seen.count), size=_FUTURES)
        futures = generator.multinomial(left, weights).astype(np.float64)
        is_decided = np.minimum(passing.p_after(futures), failing.p_after(futures))
        chance = float(np.mean(is_decided <= split.final_alpha))
    return Outlook(
        can_pass=passing.p_at_best(left) <= split.final_alpha,
        can_fail=failing.p_at_best(left) <= split.final_alpha,
        chance=chance,
    )


@dataclass(frozen=True, slots=True)
class _Payoffs:
    """Payoffs of the units seen, in [-loss, gain]; a claim is that their mean is above 0."""

    values: _Floats
    loss: float
    gain: float

    @classmethod
    def of(cls, process: EProcess, totals: _Floats, sizes: _Floats) -> "_Payoffs":
        margin = process.margin if process.claim == "pass" else 0.0
        return cls(process.payoffs(totals, sizes), 1 - margin, 1 + margin)

    def p_after(self, futures: _Floats) -> _Floats:
        """The p-values when each seen unit has come so many times more; shape (futures,)."""
        heights, counts = self.values + self.loss, futures + 1
        totals, squares = counts @ heights, counts @ heights**2
        n, top = float(counts[0].sum()), float(heights.max())
        sums = zip(totals.tolist(), squares.tolist(), strict=True)
        return np.array([_p_value(n, *each, top, self.loss) for each in sums])

    def p_at_best(self, left: int) -> float:
        """The p-value when all units to come have the largest payoff."""
        heights = np.append(self.values + self.loss, np.full(left, self.loss + self.gain))
        top = float(heights.max(initial=0.0))
        total, squares = float(heights.sum()), float((heights**2).sum())
        return _p_value(len(heights), total, squares, top, self.loss)


def _p_value(n: float, total: float, squares: float, top: float, target: float) -> float:
    return PseudoCase.of(n, total, squares, top).p_over(target) if total > 0 else 1.0
