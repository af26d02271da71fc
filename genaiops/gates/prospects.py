"""What a gate can tell on a dataset, before any case of a candidate is asked."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from genaiops.gates.noise import ASSUMED, Noise
from genaiops.gates.ranges import bounded_range, range_of
from genaiops.gates.rules import gate_limit, gate_text
from genaiops.gates.sample import Level, Sample
from genaiops.records import MetricInfo
from genaiops.specs.evaluation import GateSpec
from genaiops.stats.limits import Limit
from genaiops.stats.needed import pairs_needed
from genaiops.stats.power import (
    POWER,
    Shares,
    binary_drop_shares,
    binary_limit_shares,
    drop_shares,
    found_change,
    least_units,
    limit_shares,
)
from genaiops.stats.proportions import binomial_tail

Kind = Literal["drop", "mean", "share", "count"]

MOST_REPEATS = 10
"""More repeats are not proposed."""
_STEPS = 20


@dataclass(frozen=True, slots=True)
class Basis:
    """What is known before a candidate: the cases, and runs if there were any.

    `level` is how the baseline, or the last run, scored; `repeats` are those of the evaluation.
    """

    sample: Sample
    repeats: int = 1
    noise: Noise = ASSUMED
    level: Level | None = None


@dataclass(frozen=True, slots=True)
class Prospect:
    """What to expect of a gate where the candidate scores as the baseline, or the last run, did.

    `finds` is what fails in four of five evaluations, by its `kind`: a drop (of a gate with a
    margin), a mean, a share of cases within a limit, a share of broken cases; None if nothing
    does. `cases_needed` and `repeats_needed` would let such a candidate pass in four of five, and
    `margin_held` is the least margin with which it does; None where it passes as it is, or none
    would. `why_not` says why nothing can be told, and `standing` what stands behind a judge.
    """

    gate: str
    metric: MetricInfo
    tier: str
    kind: Kind
    sample: Sample
    noise: Noise | None = None
    shares: Shares | None = None
    finds: float | None = None
    cases_needed: int | None = None
    repeats_needed: int | None = None
    margin_held: float | None = None
    why_not: str | None = None
    standing: str | None = None

    @property
    def is_enough(self) -> bool:
        """Whether such a candidate passes in four of five evaluations."""
        return self.shares is not None and self.shares.passes >= POWER


def prospect(gate: GateSpec, info: MetricInfo, basis: Basis) -> Prospect:
    """Tell what to expect of one gate."""
    blank = Prospect(gate_text(gate), info, gate.tier, _kind(gate), basis.sample)
    why_not = _why_not(gate, info, basis)
    if why_not is not None:
        return replace(blank, why_not=why_not)
    if gate.no_worse_than is not None:
        return _against(blank, gate, basis)
    level = basis.level
    if level is None:
        return replace(blank, why_not="no run yet, so that what is usual is not known")
    if gate.max_cases is not None:
        return _count(blank, gate.max_cases, level)
    return _limit(blank, gate, level)


def shares_at(
    info: MetricInfo, basis: Basis, *, drop: float, margin: float, alpha: float
) -> Shares:
    """The chances of a gate against a baseline; drop and margin are those of a range of 0 to 1."""
    variance = basis.noise.at(basis.repeats)
    if _is_exact(info, basis):
        return binary_drop_shares(
            basis.sample.cases, discordance=variance, drop=drop, margin=margin, alpha=alpha
        )
    spread = basis.sample.spread(variance)
    return drop_shares(spread, drop=drop, margin=margin, alpha=alpha)


def _is_exact(info: MetricInfo, basis: Basis) -> bool:
    return info.binary and basis.repeats == 1 and basis.sample.clusters is None


def _kind(gate: GateSpec) -> Kind:
    if gate.no_worse_than is not None:
        return "drop"
    if gate.max_cases is not None:
        return "count"
    return "mean" if gate.quantile is None else "share"


def _why_not(gate: GateSpec, info: MetricInfo, basis: Basis) -> str | None:
    if gate.slice is not None:
        return "told for all cases only; a slice can fail, never pass"
    if not basis.sample.cases:
        return "there is no case to which the metric applies"
    if gate.no_worse_than and bounded_range(info) is None:
        return "told for metrics with a bounded range only"
    return None


def _against(blank: Prospect, gate: GateSpec, basis: Basis) -> Prospect:
    """A gate against a baseline, with an unchanged candidate or one of which cases break."""
    span, variance = range_of(blank.metric).span, basis.noise.at(basis.repeats)
    margin, alpha = (gate.margin or 0.0) / span, gate.alpha
    told = replace(blank, noise=basis.noise)
    if gate.margin is not None:
        told = _with_margin(told, basis, margin, alpha)
        if told.is_enough or not margin:
            return told
    spread = basis.sample.spread(variance)

    def passes(margin: float) -> float:
        return drop_shares(spread, drop=0, margin=margin, alpha=alpha).passes

    held = _least_margin(passes, margin)
    why_not = "no margin yet" if gate.margin is None else None
    return replace(told, margin_held=None if held is None else span * held, why_not=why_not)


def _with_margin(told: Prospect, basis: Basis, margin: float, alpha: float) -> Prospect:
    """The chances with a margin, and how many cases or repeats it needs; all in [0, 1]."""
    sample, noise, variance = basis.sample, basis.noise, basis.noise.at(basis.repeats)

    def shares_of(drop: float) -> Shares:
        return shares_at(told.metric, basis, drop=drop, margin=margin, alpha=alpha)

    def passes(of: Sample, variance: float) -> float:
        return drop_shares(of.spread(variance), drop=0, margin=margin, alpha=alpha).passes

    finds = found_change(lambda drop: shares_of(drop).fails, 1.0)
    span = range_of(told.metric).span
    told = replace(told, shares=shares_of(0.0), finds=None if finds is None else span * finds)
    if told.is_enough or not margin:
        return told
    if _is_exact(told.metric, basis):
        needed = pairs_needed(variance, margin, alpha)
    else:
        needed = least_units(lambda cases: passes(sample.grown(cases), variance))
    repeats = _repeats(noise, basis.repeats, lambda variance: passes(sample, variance))
    return replace(told, cases_needed=needed, repeats_needed=repeats)


def _limit(blank: Prospect, gate: GateSpec, level: Level) -> Prospect:
    """A limit of the mean, or of the share that keeps it, with scores as they were."""
    limit, scores = gate_limit(gate), level.arm.worst
    if gate.quantile is not None:
        kept = scores >= limit.value if limit.side == "at_least" else scores <= limit.value
        return _mean(blank, kept.astype(np.float64), Limit("at_least", gate.quantile), gate, level)
    values = range_of(blank.metric)
    shares = (scores - values.low) / values.span
    share = Limit(limit.side, (limit.value - values.low) / values.span)
    found = _mean(blank, shares, share, gate, level)
    if found.finds is None:
        return found
    return replace(found, finds=values.low + values.span * found.finds)


def _mean(
    blank: Prospect, shares: NDArray[np.float64], limit: Limit, gate: GateSpec, level: Level
) -> Prospect:
    """The mean of shares in [0, 1] against a limit."""
    sample, mean, variance = level.sample, float(shares.mean()), level.variance(shares)
    is_binary = sample.clusters is None and bool(np.all((shares == 0) | (shares == 1)))
    sign = 1.0 if limit.side == "at_least" else -1.0

    def shares_of(of: Sample, mean: float) -> Shares:
        if is_binary:
            return binary_limit_shares(of.cases, share=mean, limit=limit, alpha=gate.alpha)
        return limit_shares(of.spread(variance), mean=mean, limit=limit, alpha=gate.alpha)

    room = mean if limit.side == "at_least" else 1 - mean
    change = found_change(lambda change: shares_of(sample, mean - sign * change).fails, room)
    told = replace(
        blank,
        sample=sample,
        shares=shares_of(sample, mean),
        finds=None if change is None else mean - sign * change,
    )
    if told.is_enough or sign * (mean - limit.value) <= 0:
        return told
    needed = least_units(lambda cases: shares_of(sample.grown(cases), mean).passes)
    return replace(told, cases_needed=needed)


def _count(blank: Prospect, allowed: int, level: Level) -> Prospect:
    """A number of broken cases, each as likely to break as it was."""
    arm = level.arm
    best = arm.info.best
    rate = np.count_nonzero(arm.worst != best) / arm.n

    def fails(rate: float) -> float:
        return binomial_tail(allowed + 1, arm.n, rate)

    shares = Shares(1 - fails(rate), fails(rate))
    return replace(blank, sample=level.sample, shares=shares, finds=found_change(fails, 1.0))


def _repeats(noise: Noise, now: int, passes: Callable[[float], float]) -> int | None:
    if noise.origin == "change":
        return None
    more = range(now + 1, MOST_REPEATS + 1)
    return next((repeats for repeats in more if passes(noise.at(repeats)) >= POWER), None)


def _least_margin(passes: Callable[[float], float], least: float) -> float | None:
    """The least margin above `least` with which an unchanged candidate passes."""
    low, high = least, 1.0
    if passes(high) < POWER:
        return None
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if passes(middle) >= POWER else (middle, high)
    return high
