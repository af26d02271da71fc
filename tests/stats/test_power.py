"""Chances before any case is asked, against the tables of a simulation study and by enumeration."""

import numpy as np
import pytest

from genaiops.stats import Counts, Limit, paired_binary, paired_bounded
from genaiops.stats.clusters import ClusterTotals, paired_clustered
from genaiops.stats.power import (
    Shares,
    Spread,
    binary_drop_shares,
    binary_limit_shares,
    drop_shares,
    found_change,
    least_units,
    limit_shares,
)

DISCORDANCE = 0.17
THRICE = DISCORDANCE / 3
"""The variance of a difference of averages over three repeats."""


@pytest.mark.parametrize(
    ("n", "margin", "passes", "fails"),
    [(30, 0.05, 0.120, 0.013), (60, 0.05, 0.211, 0.024), (60, 0.10, 0.530, 0.024),
     (100, 0.05, 0.289, 0.031), (300, 0.05, 0.658, 0.038)],
)  # fmt: skip
def test_binary_scores_of_an_unchanged_candidate(
    n: int, margin: float, passes: float, fails: float
) -> None:
    shares = binary_drop_shares(n, discordance=DISCORDANCE, drop=0, margin=margin, alpha=0.05)
    assert (shares.passes, shares.fails) == (
        pytest.approx(passes, abs=5e-4),
        pytest.approx(fails, abs=5e-4),
    )


def test_binary_shares_are_those_of_every_table_weighed_by_its_chance() -> None:
    n, gain, loss = 25, 0.08, 0.18
    wanted = dict.fromkeys(("pass", "fail"), 0.0)
    ways = np.cumprod([1.0, *range(1, n + 1)])
    for gains in range(n + 1):
        for harms in range(n - gains + 1):
            same = n - gains - harms
            chance = ways[n] / ways[gains] / ways[harms] / ways[same]
            chance *= gain**gains * loss**harms * (1 - gain - loss) ** same
            counts = Counts(gains, harms, n)
            test = paired_binary(counts, counts, margin=0.1, alpha=0.05)
            if test.passes or test.fails:
                wanted["pass" if test.passes else "fail"] += chance
    shares = binary_drop_shares(n, discordance=0.16, drop=0.1, margin=0.1, alpha=0.05)
    assert (shares.passes, shares.fails) == pytest.approx((wanted["pass"], wanted["fail"]))


@pytest.mark.parametrize(
    ("n", "margin", "passes"),
    [(60, 0.05, 0.24), (60, 0.10, 0.83), (100, 0.10, 0.98), (200, 0.05, 0.83)],
)
def test_three_repeats_of_an_unchanged_candidate(n: int, margin: float, passes: float) -> None:
    shares = drop_shares(Spread(n, THRICE), drop=0, margin=margin, alpha=0.05)
    assert shares.passes == pytest.approx(passes, abs=0.02)
    assert shares.fails < 0.03


@pytest.mark.parametrize(("drop", "stopped"), [(0, 0.03), (0.1, 0.53), (0.2, 0.94)])
def test_sixty_cases_asked_once_are_stopped_as_in_the_study(drop: float, stopped: float) -> None:
    shares = binary_drop_shares(60, discordance=DISCORDANCE, drop=drop, margin=0.1, alpha=0.05)
    assert shares.fails + shares.reaches == pytest.approx(stopped, abs=0.02)


@pytest.mark.parametrize(("drop", "stopped"), [(0, 0.01), (0.1, 0.58), (0.2, 0.98)])
def test_sixty_cases_asked_thrice_are_stopped_as_in_the_study(drop: float, stopped: float) -> None:
    shares = drop_shares(Spread(60, THRICE), drop=drop, margin=0.1, alpha=0.05)
    assert stopped - 0.09 <= shares.fails + shares.reaches <= stopped + 0.01


@pytest.mark.parametrize("drop", [0.0, 0.04, 0.1, 0.3])
@pytest.mark.parametrize("margin", [0.0, 0.05, 0.2])
def test_chances_are_parts_of_a_whole(drop: float, margin: float) -> None:
    for shares in (
        binary_drop_shares(40, discordance=0.2, drop=drop, margin=margin, alpha=0.05),
        drop_shares(Spread(40, 0.2), drop=drop, margin=margin, alpha=0.05),
    ):
        assert 0 <= shares.reaches <= shares.inconclusive + 1e-12


@pytest.mark.slow
def test_a_drop_in_graded_scores_is_found_as_often_as_is_said_or_more_often() -> None:
    generator = np.random.default_rng(5)
    chances = generator.beta(1.7, 0.3, (400, 100))
    broken = generator.random(chances.shape) < 0.12 / 0.85
    differences = (generator.binomial(3, chances * ~broken) - generator.binomial(3, chances)) / 3
    tests = [paired_bounded(row, row, margin=0.05, alpha=0.05, seed=1) for row in differences]
    seen = np.mean([test.fails and not test.passes for test in tests])
    shares = drop_shares(Spread(100, THRICE), drop=0.12, margin=0.05, alpha=0.05)
    assert seen - 0.1 <= shares.fails <= seen + 0.02


def test_without_noise_a_gate_passes_from_the_least_number_of_cases_on() -> None:
    for n, passes in ((58, 0.0), (59, 1.0)):
        assert drop_shares(Spread(n, 0), drop=0, margin=0.05, alpha=0.05) == Shares(passes, 0)
        shares = binary_drop_shares(n, discordance=0, drop=0, margin=0.05, alpha=0.05)
        assert shares == Shares(passes, 0)


def test_nothing_is_decided_without_cases_or_with_few_clusters() -> None:
    nothing, limit = Shares(0, 0), Limit("at_least", 0.8)
    assert binary_drop_shares(0, discordance=0.2, drop=0, margin=0.1, alpha=0.05) == nothing
    assert drop_shares(Spread(0, 0.1), drop=0, margin=0.1, alpha=0.05) == nothing
    assert binary_limit_shares(0, share=1, limit=limit, alpha=0.05) == nothing
    few = Spread(9, 0, clusters=9)
    assert drop_shares(few, drop=0, margin=0.5, alpha=0.05) == nothing
    assert limit_shares(few, mean=1, limit=limit, alpha=0.05) == nothing


def test_clusters_are_never_decided_more_often_than_as_many_cases() -> None:
    for variance in (0.0, 0.05, 0.2):
        cases, clusters = Spread(80, variance), Spread(80, variance, clusters=80)
        free, bound = (
            drop_shares(each, drop=0, margin=0.1, alpha=0.05) for each in (cases, clusters)
        )
        assert bound.passes <= free.passes


@pytest.mark.slow
def test_clusters_of_several_sizes_fare_as_in_a_simulation() -> None:
    generator = np.random.default_rng(4)
    sizes = [1] * 40 + [2] * 40 + [3] * 15 + [4]
    ids = [cluster for cluster, size in enumerate(sizes) for _ in range(size)]
    cases, seen = len(ids), list[bool]()
    for _ in range(300):
        differences = generator.choice([-1.0, 0.0, 1.0], cases, p=[0.085, 0.83, 0.085])
        totals = ClusterTotals.of(differences, differences, ids, lo=-1, hi=1)
        test = paired_clustered(totals, totals.draws(seed=1), margin=0.1, alpha=0.05)
        seen.append(test.passes)
    units = cases // max(sizes)
    spread = Spread(units, DISCORDANCE / cases * units, clusters=len(sizes))
    shares = drop_shares(spread, drop=0, margin=0.1, alpha=0.05)
    assert shares.passes == pytest.approx(np.mean(seen), abs=0.06)


@pytest.mark.parametrize(("rate", "passes"), [(0.85, 0.185), (0.90, 0.606)])
def test_a_share_against_a_limit(rate: float, passes: float) -> None:
    shares = binary_limit_shares(60, share=rate, limit=Limit("at_least", 0.8), alpha=0.05)
    assert shares.passes == pytest.approx(passes, abs=5e-4)


def test_at_most_is_the_mirror_of_at_least() -> None:
    for n, passes in ((298, 0.0), (299, 1.0)):
        limit = Limit("at_most", 0.01)
        assert binary_limit_shares(n, share=0, limit=limit, alpha=0.05) == Shares(passes, 0)
    over, under = (
        limit_shares(Spread(90, 0.1), mean=mean, limit=limit, alpha=0.05)
        for mean, limit in ((0.7, Limit("at_least", 0.6)), (0.3, Limit("at_most", 0.4)))
    )
    assert (over.passes, over.fails) == pytest.approx((under.passes, under.fails))


def test_a_mean_that_is_its_limit_passes_and_fails_by_chance_only() -> None:
    for n in (30, 100, 1000):
        shares = limit_shares(Spread(n, 0.1), mean=0.6, limit=Limit("at_least", 0.6), alpha=0.05)
        assert shares.passes <= 0.05
        assert shares.fails <= 0.05


def test_a_mean_at_an_end_of_the_range_leaves_no_room_for_noise() -> None:
    noisy = Spread(12, 0.1)
    assert limit_shares(noisy, mean=0.0, limit=Limit("at_least", 0.3), alpha=0.05).fails == 1
    assert limit_shares(noisy, mean=1.0, limit=Limit("at_most", 0.7), alpha=0.05).fails == 1
    assert limit_shares(Spread(8, 0.1), mean=0, limit=Limit("at_least", 0.3), alpha=0.05).fails == 0


def test_the_least_change_that_is_found() -> None:
    def fails(drop: float) -> float:
        return binary_drop_shares(
            100, discordance=DISCORDANCE, drop=drop, margin=0.05, alpha=0.05
        ).fails

    drop = found_change(fails, 1.0)
    assert drop is not None
    assert fails(drop) >= 0.8 > fails(drop - 1e-3)
    assert found_change(lambda _: 0.5, 1.0) is None


def test_the_least_number_that_passes() -> None:
    def passes(n: int) -> float:
        return drop_shares(Spread(n, THRICE), drop=0, margin=0.05, alpha=0.05).passes

    needed = least_units(passes)
    assert needed is not None
    assert passes(needed) >= 0.8 > passes(needed - 1)
    assert least_units(lambda _: 0.5) is None
