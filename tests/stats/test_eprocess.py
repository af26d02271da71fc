from math import exp, log
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.stats.eprocess import EProcess
from tests.stats.strategies import differences, margins, steady

SIX_GAINS_NINE_HARMS = [1.0] * 6 + [-1.0] * 9 + [0.0] * 85


def grid_only(process: EProcess) -> float:
    """The evidence of the 24 bets of the grid without the planned one."""
    return float(np.logaddexp.reduce(process.log_wealth[:-1])) - log(24)


def test_100_unchanged_cases_have_their_reference_evidence() -> None:
    process = EProcess.start("pass", margin=0.05).updated([0.0] * 100)
    assert grid_only(process) == pytest.approx(2.2603, abs=1e-4)


def test_the_grid_alone_takes_121_unchanged_cases_for_a_proof() -> None:
    start = EProcess.start("pass", margin=0.05)
    assert grid_only(start.updated([0.0] * 120)) < log(20) <= grid_only(start.updated([0.0] * 121))


@pytest.mark.parametrize(("claim", "expected"), [("pass", -0.1445), ("fail", 0.0033)])
def test_6_gains_and_9_harms_have_their_reference_evidence(claim: str, expected: float) -> None:
    start = EProcess.start("pass" if claim == "pass" else "fail", margin=0.05)
    assert grid_only(start.updated(SIX_GAINS_NINE_HARMS)) == pytest.approx(expected, abs=1e-4)


def test_half_of_the_wealth_is_on_the_bet_for_the_planned_effect() -> None:
    process = EProcess.start("fail", margin=0.1).updated([-1.0, 0.0, -0.5])
    bet = 0.15 / (0.15 + 0.15**2)
    planned = (1 + bet) * (1 + 0.5 * bet)
    assert exp(process.log_e) == pytest.approx((exp(grid_only(process)) + planned) / 2)


@pytest.mark.parametrize("claim", ["pass", "fail"])
@pytest.mark.parametrize("world", ["noisy", "sparse"])
def test_500_looks_cross_the_threshold_of_a_false_claim_with_a_chance_of_alpha(
    claim: str, world: str
) -> None:
    """2,000 paths at the boundary of what is false, by the definition of the wealth."""
    drop = 0.05 if claim == "pass" else 0.0
    noise = 0.0 if world == "sparse" and claim == "pass" else 0.02 if world == "sparse" else 0.2
    uniform = np.random.default_rng(21).random((2000, 500))
    paths = (uniform < noise).astype(float) - (uniform > 1 - noise - drop)
    start = EProcess.start("pass" if claim == "pass" else "fail", margin=0.05)
    payoffs = paths + 0.05 if claim == "pass" else -paths
    levels, codes = np.unique(payoffs, return_inverse=True)
    factors = 1 + np.multiply.outer(levels, start._bets())
    wealth, peaks = np.ones((2000, 25)), np.zeros(2000)
    for column in codes.reshape(paths.shape).T:
        wealth *= factors[column]
        peaks = np.maximum(peaks, (wealth[:, :-1].mean(axis=1) + wealth[:, -1]) / 2)
    assert peaks[0] == pytest.approx(exp(start.updated(paths[0]).peak), rel=1e-9)
    crossed = (peaks >= 20).mean()
    assert crossed <= 0.05 + 3 * (0.05 * 0.95 / 2000) ** 0.5


def test_a_clear_drop_is_proven_soon() -> None:
    process = EProcess.start("fail", margin=0.05).updated([-1.0, 0.0] * 15)
    assert process.proves(0.015)
    assert process.p_value < 0.015


def test_no_case_is_no_evidence() -> None:
    start = EProcess.start("pass", margin=0.05)
    assert start.log_e == pytest.approx(0.0)
    assert start.p_value == pytest.approx(1.0)
    assert start.updated([]) == start
    assert not start.proves(0.05)


def test_a_proof_once_reached_is_kept() -> None:
    process = EProcess.start("pass", margin=0.1).updated([1.0] * 12 + [-1.0] * 12)
    assert process.log_e < log(20) < process.peak
    assert process.proves(0.05)
    assert process.updated([-1.0] * 12).p_value == process.p_value < 0.05


def test_a_margin_of_0_asks_for_an_improvement() -> None:
    start = EProcess.start("pass", margin=0.0)
    assert start.updated([0.0] * 500).p_value == pytest.approx(1.0)
    assert start.updated([1.0, 0.0] * 20).proves(0.05)


def test_a_cluster_bets_with_its_cases_added_up() -> None:
    start = EProcess.start("pass", margin=0.1, largest_cluster=4)
    process = start.updated_by_clusters([0.5, -1.0], [4, 2])
    by_hand = EProcess.start("pass", margin=0.1)
    # (.5 + .4) / 4 = .225 and (-1 + .2) / 4 = -.2 are the payoffs of two cases of .125 and -.3.
    assert process.log_e == pytest.approx(by_hand.updated([0.125, -0.3]).log_e)
    assert process.units == 2


def test_a_cluster_larger_than_declared_is_refused() -> None:
    start = EProcess.start("fail", margin=0.1, largest_cluster=4)
    with pytest.raises(ValueError, match="a cluster of 5, but at most 4 declared"):
        start.updated_by_clusters([0.0], [5])


@pytest.mark.parametrize("value", [-1.1, 2.0, float("nan")])
def test_a_difference_outside_of_the_range_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="outside of"):
        EProcess.start("pass", margin=0.05).updated([value])


@pytest.mark.parametrize(("margin", "largest"), [(-0.1, 1), (1.0, 1), (0.05, 0)])
def test_an_impossible_start_is_refused(margin: float, largest: int) -> None:
    with pytest.raises(ValueError, match=r"outside of \[0, 1\)|below 1"):
        EProcess.start("pass", margin=margin, largest_cluster=largest)


@steady
@given(differences, margins, st.sampled_from(["pass", "fail"]), st.randoms(use_true_random=False))
def test_neither_order_nor_batches_matter(
    values: list[float], margin: float, claim: str, random: Random
) -> None:
    start = EProcess.start("pass" if claim == "pass" else "fail", margin=margin)
    at_once, shuffled = start.updated(values), random.sample(values, len(values))
    cut = random.randint(0, len(values))
    in_two = start.updated(shuffled[:cut]).updated(shuffled[cut:])
    assert in_two.log_wealth == pytest.approx(at_once.log_wealth)
    assert in_two.units == at_once.units == len(values)
    in_order = start.updated(values[:cut]).updated(values[cut:])
    assert in_order.peak == pytest.approx(at_once.peak)


@steady
@given(differences, margins)
def test_worse_cases_are_less_evidence_for_a_pass_and_more_for_a_fail(
    values: list[float], margin: float
) -> None:
    worse = [max(-1.0, value - 0.3) for value in values]
    passing, failing = (EProcess.start(claim, margin=margin) for claim in ("pass", "fail"))
    assert passing.updated(worse).log_e <= passing.updated(values).log_e
    assert failing.updated(worse).log_e >= failing.updated(values).log_e
