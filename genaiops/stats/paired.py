"""Two arms on the same cases, scored 0 or 1: bounds of the difference, proof of a drop or none."""

from dataclasses import dataclass
from math import nextafter

from genaiops.stats.proportions import binomial_tail
from genaiops.stats.tango import exceeds, tango_critical, tango_low, tango_p, tango_z


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

    `low` is the difference at which Tango's score reaches its exact critical value; `high` is its
    mirror image (swap the arms). A fail is decided by exact McNemar, and `high` is moved onto its
    side of 0 where the two disagree, so that a report never contradicts the verdict. The claims are
    exact; the bounds are exact at the margin and at 0, and close approximations away from them.
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
        low = on_side(tango_low(gains, harms, n, critical), -margin, above=passes)
    high, p_fail = 1.0, 1.0
    if n := optimistic.n:
        gains, harms = optimistic.gains, optimistic.harms
        p_fail = mcnemar_p(gains, harms)
        mirrored = tango_low(harms, gains, n, tango_critical(n, margin, alpha))
        high = 0.0 - on_side(mirrored, 0.0, above=p_fail <= alpha)
    return PairedTest(low, high, passes, p_fail <= alpha, p_pass, p_fail, "tango")


def on_side(bound: float, limit: float, *, above: bool) -> float:
    """The bound, moved as little as possible to be above the limit, or at most at it."""
    return max(bound, nextafter(limit, 1.0)) if above else min(bound, limit)
