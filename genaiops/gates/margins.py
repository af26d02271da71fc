"""The margin and the repeats that gates against a baseline begin with; pure.

By default 10 points and three repeats below 150 cases, 5 points and three below 400, 5 points and
one from there on. Where an unchanged candidate would not pass in four of five with that, for there
are few cases or much noise, the margin is wider.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from genaiops.gates.noise import Noise
from genaiops.gates.prospects import Basis, shares_at
from genaiops.gates.ranges import range_of
from genaiops.gates.sample import Sample
from genaiops.records import MetricInfo
from genaiops.specs.evaluation import GateSpec, OnInconclusive
from genaiops.stats.power import POWER, Shares

MARGINS = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)
"""Those that are chosen from, as parts of a metric's range."""


@dataclass(frozen=True, slots=True)
class OpenGate:
    """A gate against a baseline that has no margin yet, and what is known of its metric."""

    gate: GateSpec
    metric: MetricInfo
    sample: Sample
    noise: Noise

    def shares(self, repeats: int, *, drop: float, margin: float) -> Shares:
        """The chances with a margin; it and the drop are parts of the metric's range."""
        basis = Basis(self.sample, repeats, self.noise)
        return shares_at(self.metric, basis, drop=drop, margin=margin, alpha=self.gate.alpha)

    def holds(self, repeats: int, margin: float) -> bool:
        """Whether an unchanged candidate passes in four of five."""
        return self.shares(repeats, drop=0.0, margin=margin).passes >= POWER


@dataclass(frozen=True, slots=True)
class FirstMargin:
    """The margin that a gate begins with, in units of its metric, and what it means.

    `usual` is that of so many cases, by default; `margin` is None where none of `MARGINS` lets an
    unchanged candidate pass in four of five. `unchanged` and `dropped` are the chances of a
    candidate that is as good, and of one that is worse by the margin.
    """

    of: OpenGate
    repeats: int
    usual: float
    margin: float | None
    unchanged: Shares
    dropped: Shares

    def passes_at(self, repeats: int) -> float:
        """The chance that an unchanged candidate passes with so many draws of each case."""
        margin = self.usual if self.margin is None else self.margin
        span = range_of(self.of.metric).span
        return self.of.shares(repeats, drop=0.0, margin=margin / span).passes


def usual_margin(cases: int) -> float:
    """The part of a metric's range that so many cases tolerate by default."""
    return 0.1 if cases < 150 else 0.05


def usual_repeats(cases: int) -> int:
    """The draws of each of so many cases, by default."""
    return 3 if cases < 400 else 1


def first_repeats(gates: Sequence[OpenGate], most: int) -> int:
    """The draws of each case that gates begin with, `most` at most.

    One where no answer ever changed; else the usual number, or more of them where only that lets an
    unchanged candidate pass with the usual margins.
    """
    if all(not each.noise.variance for each in gates):
        return 1
    least = min(max(usual_repeats(each.sample.cases) for each in gates), most)
    tries = (
        repeats
        for repeats in range(least, most + 1)
        if all(each.holds(repeats, usual_margin(each.sample.cases)) for each in gates)
    )
    return next(tries, least)


def first_margin(open_gate: OpenGate, repeats: int) -> FirstMargin:
    """The least of `MARGINS`, from the usual one on, that an unchanged candidate holds."""
    usual, span = usual_margin(open_gate.sample.cases), range_of(open_gate.metric).span
    wide = (each for each in MARGINS if each >= usual and open_gate.holds(repeats, each))
    margin = next(wide, None)
    shown = usual if margin is None else margin
    return FirstMargin(
        of=open_gate,
        repeats=repeats,
        usual=usual * span,
        margin=None if margin is None else margin * span,
        unchanged=open_gate.shares(repeats, drop=0.0, margin=shown),
        dropped=open_gate.shares(repeats, drop=shown, margin=shown),
    )


def blocked_share(shares: Shares, policy: OnInconclusive) -> float:
    """The chance that a blocking gate with these chances blocks."""
    match policy:
        case "allow":
            return shares.fails
        case "block":
            return 1 - shares.passes
        case "block_if_worse" | "extend":
            return shares.fails + shares.reaches
