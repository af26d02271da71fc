from math import inf, nan
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from genaiops.stats.ratios import RatioTest, paired_ratio, ratio_units_needed
from tests.stats.strategies import few, steady

amounts = st.lists(
    st.tuples(st.sampled_from([0.5, 1.0, 1.1, 3.0]), st.sampled_from([0.5, 1.0, 1.3])),
    min_size=1,
    max_size=40,
)


def judge(
    candidate: list[float],
    baseline: list[float],
    *,
    ids: list[int] | None = None,
    margin_ratio: float = 1.2,
) -> RatioTest:
    cases = list(range(len(candidate))) if ids is None else ids
    return paired_ratio(candidate, baseline, cases, margin_ratio=margin_ratio, alpha=0.05)


def latencies(ratio: float, n: int = 60) -> tuple[list[float], list[float]]:
    generator = np.random.default_rng(6)
    slow = np.exp(generator.normal(0, 0.8, n))
    return list(ratio * slow * np.exp(generator.normal(0, 0.18, n))), list(slow)


@pytest.mark.parametrize(
    ("ratio", "passes", "fails"),
    [(0.8, True, False), (1.0, True, False), (1.1, True, True), (1.2, False, True)],
)
def test_a_ratio_passes_below_the_margin_and_fails_above_1(
    ratio: float, *, passes: bool, fails: bool
) -> None:
    result = judge(*latencies(ratio))
    assert (result.passes, result.fails) == (passes, fails)


def test_both_p_values_are_the_larger_of_those_of_scipy() -> None:
    candidate, baseline = latencies(1.1, n=25)
    result = judge(candidate, baseline)
    logs = np.log(candidate) - np.log(baseline)
    over, under = logs > 0, logs < np.log(1.2)
    t_over = stats.ttest_1samp(logs, 0, alternative="greater").pvalue
    t_under = stats.ttest_1samp(logs, np.log(1.2), alternative="less").pvalue
    sign_over = stats.binomtest(int(over.sum()), 25, alternative="greater").pvalue
    sign_under = stats.binomtest(int(under.sum()), 25, alternative="greater").pvalue
    assert result.p_fail == pytest.approx(max(t_over, sign_over), rel=1e-6)
    assert result.p_pass == pytest.approx(max(t_under, sign_under), rel=1e-6)
    assert result.ratio == pytest.approx(stats.gmean(candidate) / stats.gmean(baseline))


def test_a_few_cases_alone_prove_no_rise() -> None:
    result = judge([9.0] * 6 + [1.0] * 6, [1.0] * 6 + [1.001] * 6)
    assert not result.fails


def test_many_cases_that_hardly_change_alone_prove_no_rise() -> None:
    result = judge([1.001] * 30 + [0.1] * 4, [1.0] * 34)
    assert not result.fails


@pytest.mark.parametrize("pair", [(0.0, 1.0), (1.0, 0.0), (inf, 1.0), (nan, 1.0), (inf, inf)])
def test_an_amount_without_a_ratio_proves_nothing(pair: tuple[float, float]) -> None:
    result = judge([0.1] * 20 + [pair[0]], [1.0] * 20 + [pair[1]])
    assert (result.ratio, result.low, result.high) == (None, 0.0, inf)
    assert (result.passes, result.fails) == (False, False)


def test_two_zeros_are_equal() -> None:
    free = judge([0.0] * 20, [0.0] * 20)
    assert (free.ratio, free.passes, free.fails) == (1.0, True, False)


@pytest.mark.parametrize("n", [0, 1])
def test_no_pair_or_one_proves_nothing(n: int) -> None:
    result = judge([1.0] * n, [2.0] * n)
    assert (result.ratio, result.passes, result.fails) == (None, False, False)


def test_equal_ratios_need_five_pairs() -> None:
    assert not judge([1.0] * 4, [1.0] * 4).passes
    assert judge([1.0] * 5, [1.0] * 5).passes


def test_fewer_than_ten_clusters_prove_nothing() -> None:
    candidate, baseline = latencies(0.5)
    few_ids, enough_ids = ([case % count for case in range(60)] for count in (9, 12))
    assert not judge(candidate, baseline, ids=few_ids).passes
    assert judge(candidate, baseline, ids=enough_ids).passes


def test_cases_of_a_cluster_are_not_counted_as_many() -> None:
    candidate, baseline = [1.5, 0.9, 1.4, 1.3, 1.6] * 12, [1.0] * 60
    together = judge(candidate, baseline, ids=[case % 10 for case in range(60)])
    alone = judge(candidate, baseline)
    assert alone.fails
    assert not together.fails


@pytest.mark.parametrize(
    ("candidate", "baseline", "ids", "margin_ratio", "message"),
    [
        ([-1.0], [1.0], [0], 1.2, "below 0"),
        ([1.0], [1.0], [0], 0.9, "margin_ratio 0.9 is below 1"),
        ([1.0], [1.0, 1.0], [0], 1.2, "1 amounts of the candidate, but 2"),
        ([1.0], [1.0], [0, 1], 1.2, "1 amounts, but ids of 2 cases"),
    ],
)
def test_impossible_input_is_refused(
    candidate: list[float],
    baseline: list[float],
    ids: list[int],
    margin_ratio: float,
    message: str,
) -> None:
    with pytest.raises(ValueError, match=message):
        judge(candidate, baseline, ids=ids, margin_ratio=margin_ratio)


@steady
@given(amounts, st.sampled_from([1.0, 1.1, 1.5]))
def test_claims_follow_from_the_bounds(
    pairs: list[tuple[float, float]], margin_ratio: float
) -> None:
    candidate, baseline = (list(arm) for arm in zip(*pairs, strict=True))
    result = judge(candidate, baseline, margin_ratio=margin_ratio)
    assert result.passes == (result.high < margin_ratio) == (result.p_pass <= 0.05)
    assert result.fails == (result.low > 1) == (result.p_fail <= 0.05)


@few
@given(amounts, st.randoms(use_true_random=False))
def test_the_order_of_cases_and_the_unit_do_not_matter(
    pairs: list[tuple[float, float]], random: Random
) -> None:
    shuffled = random.sample(pairs, len(pairs))
    result = judge([pair[0] for pair in pairs], [pair[1] for pair in pairs])
    other = judge([1000 * pair[0] for pair in shuffled], [1000 * pair[1] for pair in shuffled])
    assert (other.p_pass, other.p_fail) == pytest.approx((result.p_pass, result.p_fail), abs=1e-9)


@pytest.mark.parametrize("true_ratio", [1.2, 1.0])
def test_a_true_ratio_at_a_limit_is_claimed_in_at_most_alpha_of_the_samples(
    true_ratio: float,
) -> None:
    """Skewed noise; its mean and its median are at the ratio at the same time or beyond it."""
    generator = np.random.default_rng(9)
    noise = generator.gamma(2.0, 0.3, (250, 25)) - 0.6
    results = [
        judge(list(true_ratio * np.exp(sample)), [1.0] * 25, margin_ratio=1.2) for sample in noise
    ]
    claims = [result.passes if true_ratio > 1 else result.fails for result in results]
    assert np.mean(claims) <= 0.05 + 3 * (0.05 * 0.95 / 250) ** 0.5


def needed(
    candidate: list[float],
    baseline: list[float],
    *,
    ids: list[int] | None = None,
    margin_ratio: float = 1.2,
    alpha: float = 0.05,
    ratio_plan: float = 1.0,
) -> int | None:
    cases = list(range(len(candidate))) if ids is None else ids
    return ratio_units_needed(
        candidate, baseline, cases, margin_ratio=margin_ratio, alpha=alpha, ratio_plan=ratio_plan
    )


@pytest.mark.parametrize("size", [1, 3])
def test_the_units_needed_pass_in_four_of_five_samples(size: int) -> None:
    """Cases of a cluster all have its ratio."""
    generator = np.random.default_rng(12)
    spread = np.repeat(np.exp(generator.normal(0, 0.4, 2000)), size)
    ids = [case // size for case in range(2000 * size)]
    count = needed(list(spread), [1.0] * len(spread), ids=ids)
    assert count is not None
    samples = np.repeat(np.exp(generator.normal(0, 0.4, (300, count))), size, axis=1)
    baseline = [1.0] * (count * size)
    passed = np.mean(
        [judge(list(each), baseline, ids=ids[: count * size]).passes for each in samples]
    )
    assert 0.7 <= passed <= 0.9


def test_a_rise_that_is_planned_takes_more() -> None:
    candidate, baseline = latencies(1.0)
    counts = [needed(candidate, baseline, ratio_plan=plan) for plan in (0.9, 1.0, 1.1)]
    told = [count for count in counts if count is not None]
    assert len(told) == 3
    assert told == sorted(set(told))


def test_equal_ratios_need_as_many_pairs_as_the_sign_test_takes() -> None:
    assert needed([2.0] * 9, [1.0] * 9) == 7
    assert needed([2.0] * 9, [1.0] * 9, alpha=0.001) == 16


@pytest.mark.parametrize(
    ("candidate", "baseline", "margin_ratio"),
    [
        ([1.0, 2.0], [1.0, 1.0], 1.0),
        ([1.0], [1.0], 1.2),
        ([0.0, 1.0], [1.0, 1.0], 1.2),
        ([1.0, 9.0], [1.0, 1.0], 1.000001),
    ],
    ids=["no margin", "one pair", "no ratio", "more than ten million"],
)
def test_no_number_of_pairs_is_told_where_none_is_known(
    candidate: list[float], baseline: list[float], margin_ratio: float
) -> None:
    assert needed(candidate, baseline, margin_ratio=margin_ratio) is None
