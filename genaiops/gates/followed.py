"""Tests of a run that is looked at as it goes: their errors hold at whatever time it stops.

A claim is proven early by an e-process, or by the gate's own test once no case is left, each with
its share of the error. The interval is one that holds at all times.
"""

from genaiops.gates.arms import Arm
from genaiops.gates.bounds import Ranged, ask_limit
from genaiops.gates.course import Course
from genaiops.gates.pairs import Pairs, ask_difference
from genaiops.gates.questions import Question, settled
from genaiops.gates.ranges import range_of
from genaiops.stats import (
    Interval,
    Limit,
    LimitSplit,
    LimitTest,
    PairedTest,
    Proofs,
    Split,
    Units,
    agreeing,
    follow_mean,
    on_side,
)

FOLLOWED = "sequence"


def ask_followed_difference(
    pairs: Pairs, course: Course, *, margin: float, alpha: float
) -> Question[PairedTest]:
    """Ask as `ask_difference` does, of a run that is looked at as it goes."""
    units = course.differences(pairs)
    split = start_difference(pairs, course, margin=margin, alpha=alpha, cap=units.count)
    followed = split.updated(units)
    bounds = _bounds(units, course, alpha)
    if not course.is_whole:
        return settled(_paired(followed.proofs(), bounds, margin, alpha))
    at_end = ask_difference(pairs, margin=margin, alpha=alpha)
    return at_end.then(lambda test: _paired(followed.proofs(test), bounds, margin, alpha))


def ask_followed_limit(
    arm: Arm, course: Course, limit: Limit, *, alpha: float
) -> Question[LimitTest]:
    """Ask as `ask_limit` does, of a run that is looked at as it goes."""
    ranged = Ranged.of(arm)
    units = course.scores(ranged, arm.ids)
    followed = start_limit(arm, course, limit).updated(units)
    bounds = _bounds(units, course, alpha)
    if not course.is_whole:
        return settled(_limited(followed.proofs(), bounds, limit, alpha))
    at_end = ask_limit(ranged, limit, alpha=alpha)
    return at_end.then(lambda test: _limited(followed.proofs(test), bounds, limit, alpha))


def start_difference(
    pairs: Pairs, course: Course, *, margin: float, alpha: float, cap: int
) -> Split:
    """The comparison before its first case; `cap` cases or clusters are expected."""
    return Split.start(
        margin=margin / range_of(pairs.candidate.info).span,
        cap=max(cap, 1),
        alpha=alpha,
        largest_cluster=course.largest_cluster,
    )


def start_limit(arm: Arm, course: Course, limit: Limit) -> LimitSplit:
    """The scores before the first case."""
    values = range_of(arm.info)
    return LimitSplit.start(
        limit, lo=values.low, hi=values.high, largest_cluster=course.largest_cluster
    )


def _bounds(units: Units, course: Course, alpha: float) -> Interval:
    sequence = follow_mean(units, alpha=2 * alpha, largest_cluster=course.largest_cluster)
    return sequence.last() or Interval(units.lo, units.hi)


def _paired(proofs: Proofs, bounds: Interval, margin: float, alpha: float) -> PairedTest:
    passes, fails = proofs.p_pass <= alpha, proofs.p_fail <= alpha
    return PairedTest(
        low=on_side(bounds.low, -margin, above=passes),
        high=0.0 - on_side(0.0 - bounds.high, 0.0, above=fails),
        passes=passes,
        fails=fails,
        p_pass=proofs.p_pass,
        p_fail=proofs.p_fail,
        method=FOLLOWED,
    )


def _limited(proofs: Proofs, bounds: Interval, limit: Limit, alpha: float) -> LimitTest:
    passes, fails = proofs.p_pass <= alpha, proofs.p_fail <= alpha
    shown = agreeing(bounds, limit, passes=passes, fails=fails)
    return LimitTest(shown.low, shown.high, passes, fails, proofs.p_pass, proofs.p_fail, FOLLOWED)
