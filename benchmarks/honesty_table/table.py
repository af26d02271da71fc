"""How often each rule is wrong: shares of evaluations that pass, fail or stay open."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from honesty_table.ours import ALPHA, decision, judge, paired
from honesty_table.peers import PEERS, Claims
from honesty_table.worlds import WORLDS, Samples, World, draw
from numpy.typing import NDArray

MARGIN = 0.05
SIZES = (30, 100, 300, 1000)
DROPS = (0.0, MARGIN, 2 * MARGIN)
OURS = "genaiops"
BOUND = 0.055
"""What may not be exceeded: 5% and a little, for the score test above 300 cases."""
_TIE = 1e-9
_DRAWN_APART = 0.006
"""Nearer to alpha than this, other random draws of Gaffke's bound may say another word."""
_DECIDED = 5
"""So many evaluations of each cell go through the whole gate, which must say the same."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Shares of the evaluations of one cell that a rule passes and fails."""

    passes: float
    fails: float
    evaluations: int

    @property
    def is_open(self) -> float:
        """The share that it leaves open."""
        return max(0.0, 1 - self.passes - self.fails)


@dataclass(frozen=True, slots=True)
class Place:
    """Where to measure: a world, a number of cases and a true drop."""

    world: World
    cases: int
    drop: float


@dataclass(frozen=True, slots=True)
class Cell:
    """What each rule says at one place, and what share our default policy blocks."""

    place: Place
    rates: dict[str, Rates]
    blocked: float


def places(sizes: Sequence[int] = SIZES) -> list[Place]:
    """All of the table, in its order."""
    return [Place(world, cases, drop) for world in WORLDS for cases in sizes for drop in DROPS]


def measure(place: Place, *, seed: int, evaluations: int) -> Cell:
    """Measure one cell, by draws of its own.

    Raises:
        AssertionError: the whole gate says another word than the test that stands for it here.
    """
    entropy = [seed, WORLDS.index(place.world), place.cases, round(1000 * place.drop), evaluations]
    generator = np.random.default_rng(entropy)
    samples = draw(
        place.world, generator, evaluations=evaluations, cases=place.cases, drop=place.drop
    )
    claims = {name: rule(samples, MARGIN, generator) for name, rule in PEERS.items()}
    ours = claims[OURS] = judge(samples, MARGIN)
    blocked = ours.fails | (ours.is_open & (samples.differences.mean(1) <= _TIE - MARGIN))
    _see_that_the_gate_agrees(samples, ours, blocked)
    rates = {name: _rates(claim) for name, claim in claims.items()}
    return Cell(place, rates, float(blocked.mean()))


def broken_bound(cell: Cell) -> str | None:
    """How our gate passes what is worse by the margin, or fails what is unchanged, too often."""
    rates, drop = cell.rates[OURS], cell.place.drop
    allowed = BOUND + 2 * sqrt(ALPHA * (1 - ALPHA) / rates.evaluations)
    error, share = ("stopped", rates.fails) if drop == 0 else ("let through", rates.passes)
    if share <= allowed:
        return None
    where = f"{cell.place.world.name}, {cell.place.cases} cases, true drop {drop:g}"
    return f"{where}: {share:.3f} {error} of {rates.evaluations}, {allowed:.3f} allowed"


def _see_that_the_gate_agrees(samples: Samples, ours: Claims, blocked: NDArray[np.bool_]) -> None:
    for place in range(min(_DECIDED, len(samples))):
        test = paired(samples[place], MARGIN)
        if min(abs(p - ALPHA) for p in (test.p_pass, test.p_fail)) < _DRAWN_APART:
            continue
        decided = decision(samples[place], MARGIN)
        word = "pass" if ours.passes[place] else "fail" if ours.fails[place] else "inconclusive"
        if (decided.word, decided.blocked) != (word, bool(blocked[place])):
            raise AssertionError(f"the gate says {decided!r}, the table {word} of {samples[place]}")


def _rates(claims: Claims) -> Rates:
    return Rates(float(claims.passes.mean()), float(claims.fails.mean()), len(claims.passes))
