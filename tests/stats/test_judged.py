"""The promises of section 4.2 of the notes on statistics, in worlds where the truth is known."""

import numpy as np
import pytest
from numpy.typing import NDArray

from genaiops.stats import Limit, MeanDraws
from genaiops.stats.bounded import unit_draws
from genaiops.stats.corrected import Evidence, correct_own
from genaiops.stats.judged import (
    JudgedMean,
    corrected_draws,
    limit_judged,
    paired_judged,
    with_missing,
)

Floats = NDArray[np.float64]
CASES, LABELS, MARGIN, REPEATS = 600, 100, 0.05, 150


def drawn(values: Floats, lo: float, hi: float, seed: int) -> MeanDraws:
    shares = np.stack([(values - lo) / (hi - lo)] * 2)
    return unit_draws(shares, np.ones(len(values)), lo=lo, hi=hi, seed=seed)


def judged(people: Floats, judge: Floats, *, lo: float = -1.0) -> JudgedMean:
    """The first answers are labelled: they are as random as any."""
    n = len(people)
    found = correct_own(Evidence(people, judge[:n], judge[n:], range(len(judge))))
    assert found is not None
    slope = found.slope
    residuals = drawn(people - slope * judge[:n], lo - slope, 1 - slope * lo, 1)
    others = drawn(judge[n:], lo, 1, 2)
    draws = corrected_draws(residuals, others, slope=slope, lo=lo, hi=1)
    return JudgedMean(found, found, draws)


def says(generator: np.random.Generator, is_good: NDArray[np.bool_], spec: float) -> Floats:
    """A judge with a sensitivity of .92."""
    chance = generator.random(len(is_good))
    return np.where(is_good, chance < 0.92, chance >= spec).astype(float)


def passes(generator: np.random.Generator, *, drop: float, churn: float) -> tuple[bool, bool]:
    """Whether the gate passes a candidate that a judge likes for another reason; by t alone too."""
    was_good = generator.random(CASES) < 0.8
    flips = np.where(was_good, (churn + drop) / 0.8, churn / 0.2)
    is_good = was_good ^ (generator.random(CASES) < flips)
    judge = says(generator, is_good, 0.5) - says(generator, was_good, 0.7)
    people = (is_good.astype(float) - was_good)[:LABELS]
    found = judged(people, judge)
    test = paired_judged(found, margin=MARGIN, alpha=0.05)
    return test.passes, found.lowest.around.p_over(-MARGIN) <= 0.05


@pytest.mark.slow
@pytest.mark.parametrize("churn", [0.05, 0.0], ids=["noisy", "breakage goes one way"])
def test_a_judge_that_likes_the_candidate_does_not_pass_a_drop_of_the_margin(churn: float) -> None:
    generator = np.random.default_rng(11)
    said = [passes(generator, drop=MARGIN, churn=churn) for _ in range(REPEATS)]
    error = np.sqrt(0.055 * 0.945 / REPEATS)
    assert np.mean([both for both, _ in said]) <= 0.055 + 2 * error
    if not churn:  # what the second proof is for
        assert np.mean([by_t for _, by_t in said]) > 0.08


@pytest.mark.slow
def test_the_judge_alone_would_pass_it_nearly_always() -> None:
    generator = np.random.default_rng(11)
    passed = 0
    for _ in range(REPEATS):
        was_good = generator.random(CASES) < 0.8
        is_good = was_good & (generator.random(CASES) >= MARGIN / 0.8)
        judge = says(generator, is_good, 0.5) - says(generator, was_good, 0.7)
        error = judge.std(ddof=1) / np.sqrt(CASES)
        passed += judge.mean() - 1.645 * error > -MARGIN
    assert passed / REPEATS > 0.8


@pytest.mark.slow
def test_90_percent_intervals_hold_the_true_share() -> None:
    generator = np.random.default_rng(5)
    held = 0
    for _ in range(REPEATS):
        is_good = generator.random(CASES) < 0.8
        found = judged(is_good[:LABELS].astype(float), says(generator, is_good, 0.7), lo=0.0)
        bounds = found.bounds(0.05)
        held += bounds.low <= 0.8 <= bounds.high
    assert held / REPEATS >= 0.87


def test_labels_and_judge_without_a_single_no_do_not_prove_everything() -> None:
    ones = np.ones(1000)
    found = judged(ones[:100], ones, lo=0.0)
    assert found.lowest.around.error == 0
    test = limit_judged(found, limit=Limit("at_least", 0.99), alpha=0.05)
    assert not test.passes
    assert test.low < 0.98
    assert limit_judged(found, limit=Limit("at_least", 0.95), alpha=0.05).passes


def test_bounds_agree_with_claims() -> None:
    generator = np.random.default_rng(2)
    is_good = generator.random(400) < 0.8
    found = judged(is_good[:100].astype(float), says(generator, is_good, 0.7), lo=0.0)
    for limit in np.linspace(0.6, 0.95, 15):
        for side in ("at_least", "at_most"):
            test = limit_judged(found, limit=Limit(side, float(limit)), alpha=0.05)
            kept = test.low >= limit if side == "at_least" else test.high <= limit
            broken = test.high < limit if side == "at_least" else test.low > limit
            assert (test.passes, test.fails) == (kept, broken)


def test_what_is_missing_lies_at_both_ends_of_the_range() -> None:
    generator = np.random.default_rng(2)
    is_good = generator.random(400) < 0.8
    known = judged(is_good[:100].astype(float), says(generator, is_good, 0.7), lo=0.0)
    found, whole = with_missing(known, 0.2).bounds(0.05), known.bounds(0.05)
    assert found.low == pytest.approx(0.8 * whole.low)
    assert found.high == pytest.approx(0.2 + 0.8 * whole.high)
    nothing = with_missing(known, 1.0).bounds(0.05)
    assert (nothing.low, nothing.high) == (0, 1)
