from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from genaiops.stats import Counts, PairedTest, mcnemar_p, paired_binary
from tests.stats.strategies import alphas, counts, margins, steady

Pair = tuple[int | None, int | None]
"""Baseline and candidate; None is missing."""


def judge(pairs: Counts, *, margin: float = 0.05, alpha: float = 0.05) -> PairedTest:
    return paired_binary(pairs, pairs, margin=margin, alpha=alpha)


def count(pairs: list[Pair], *, baseline: int, candidate: int) -> Counts:
    """Counts with the missing scores of each arm set to a value."""
    filled = [
        (baseline if old is None else old, candidate if new is None else new) for old, new in pairs
    ]
    return Counts(filled.count((0, 1)), filled.count((1, 0)), len(filled))


def test_mcnemar_has_its_reference_value() -> None:
    assert mcnemar_p(6, 9) == pytest.approx(0.303619, abs=1e-6)


@pytest.mark.parametrize(("gains", "harms"), [(0, 5), (3, 3), (40, 61), (9, 2)])
def test_mcnemar_agrees_with_scipy(gains: int, harms: int) -> None:
    expected = stats.binomtest(harms, gains + harms, alternative="greater").pvalue
    assert mcnemar_p(gains, harms) == pytest.approx(expected, rel=1e-9)


def test_mcnemar_proves_nothing_without_discordant_pairs() -> None:
    assert mcnemar_p(0, 0) == 1.0


@pytest.mark.parametrize(("margin", "needed"), [(0.1, 29), (0.05, 59), (0.02, 149)])
def test_an_unchanged_candidate_passes_from_the_least_n_on(margin: float, needed: int) -> None:
    assert not judge(Counts(0, 0, needed - 1), margin=margin).passes
    assert judge(Counts(0, 0, needed), margin=margin).passes


def test_superiority_is_asked_for_by_a_margin_of_0() -> None:
    assert judge(Counts(12, 2, 60), margin=0.0).passes
    assert not judge(Counts(0, 0, 60), margin=0.0).passes


def test_a_large_real_drop_inside_the_margin_passes_and_fails() -> None:
    result = judge(Counts(10, 60, 2000), margin=0.05)
    assert (result.passes, result.fails) == (True, True)


def test_a_drop_beyond_the_margin_fails() -> None:
    result = judge(Counts(1, 14, 60), margin=0.05)
    assert (result.passes, result.fails) == (False, True)
    assert result.p_fail == pytest.approx(16 / 2**15)


def test_nothing_is_proven_without_pairs() -> None:
    assert judge(Counts(0, 0, 0)) == PairedTest(
        low=-1.0, high=1.0, passes=False, fails=False, p_pass=1.0, p_fail=1.0, method="tango"
    )


def test_interval_of_the_design_s_example() -> None:
    result = judge(Counts(4, 6, 60), margin=0.1)
    assert (result.low, result.high) == pytest.approx((-0.13715, 0.07232), abs=1e-5)


@pytest.mark.parametrize("margin", [0.02, 0.1])
@pytest.mark.parametrize("n", [1, 2, 5, 12, 30])
def test_bounds_hold_away_from_the_margin_too(n: int, margin: float) -> None:
    tables = [(g, h) for g in range(n + 1) for h in range(n + 1 - g)]
    lows = np.array([judge(Counts(g, h, n), margin=margin).low for g, h in tables])
    counts_of = np.array([(g, h, n - g - h) for g, h in tables])
    for drop in np.linspace(-0.95, 0.95, 20):
        for gain in np.linspace(max(0.0, -drop), (1 - drop) / 2, 12):
            shares = [gain, gain + drop, max(0.0, 1 - 2 * gain - drop)]
            chances = stats.multinomial.pmf(counts_of, n, shares)
            assert chances[lows > 1e-9 - drop].sum() <= 0.0505


def test_one_pair_alone_leaves_nearly_every_difference_possible() -> None:
    result = judge(Counts(0, 0, 1), margin=0.1)
    assert (result.low, result.high) == pytest.approx((-0.95, 0.95))


@pytest.mark.parametrize(("gains", "harms", "n"), [(-1, 0, 5), (0, -1, 5), (3, 3, 5)])
def test_impossible_counts_are_refused(gains: int, harms: int, n: int) -> None:
    with pytest.raises(ValueError, match="impossible counts"):
        Counts(gains, harms, n)


def test_rare_breakage_of_the_size_of_the_margin_is_not_waved_through() -> None:
    """The case in which t and bootstrap intervals pass 21 %: 30 pairs, no noise but breakage."""
    broken = np.random.default_rng(7).binomial(30, 0.05, size=2000)
    verdicts = {int(harms): judge(Counts(0, int(harms), 30)).passes for harms in np.unique(broken)}
    assert np.mean([verdicts[int(harms)] for harms in broken]) <= 0.06


@pytest.mark.parametrize(
    ("n", "drop", "passing"),
    [(30, 0.0, 0.12), (60, 0.0, 0.21), (100, 0.0, 0.29), (30, 0.05, 0.037), (100, 0.05, 0.041)],
)
def test_power_in_a_noisy_world_is_the_enumerated_one(n: int, drop: float, passing: float) -> None:
    share = 0.085 * (1 - drop / 0.85)
    total = sum(
        stats.multinomial.pmf([gains, harms, n - gains - harms], n, [share, share + drop, rest])
        for gains, harms in product(range(n // 2), repeat=2)
        if gains + harms <= n // 2 and judge(Counts(gains, harms, n)).passes
        for rest in [1 - 2 * share - drop]
    )
    assert total == pytest.approx(passing, abs=0.005)


@steady
@given(counts(sizes=(1, 7, 30, 60, 400)), margins, alphas)
def test_claims_bounds_and_p_values_say_the_same(
    pairs: Counts, margin: float, alpha: float
) -> None:
    result = judge(pairs, margin=margin, alpha=alpha)
    assert result.passes == (result.low > -margin) == (result.p_pass <= alpha)
    assert result.fails == (result.high < 0) == (result.p_fail <= alpha)
    assert -1 <= result.low <= (pairs.gains - pairs.harms) / pairs.n <= result.high <= 1


@steady
@given(counts(), margins)
def test_swapping_the_arms_mirrors_the_interval(pairs: Counts, margin: float) -> None:
    result = judge(pairs, margin=margin)
    swapped = judge(Counts(pairs.harms, pairs.gains, pairs.n), margin=margin)
    is_moved = abs(result.high) < 1e-300 or abs(swapped.low + margin) < 1e-12
    if not is_moved:
        assert swapped.low == pytest.approx(-result.high, abs=1e-9)


@steady
@given(counts(), margins)
def test_a_gain_more_never_loses_a_pass_and_a_harm_more_never_a_fail(
    pairs: Counts, margin: float
) -> None:
    result = judge(pairs, margin=margin)
    if pairs.gains + pairs.harms < pairs.n:
        better = judge(Counts(pairs.gains + 1, pairs.harms, pairs.n), margin=margin)
        worse = judge(Counts(pairs.gains, pairs.harms + 1, pairs.n), margin=margin)
        assert worse.low <= result.low <= better.low
        assert worse.passes <= result.passes <= better.passes
        assert better.fails <= result.fails <= worse.fails


@steady
@given(
    st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=60, max_size=60),
    st.sets(st.integers(0, 119), max_size=6),
    margins,
)
def test_missing_scores_only_move_a_claim_to_inconclusive(
    pairs: list[Pair], hidden: set[int], margin: float
) -> None:
    observed: list[Pair] = [
        (None if 2 * i in hidden else old, None if 2 * i + 1 in hidden else new)
        for i, (old, new) in enumerate(pairs)
    ]
    result = paired_binary(
        count(observed, baseline=1, candidate=0),
        count(observed, baseline=0, candidate=1),
        margin=margin,
        alpha=0.05,
    )
    complete = judge(count(pairs, baseline=0, candidate=0), margin=margin)
    assert result.low <= complete.low
    assert complete.high <= result.high
    assert result.passes <= complete.passes
    assert result.fails <= complete.fails
