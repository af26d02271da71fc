from collections.abc import Callable
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.stats import (
    ClusterTotals,
    Limit,
    LimitTest,
    PairedTest,
    limit_clustered,
    paired_bounded,
    paired_clustered,
)
from tests.stats.strategies import few, margins

World = Callable[[np.random.Generator], ClusterTotals]

clusters = st.lists(
    st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.0, 0.2]), min_size=1, max_size=6),
    min_size=1,
    max_size=70,
)


def add_up(values: list[list[float]], lo: float = -1.0, hi: float = 1.0) -> ClusterTotals:
    ids = [number for number, cluster in enumerate(values) for _ in cluster]
    flat = [value for cluster in values for value in cluster]
    return ClusterTotals.of(flat, flat, ids, lo=lo, hi=hi)


def judge(totals: ClusterTotals, *, margin: float = 0.05, alpha: float = 0.05) -> PairedTest:
    return paired_clustered(totals, totals.draws(seed=1), margin=margin, alpha=alpha)


def limit(totals: ClusterTotals, limit: Limit) -> LimitTest:
    return limit_clustered(totals, totals.draws(seed=1), limit=limit, alpha=0.05)


def share_of_passes(world: World, samples: int) -> float:
    """How often a candidate passes; equal samples are judged once."""
    generator, known, passed = np.random.default_rng(11), dict[bytes, bool](), 0
    for _ in range(samples):
        totals = world(generator)
        order = np.lexsort((totals.worst, totals.sizes))
        key = np.stack([totals.sizes, totals.worst])[:, order].round(9).tobytes()
        if key not in known:
            known[key] = judge(totals).passes
        passed += known[key]
    return passed / samples


def rare_breakage(count: int, breaks: str) -> World:
    """Clusters of three unchanged cases; a twentieth of the cases, or of the clusters, break."""

    def sample(generator: np.random.Generator) -> ClusterTotals:
        broken = generator.random((count, 3 if breaks == "cases" else 1)) < 0.05
        totals = -np.broadcast_to(broken, (count, 3)).sum(axis=1).astype(float)
        return ClusterTotals(totals, totals, np.full(count, 3.0), -1, 1)

    return sample


@pytest.mark.parametrize("breaks", ["cases", "clusters"])
@pytest.mark.parametrize("count", [10, 30, 45])
def test_rare_breakage_of_the_size_of_the_margin_is_not_waved_through(
    count: int, breaks: str
) -> None:
    assert share_of_passes(rare_breakage(count, breaks), 300) <= 0.05


@pytest.mark.parametrize("breaks", ["cases", "clusters"])
@pytest.mark.parametrize("count", [60, 100, 200])
def test_rare_breakage_is_not_waved_through_where_passes_are_possible(
    count: int, breaks: str
) -> None:
    assert share_of_passes(rare_breakage(count, breaks), 1500) <= 0.055


@pytest.mark.parametrize(("chance", "margin"), [(0.3, 0.18), (0.6, 0.36)])
def test_breakage_of_large_clusters_alone_is_not_waved_through(
    chance: float, margin: float
) -> None:
    """Of 20 clusters of six beside 40 of two so many break that the drop is the margin."""
    sizes = np.array([6.0] * 20 + [2.0] * 40)
    broken = np.random.default_rng(5).binomial(20, chance, 1500)
    passes: dict[int, bool] = {}
    for count in {int(each) for each in broken}:
        totals = np.concatenate([np.full(count, -6.0), np.zeros(60 - count)])
        passes[count] = judge(ClusterTotals(totals, totals, sizes, -1, 1), margin=margin).passes
    assert np.mean([passes[int(count)] for count in broken]) <= 0.055


def test_large_clusters_that_lose_count_by_their_cases() -> None:
    """Each of 300 clusters gains on average, but the cases of large ones lose the margin."""

    def sample(generator: np.random.Generator) -> ClusterTotals:
        is_large = generator.random(300) < 0.25
        sizes = np.where(is_large, 6.0, 2.0)
        change = np.where(is_large, -0.4, 0.3)  # (.25 * 6 * -.4 + .75 * 2 * .3) / 3 = -.05
        totals = change * sizes
        return ClusterTotals(totals, totals, sizes, -1, 1)

    assert share_of_passes(sample, 300) <= 0.055


def test_without_any_change_a_margin_of_5_points_takes_59_clusters() -> None:
    assert not judge(add_up([[0.0] * 3] * 55)).passes
    assert judge(add_up([[0.0] * 3] * 62)).passes


def test_a_clear_drop_fails_from_10_clusters_on() -> None:
    broken = [[-1.0, -0.6], [-0.8, -0.8, -1.0], [-0.6], [-1.0, -1.0], [-0.9, -0.4]]
    assert judge(add_up(broken * 2)).fails
    too_few = judge(add_up((broken * 2)[:9]))
    assert (too_few.passes, too_few.fails, too_few.p_pass, too_few.p_fail) == (False, False, 1, 1)
    assert too_few.low <= -0.05
    assert too_few.high >= 0


@pytest.mark.parametrize("values", [[], [[0.2, 0.3]]], ids=["none", "one"])
def test_no_cluster_or_one_tells_nothing_but_the_range(values: list[list[float]]) -> None:
    result = judge(add_up(values))
    assert (result.low, result.high, result.passes, result.fails) == (-1, 1, False, False)


def test_no_variance_alone_proves_nothing() -> None:
    """Student's t would claim both."""
    assert not judge(add_up([[0.0, 0.0]] * 30)).passes
    assert not judge(add_up([[-0.1, -0.1]] * 12)).fails
    assert not limit(add_up([[1.0, 1.0]] * 20, lo=0), Limit("at_least", 0.9)).passes
    assert not limit(add_up([[0.8, 0.8]] * 12, lo=0), Limit("at_least", 0.82)).fails


def test_a_skewed_mean_alone_proves_nothing() -> None:
    """Gaffke's bound would claim all: that of 3 of 20 is .042, and Student's t has .008."""
    assert not judge(add_up([[1.0]] * 3 + [[-1.0]] * 17), margin=0.95).passes
    assert not limit(add_up([[1.0]] * 3 + [[0.0]] * 17, lo=0), Limit("at_least", 0.04)).passes
    assert not limit(add_up([[1.0]] * 17 + [[0.0]] * 3, lo=0), Limit("at_least", 0.96)).fails


def test_too_few_clusters_are_flagged() -> None:
    found = [add_up([[0.0, 0.0]] * count) for count in (9, 10)]
    assert [each.is_too_few for each in found] == [True, False]


def test_cases_of_their_own_clusters_have_the_draws_of_independent_cases() -> None:
    values = [0.2, -0.1, 0.0, 0.0] * 20
    alone = paired_bounded(values, values, margin=0.05, alpha=0.05, seed=1)
    draws = add_up([[value] for value in values]).draws(seed=1)
    assert (draws.low(0.05), draws.high(0.05)) == pytest.approx((alone.low, alone.high), abs=1e-6)


def test_values_and_ids_have_to_be_of_the_same_cases() -> None:
    with pytest.raises(ValueError, match="2 values, but ids of 1 cases"):
        ClusterTotals.of([0.0, 0.0], [0.0, 0.0], ["a"], lo=-1, hi=1)


def test_a_value_outside_of_the_range_is_refused() -> None:
    with pytest.raises(ValueError, match="outside of"):
        ClusterTotals.of([2.0], [2.0], ["a"], lo=-1, hi=1)


@few
@given(clusters, margins)
def test_claims_follow_from_the_bounds(values: list[list[float]], margin: float) -> None:
    result = judge(add_up(values), margin=margin)
    assert result.passes == (result.low > -margin) == (result.p_pass <= 0.05)
    assert result.fails == (result.high < 0) == (result.p_fail <= 0.05)
    assert -1 <= result.low <= result.high <= 1


@few
@given(clusters, margins)
def test_a_p_value_is_the_larger_of_both_proofs(values: list[list[float]], margin: float) -> None:
    totals = add_up(values)
    result, draws = judge(totals, margin=margin), totals.draws(seed=1)
    if not totals.is_too_few:
        assert result.p_pass >= totals.lowest.p_over(-margin)
        assert result.p_pass >= draws.p_above(-margin)
        assert result.p_fail >= totals.highest.p_under(0.0)
        assert result.p_fail >= draws.p_below(0.0)


@few
@given(clusters, st.randoms(use_true_random=False))
def test_neither_the_order_nor_the_names_of_clusters_matter(
    values: list[list[float]], random: Random
) -> None:
    shuffled = [random.sample(cluster, len(cluster)) for cluster in values]
    random.shuffle(shuffled)
    result, other = judge(add_up(values)), judge(add_up(shuffled))
    assert (result.low, result.high) == pytest.approx((other.low, other.high), abs=0.02)


@few
@given(clusters, st.integers(0, 5))
def test_missing_scores_only_widen_the_interval(values: list[list[float]], hidden: int) -> None:
    ids = [number for number, cluster in enumerate(values) for _ in cluster]
    flat = [value for cluster in values for value in cluster]
    worst, best = ([end] * hidden + flat[hidden:] for end in (-1.0, 1.0))
    totals = ClusterTotals.of(worst[: len(flat)], best[: len(flat)], ids, lo=-1, hi=1)
    gaffke, complete = totals.draws(seed=1), add_up(values).draws(seed=1)
    assert gaffke.low(0.05) <= complete.low(0.05) + 0.01
    assert gaffke.high(0.05) >= complete.high(0.05) - 0.01
    result = judge(totals)
    assert result.low <= np.sum(totals.worst) / totals.cases
    assert result.high >= np.sum(totals.best) / totals.cases


@pytest.mark.parametrize("side", ["at_least", "at_most"])
@pytest.mark.parametrize("value", [0.3, 0.5, 0.7])
def test_a_limit_is_kept_broken_or_open(side: str, value: float) -> None:
    scores = np.random.default_rng(5).beta(10, 10, (120, 2))
    rule = Limit("at_least" if side == "at_least" else "at_most", value)
    result = limit(add_up([list(pair) for pair in scores], lo=0), rule)
    kept = {0.3: "at_least", 0.7: "at_most"}.get(value)
    assert (result.passes, result.fails) == (kept == side, kept not in (side, None))
    assert result.low < 0.5 < result.high


@few
@given(
    st.lists(st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=1, max_size=3), max_size=40),
    st.sampled_from([0.25, 0.5, 0.9]),
)
def test_claims_about_a_limit_follow_from_the_bounds(
    values: list[list[float]], value: float
) -> None:
    totals = add_up(values, lo=0)
    least, most = limit(totals, Limit("at_least", value)), limit(totals, Limit("at_most", value))
    assert least.passes == (least.low >= value) == (least.p_pass <= 0.05)
    assert least.fails == (least.high < value) == (least.p_fail <= 0.05)
    assert most.passes == (most.high <= value) == (most.p_pass <= 0.05)
    assert most.fails == (most.low > value) == (most.p_fail <= 0.05)
