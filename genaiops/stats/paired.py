"""Two arms on the same cases, scored 0 or 1: bounds of the difference, proof of a drop or none."""

from dataclasses import dataclass
from math import nextafter

from genaiops.stats.proportions import binomial_tail
from genaiops.stats.pseudo_case import PseudoCase
from genaiops.stats.tango import exceeds, tango_critical, tango_p, tango_z


@dataclass(frozen=True, slots=True)
class Counts:
    """Of `n` pairs, `gains` where only the candidate is right, `harms` where only the baseline is.

    Raises:
        ValueError: a count is negative, or gains and harms are more than n.
    """

    gains: int
    harms: int
    n: int

    def __post_init__(self) -> None:
        if min(self.gains, self.harms) < 0 or self.gains + self.harms > self.n:
            raise ValueError(f"impossible counts of pairs: {self!r}")


@dataclass(frozen=True, slots=True)
class PairedTest:
    """What paired scores say about the difference, candidate minus baseline.

    `passes` is a proven drop smaller than the margin: exactly when `low` > -margin, and when
    `p_pass` <= alpha. `fails` is a proven drop: exactly when `high` < 0, and when `p_fail` <=
    alpha. Both can hold at once (a drop that is real and tolerable). `low` and `high` are
    one-sided bounds, each at alpha.
    """

    low: float
    high: float
    passes: bool
    fails: bool
    p_pass: float
    p_fail: float
    method: str


def mcnemar_p(gains: int, harms: int) -> float:
    """The exact one-sided p-value against "the candidate is no worse"; 1 without discordant pairs.

    Source: McNemar (1947) in its exact form: P(Bin(gains + harms, 1/2) >= harms).
    """
    return binomial_tail(harms, gains + harms, 0.5)


def paired_binary(
    pessimistic: Counts, optimistic: Counts, *, margin: float, alpha: float
) -> PairedTest:
    """Test a candidate against a baseline, one 0/1 score per arm and case.

    A pass is decided by Tango's score at its exact critical value, a fail by exact McNemar. Both
    tell of one difference each, the margin and 0; the bounds are Gaffke's, which hold for any, and
    are moved onto the side of the margin and of 0 that was decided, so that a report never
    contradicts the verdict.
    Without pairs nothing is proven, and the bounds are -1 and 1.

    Args:
        pessimistic: counts with missing scores at their worst for the candidate; they decide
            `low` and `passes`.
        optimistic: counts with missing scores at their best; they decide `high` and `fails`.
        margin: the tolerated drop, 0 or more; 0 asks for superiority.
        alpha: one-sided error of each claim, in (0, .5).
    """
    low, passes, p_pass = -1.0, False, 1.0
    if n := pessimistic.n:
        gains, harms = pessimistic.gains, pessimistic.harms
        critical = tango_critical(n, margin, alpha)
        score = tango_z(gains, harms, n, margin)
        passes, p_pass = exceeds(score, critical), tango_p(score, n, margin)
        low = on_side(_gaffke_low(gains, harms, n, alpha), -margin, above=passes)
    high, p_fail = 1.0, 1.0
    if n := optimistic.n:
        gains, harms = optimistic.gains, optimistic.harms
        p_fail = mcnemar_p(gains, harms)
        mirrored = _gaffke_low(harms, gains, n, alpha)
        high = 0.0 - on_side(mirrored, 0.0, above=p_fail <= alpha)
    return PairedTest(low, high, passes, p_fail <= alpha, p_pass, p_fail, "tango")


def _gaffke_low(gains: int, harms: int, n: int, alpha: float) -> float:
    """The lower bound of the mean of differences of -1, 0 and 1, with a pseudo case at -1."""
    ties = n - gains - harms
    if harms == n:
        return -1.0
    bound = PseudoCase.of(n, ties + 2 * gains, ties + 4 * gains, 2 if gains else 1)
    return bound.low(alpha) - 1


def on_side(bound: float, limit: float, *, above: bool) -> float:
    """The bound, moved as little as possible to be above the limit, or at most at it."""
    return max(bound, nextafter(limit, 1.0)) if above else min(bound, limit)
