from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.stats import (
    Interval,
    Values,
    clopper_pearson_high,
    clopper_pearson_low,
    mean_draws,
    paired_bounded,
)
from tests.stats.strategies import alphas, differences, few, grades, margins

MONTE_CARLO = 2e-3


def bounds_of(
    pessimistic: Values, optimistic: Values, *, alpha: float, lo: float, hi: float, seed: int
) -> Interval:
    draws = mean_draws(pessimistic, optimistic, lo=lo, hi=hi, seed=seed)
    return Interval(draws.low(alpha), draws.high(alpha))


def test_bounds_of_90_in_100_have_their_reference_value() -> None:
    values = [1.0] * 90 + [0.0] * 10
    bounds = bounds_of(values, values, alpha=0.05, lo=0, hi=1, seed=1)
    assert (bounds.low, bounds.high) == pytest.approx((0.8363, 0.9447), abs=MONTE_CARLO)


def test_bounds_of_6_gains_and_9_harms_have_their_reference_value() -> None:
    values = [1.0] * 6 + [-1.0] * 9 + [0.0] * 85
    bounds = bounds_of(values, values, alpha=0.05, lo=-1, hi=1, seed=1)
    assert (bounds.low, bounds.high) == pytest.approx((-0.1051, 0.0442), abs=MONTE_CARLO)


@pytest.mark.parametrize(("successes", "n"), [(0, 20), (20, 20), (7, 20), (55, 60)])
def test_bounds_of_two_valued_scores_are_those_of_clopper_and_pearson(
    successes: int, n: int
) -> None:
    values = [1.0] * successes + [0.0] * (n - successes)
    bounds = bounds_of(values, values, alpha=0.05, lo=0, hi=1, seed=3)
    assert bounds.low == pytest.approx(clopper_pearson_low(successes, n, 0.05), abs=4e-3)
    assert bounds.high == pytest.approx(clopper_pearson_high(successes, n, 0.05), abs=4e-3)


def test_bounds_follow_the_range() -> None:
    values = np.array([0.2, 0.5, 0.5, 0.9])
    unit = bounds_of(values, values, alpha=0.05, lo=0, hi=1, seed=4)
    stars = bounds_of(1 + 4 * values, 1 + 4 * values, alpha=0.05, lo=1, hi=5, seed=4)
    assert (stars.low, stars.high) == pytest.approx((1 + 4 * unit.low, 1 + 4 * unit.high), abs=1e-5)


def test_many_different_values_do_not_depend_on_how_draws_are_cut(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    values = np.linspace(0, 1, 300)
    whole = mean_draws(values, values, lo=0, hi=1, seed=5)
    monkeypatch.setattr("genaiops.stats.bounded._WEIGHTS_AT_ONCE", 500_000)
    cut = mean_draws(values, values, lo=0, hi=1, seed=5)
    np.testing.assert_allclose(whole.below, cut.below, atol=1e-6)


def test_another_seed_gives_other_draws() -> None:
    values = [0.2, 0.7]
    found = [bounds_of(values, values, alpha=0.05, lo=0, hi=1, seed=seed) for seed in (1, 1, 2)]
    assert found[0] == found[1] != found[2]


def test_the_range_itself_is_all_that_is_known_without_values() -> None:
    bounds = bounds_of([], [], alpha=0.05, lo=1, hi=5, seed=0)
    assert (bounds.low, bounds.high) == (1, 5)


def test_an_alpha_smaller_than_a_draw_gives_the_range() -> None:
    bounds = bounds_of([0.5], [0.5], alpha=1e-6, lo=0, hi=1, seed=0)
    assert (bounds.low, bounds.high) == (0, 1)


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan")])
def test_a_value_outside_of_the_range_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match=r"outside of \[0, 1\]"):
        mean_draws([0.5, value], [0.5, value], lo=0, hi=1, seed=0)


def test_no_pair_proves_nothing() -> None:
    result = paired_bounded([], [], margin=0.05, alpha=0.05, seed=0, span=2.0)
    assert (result.low, result.high) == (-2.0, 2.0)
    assert (result.passes, result.fails, result.p_pass, result.p_fail) == (False, False, 1.0, 1.0)


def test_an_unchanged_candidate_passes_from_59_pairs_on() -> None:
    few_pairs, enough = [0.0] * 55, [0.0] * 62
    assert not paired_bounded(few_pairs, few_pairs, margin=0.05, alpha=0.05, seed=0).passes
    assert paired_bounded(enough, enough, margin=0.05, alpha=0.05, seed=0).passes


def test_the_margin_is_in_units_of_the_scores() -> None:
    values = [0.0] * 62
    assert not paired_bounded(values, values, margin=0.05, alpha=0.05, seed=0, span=4.0).passes
    assert paired_bounded(values, values, margin=0.2, alpha=0.05, seed=0, span=4.0).passes


def test_a_clear_drop_fails() -> None:
    values = [-0.4, -0.2, 0.0, -0.6] * 15
    result = paired_bounded(values, values, margin=0.05, alpha=0.05, seed=0)
    assert (result.passes, result.fails) == (False, True)


def test_rare_breakage_of_the_size_of_the_margin_is_not_waved_through() -> None:
    broken = np.random.default_rng(8).binomial(30, 0.05, size=2000)
    passes = {
        int(harms): paired_bounded(values, values, margin=0.05, alpha=0.05, seed=0).passes
        for harms in np.unique(broken)
        for values in [[-1.0] * int(harms) + [0.0] * (30 - int(harms))]
    }
    assert np.mean([passes[int(harms)] for harms in broken]) <= 0.06


@few
@given(grades, alphas, st.randoms(use_true_random=False))
def test_bounds_hold_the_mean_in_any_order(
    values: list[float], alpha: float, random: Random
) -> None:
    bounds = bounds_of(values, values, alpha=alpha, lo=0, hi=1, seed=0)
    assert 0 <= bounds.low <= np.mean(values) <= bounds.high <= 1
    shuffled = random.sample(values, len(values))
    assert bounds_of(shuffled, shuffled, alpha=alpha, lo=0, hi=1, seed=0) == bounds


@few
@given(grades, alphas, st.sampled_from([0.0, 0.25, 0.4, 1.0]))
def test_bounds_and_p_values_agree(values: list[float], alpha: float, limit: float) -> None:
    draws = mean_draws(values, values, lo=0, hi=1, seed=0)
    assert (draws.low(alpha) >= limit) == (draws.p_at_least(limit) <= alpha)
    assert (draws.low(alpha) > limit) == (draws.p_above(limit) <= alpha)
    assert (draws.high(alpha) <= limit) == (draws.p_at_most(limit) <= alpha)
    assert (draws.high(alpha) < limit) == (draws.p_below(limit) <= alpha)


@few
@given(differences, margins)
def test_claims_follow_from_the_bounds(values: list[float], margin: float) -> None:
    result = paired_bounded(values, values, margin=margin, alpha=0.05, seed=0)
    assert result.passes == (result.low > -margin) == (result.p_pass <= 0.05)
    assert result.fails == (result.high < 0) == (result.p_fail <= 0.05)


@few
@given(differences)
def test_swapping_the_arms_mirrors_the_interval(values: list[float]) -> None:
    result = paired_bounded(values, values, margin=0.05, alpha=0.05, seed=0)
    mirrored = [-value for value in values]
    swapped = paired_bounded(mirrored, mirrored, margin=0.05, alpha=0.05, seed=1)
    assert (swapped.low, swapped.high) == pytest.approx((-result.high, -result.low), abs=0.04)


@few
@given(differences, st.sampled_from([0.1, 0.5]))
def test_bounds_rise_with_the_values(values: list[float], rise: float) -> None:
    raised = [min(1.0, value + rise) if value == min(values) else value for value in values]
    bounds = bounds_of(values, values, alpha=0.05, lo=-1, hi=1, seed=0)
    higher = bounds_of(raised, raised, alpha=0.05, lo=-1, hi=1, seed=0)
    assert higher.low >= bounds.low - 0.02
    assert higher.high >= bounds.high - 0.02


@few
@given(
    st.lists(st.sampled_from([-0.5, 0.0, 0.2]), min_size=60, max_size=60),
    st.sets(st.integers(0, 59), max_size=5),
    margins,
)
def test_missing_scores_only_move_a_claim_to_inconclusive(
    values: list[float], hidden: set[int], margin: float
) -> None:
    result = paired_bounded(
        [-1.0 if i in hidden else value for i, value in enumerate(values)],
        [1.0 if i in hidden else value for i, value in enumerate(values)],
        margin=margin,
        alpha=0.05,
        seed=0,
    )
    complete = paired_bounded(values, values, margin=margin, alpha=0.05, seed=0)
    assert result.passes <= (complete.p_pass <= 0.05 + 5 * MONTE_CARLO)
    assert result.fails <= (complete.p_fail <= 0.05 + 5 * MONTE_CARLO)
    assert result.low <= complete.low + 5 * MONTE_CARLO
    assert result.high >= complete.high - 5 * MONTE_CARLO


@few
@given(grades, st.sampled_from([0.1, 0.5]))
def test_the_ends_of_missing_scores_may_come_in_any_order(
    values: list[float], spread: float
) -> None:
    worse = [max(0.0, value - spread) for value in values]
    bounds = bounds_of(worse, values, alpha=0.05, lo=0, hi=1, seed=0)
    assert bounds == bounds_of(values, worse, alpha=0.05, lo=0, hi=1, seed=0)
    assert bounds.low <= np.mean(worse)
    assert np.mean(values) <= bounds.high


@pytest.mark.slow
@pytest.mark.parametrize(("mean", "n"), [(0.9, 20), (0.6, 40)])
def test_lower_bound_is_wrong_in_at_most_alpha_of_the_samples(mean: float, n: int) -> None:
    generator = np.random.default_rng(11)
    samples = generator.beta(4 * mean, 4 * (1 - mean), size=(250, n))
    draws = [mean_draws(sample, sample, lo=0, hi=1, seed=0) for sample in samples]
    wrong = [each.low(0.05) > mean for each in draws]
    assert np.mean(wrong) <= 0.05 + 3 * (0.05 * 0.95 / 250) ** 0.5
