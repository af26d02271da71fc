from itertools import product
from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from genaiops.stats import mean_draws
from genaiops.stats.ranking import (
    bonferroni_critical,
    bounded_low,
    bounded_p,
    cases_to_prove,
    rare_shares,
    sign_flips,
)
from tests.stats.strategies import steady


def binary_pair(gains: int, harms: int, same: int = 5) -> np.ndarray:
    return np.array([1.0] * gains + [-1.0] * harms + [0.0] * same)[:, None]


def statistic(differences: np.ndarray) -> np.ndarray:
    norms = np.sqrt((differences**2).sum(axis=0))
    return np.abs(differences.sum(axis=0)) / np.where(norms > 0, norms, 1.0)


def p_adjusted(differences: np.ndarray, draws: int = 4_999) -> np.ndarray:
    found = sign_flips(differences, seed=1, draws=draws)
    return found.p_adjusted(statistic(differences))


@pytest.mark.parametrize(("gains", "harms"), [(0, 0), (1, 0), (6, 0), (9, 2), (4, 4), (3, 10)])
def test_one_pair_of_binary_scores_is_exact_mcnemar(gains: int, harms: int) -> None:
    expected = stats.binomtest(gains, gains + harms).pvalue if gains + harms else 1.0
    assert p_adjusted(binary_pair(gains, harms))[0] == pytest.approx(expected)


def test_many_discordant_pairs_are_mcnemar_up_to_the_draws() -> None:
    expected = stats.binomtest(30, 44).pvalue
    assert p_adjusted(binary_pair(30, 14))[0] == pytest.approx(expected, abs=0.006)


def test_few_rows_are_the_share_of_all_sign_vectors() -> None:
    differences = np.random.default_rng(5).normal(size=(7, 3))
    observed = statistic(differences)
    flipped = [
        statistic(differences * np.array(signs)[:, None]).max()
        for signs in product([1, -1], repeat=7)
    ]
    expected = [np.mean([each >= one - 1e-9 for each in flipped]) for one in observed]
    assert p_adjusted(differences) == pytest.approx(expected)


@steady
@given(st.integers(0, 10_000), st.sampled_from([5, 9, 13, 14, 25]), st.sampled_from([0.05, 0.2]))
def test_a_statistic_exceeds_the_critical_value_exactly_when_its_p_does(
    seed: int, rows: int, alpha: float
) -> None:
    differences = np.random.default_rng(seed).choice([-1.0, -0.5, 0.0, 0.5, 1.0], (rows, 4))
    found = sign_flips(differences, seed=seed, draws=199)
    observed = statistic(differences)
    is_proven = found.p_adjusted(observed) <= alpha + 1e-9
    assert list(is_proven) == list(observed > found.critical(alpha))


def test_more_pairs_never_make_a_claim_easier() -> None:
    differences = np.random.default_rng(2).normal(0.3, 1, size=(40, 6))
    alone = [p_adjusted(differences[:, [pair]])[0] for pair in range(6)]
    assert np.all(p_adjusted(differences) >= np.array(alone) - 0.01)


def test_five_differing_cases_can_prove_nothing_at_five_percent() -> None:
    assert sign_flips(np.ones((5, 1)), seed=0).critical(0.05) == inf
    assert sign_flips(np.ones((6, 1)), seed=0).critical(0.05) < np.sqrt(6)


def test_without_any_difference_every_p_is_one() -> None:
    assert list(p_adjusted(np.zeros((20, 3)))) == [1, 1, 1]


def test_the_draws_depend_on_the_seed_alone() -> None:
    differences = np.random.default_rng(2).normal(size=(30, 3))
    first, second = (sign_flips(differences, seed=4, draws=99).largest for _ in range(2))
    assert np.array_equal(first, second)


@pytest.mark.parametrize("world", ["heavy tails", "binary"])
def test_any_false_claim_among_ten_pairs_is_as_rare_as_promised(world: str) -> None:
    """1,000 samples of 30 cases: 5 % nominal is within 3 and 7 %; discrete scores may have less."""
    generator, wrong = np.random.default_rng(8), 0
    first, second = np.triu_indices(5, 1)
    for sample in range(1_000):
        if world == "binary":
            scores = (generator.random((30, 5)) < generator.beta(1.7, 0.3, (30, 1))).astype(float)
        else:
            scores = generator.normal(size=(30, 1)) + generator.standard_t(2, (30, 5))
        differences = scores[:, second] - scores[:, first]
        found = sign_flips(differences, seed=sample, draws=199)
        wrong += bool((found.p_adjusted(statistic(differences)) <= 0.05).any())
    assert wrong / 1_000 <= 0.07
    assert world == "binary" or wrong / 1_000 >= 0.03


def test_the_bound_for_rare_breakage_is_that_of_gaffke_for_two_values() -> None:
    differences = np.array([-1.0] * 3 + [0.0] * 57)
    drawn = mean_draws(differences, differences, lo=-1, hi=1, seed=1).low(0.025)
    assert bounded_low(differences, span=1, alpha=0.025) == pytest.approx(drawn, abs=0.005)


def test_agreement_on_all_cases_bounds_the_mean_by_what_may_not_have_come_yet() -> None:
    low = bounded_low(np.zeros(60), span=1, alpha=0.05)
    assert low == pytest.approx(-(1 - 0.05 ** (1 / 60)))
    assert rare_shares(np.array([60, 0]), 0.05) == pytest.approx([-low, 1.0])


def test_without_values_the_bound_is_the_end_of_the_range() -> None:
    assert bounded_low(np.array([]), span=2, alpha=0.05) == -2
    assert bounded_low(np.full(4, -2.0), span=2, alpha=0.05) == -2


def test_the_cases_that_would_prove_a_difference_have_that_power() -> None:
    needed = cases_to_prove(1.0, 50, 1.96)
    assert needed == 393
    noncentral = np.sqrt(needed / 50)
    assert stats.norm.sf(1.96 - noncentral) == pytest.approx(0.8, abs=0.002)


def test_no_number_of_cases_proves_a_difference_of_nothing() -> None:
    assert cases_to_prove(0.0, 50, 2.0) is None


def test_the_correction_for_many_pairs_is_bonferroni() -> None:
    assert bonferroni_critical(10, 0.05) == pytest.approx(stats.norm.isf(0.0025))


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=30), st.floats(0.001, 0.5))
def test_the_p_of_a_bounded_mean_is_the_least_alpha_with_a_bound_above_zero(
    values: list[float], alpha: float
) -> None:
    differences = np.array(values)
    p = bounded_p(differences, span=1.0)
    if abs(p - alpha) > 1e-6:
        assert (bounded_low(differences, span=1.0, alpha=alpha) > 0) == (p < alpha)
