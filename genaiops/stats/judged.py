"""Proofs about a mean that people's labels correct: by noise and by rarity, as of clusters."""

from dataclasses import dataclass, replace

from genaiops.stats.bounded import Interval, MeanDraws
from genaiops.stats.corrected import CorrectedMean
from genaiops.stats.limits import Limit, LimitTest, agreeing, limit_mean
from genaiops.stats.paired import PairedTest, on_side

METHOD = "ppi"


@dataclass(frozen=True, slots=True)
class JudgedMean:
    """A corrected mean with what is missing at its least and at its most, and Gaffke's draws of it.

    Every claim needs two proofs. By the t distribution alone rare breakage would be waved through:
    labels that all agree with the judge show no variance.
    """

    lowest: CorrectedMean
    highest: CorrectedMean
    draws: MeanDraws

    def bounds(self, alpha: float) -> Interval:
        """Both one-sided bounds, each at `alpha` by both proofs, within the range."""
        low = min(self.lowest.around.low(alpha), self.draws.low(alpha))
        high = max(self.highest.around.high(alpha), self.draws.high(alpha))
        return Interval(max(self.draws.lo, low), min(self.draws.hi, high))


def corrected_draws(
    residuals: MeanDraws, others: MeanDraws, *, slope: float, lo: float, hi: float
) -> MeanDraws:
    """Draws of slope * mean(others) + mean(residuals), from independent draws of both.

    Args:
        residuals: of people - slope * judge.
        others: of the judge's scores of answers without a label.
        slope: as of `CorrectedMean`.
        lo: the least value that the mean can have.
        hi: the largest one.
    """
    return MeanDraws(
        below=residuals.below + slope * others.below,
        above=residuals.above + slope * others.above,
        lo=lo,
        hi=hi,
        n=residuals.n,
    )


def with_missing(judged: JudgedMean, share: float) -> JudgedMean:
    """The mean over more answers, of which a share in [0, 1] is missing.

    What is missing is at the least of the range in the lowest mean, at the most in the highest: no
    label speaks for it.
    """
    draws = judged.draws
    return JudgedMean(
        lowest=_moved(judged.lowest, draws.lo, share),
        highest=_moved(judged.highest, draws.hi, share),
        draws=replace(
            draws,
            below=(1 - share) * draws.below + share * draws.lo,
            above=(1 - share) * draws.above + share * draws.hi,
        ),
    )


def _moved(corrected: CorrectedMean, end: float, share: float) -> CorrectedMean:
    known = corrected.around
    around = replace(
        known, mean=(1 - share) * known.mean + share * end, error=(1 - share) * known.error
    )
    return replace(corrected, around=around)


def limit_judged(judged: JudgedMean, *, limit: Limit, alpha: float) -> LimitTest:
    """Test a corrected mean against a limit; alpha is the one-sided error of each claim."""
    gaffke = limit_mean(judged.draws, limit=limit, alpha=alpha)
    over = judged.lowest.around.p_over(limit.value)
    under = judged.highest.around.p_under(limit.value)
    by_t = (over, under) if limit.side == "at_least" else (under, over)
    p_pass, p_fail = max(by_t[0], gaffke.p_pass), max(by_t[1], gaffke.p_fail)
    passes, fails = p_pass <= alpha, p_fail <= alpha
    shown = agreeing(judged.bounds(alpha), limit, passes=passes, fails=fails)
    return LimitTest(shown.low, shown.high, passes, fails, p_pass, p_fail, METHOD)


def paired_judged(judged: JudgedMean, *, margin: float, alpha: float) -> PairedTest:
    """Test a candidate against a baseline by a corrected mean difference, higher being better.

    Args:
        judged: of candidate minus baseline.
        margin: the tolerated drop, 0 or more.
        alpha: one-sided error of each claim, in (0, .5).
    """
    draws = judged.draws
    p_pass = max(judged.lowest.around.p_over(-margin), draws.p_above(-margin))
    p_fail = max(judged.highest.around.p_under(0.0), draws.p_below(0.0))
    bounds = judged.bounds(alpha)
    return PairedTest(
        low=on_side(bounds.low, -margin, above=p_pass <= alpha),
        high=0.0 - on_side(0.0 - bounds.high, 0.0, above=p_fail <= alpha),
        passes=p_pass <= alpha,
        fails=p_fail <= alpha,
        p_pass=p_pass,
        p_fail=p_fail,
        method=METHOD,
    )
