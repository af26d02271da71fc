import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.stats import ClusterTotals, PairedTest, paired_clustered
from genaiops.stats.robust_mean import RobustMean
from genaiops.stats.strata import Stratum, _weighted, paired_strata
from tests.stats.strategies import few, margins


def stratum(weight: float, values: list[float], *, seed: int = 1, size: int = 1) -> Stratum:
    ids = [case // size for case in range(len(values))]
    totals = ClusterTotals.of(values, values, ids, lo=-1, hi=1)
    return Stratum(weight, totals, totals.draws(seed=seed))


def judge(*strata: Stratum, margin: float = 0.05) -> PairedTest:
    return paired_strata(strata, margin=margin, alpha=0.05)


def test_one_stratum_is_judged_as_clusters_are() -> None:
    values = [0.2, -0.1, 0.0, 0.0, -0.3] * 20
    alone = stratum(1.0, values)
    expected = paired_clustered(alone.totals, alone.draws, margin=0.05, alpha=0.05)
    found = judge(alone)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert (found.p_pass, found.p_fail) == pytest.approx((expected.p_pass, expected.p_fail))


def test_strata_count_by_their_declared_weights() -> None:
    better, worse = [0.5, 0.3, 0.4] * 30, [-0.5, -0.3, -0.4] * 30
    mostly_better = judge(stratum(0.9, better), stratum(0.1, worse, seed=2))
    mostly_worse = judge(stratum(0.1, better), stratum(0.9, worse, seed=2))
    assert (mostly_better.passes, mostly_better.fails) == (True, False)
    assert (mostly_worse.passes, mostly_worse.fails) == (False, True)


def test_the_mean_and_its_error_are_weighted() -> None:
    """By hand: .3^2 * .2^2 + .7^2 * .1^2 = .0085; 9 and 49 degrees of freedom."""
    found = _weighted([RobustMean(0.1, 0.2, 9), RobustMean(-0.1, 0.1, 49)], [0.3, 0.7])
    assert (found.mean, found.error) == pytest.approx((-0.04, 0.0085**0.5))
    assert found.freedom == pytest.approx(0.0085**2 / (0.0036**2 / 9 + 0.0049**2 / 49))


def test_what_rare_breakage_leaves_possible_is_weighted() -> None:
    large, small = stratum(0.9, [0.0] * 300), stratum(0.1, [0.0] * 20, seed=2)
    expected = np.quantile(0.9 * large.draws.below + 0.1 * small.draws.below, 0.05)
    found = judge(large, small)
    assert found.low == pytest.approx(expected, abs=1e-4)
    assert found.high == pytest.approx(
        np.quantile(0.9 * large.draws.above + 0.1 * small.draws.above, 0.95), abs=1e-4
    )


def test_rare_breakage_of_the_size_of_the_margin_is_not_waved_through() -> None:
    generator = np.random.default_rng(8)
    known: dict[tuple[int, int], bool] = {}
    passed = 0
    for _ in range(400):
        broken = (int(generator.binomial(40, 0.05)), int(generator.binomial(60, 0.05)))
        if broken not in known:
            rows = [[-1.0] * b + [0.0] * (n - b) for b, n in zip(broken, (40, 60), strict=True)]
            known[broken] = judge(stratum(0.5, rows[0]), stratum(0.5, rows[1], seed=2)).passes
        passed += known[broken]
    assert passed / 400 <= 0.05


@pytest.mark.parametrize("values", [[], [0.9]], ids=["none", "one"])
def test_a_stratum_of_less_than_two_cases_leaves_all_open(values: list[float]) -> None:
    found = judge(stratum(0.5, [0.5] * 90), stratum(0.5, values, seed=2))
    assert (found.passes, found.fails, found.low, found.high) == (False, False, -1, 1)


def test_fewer_than_ten_clusters_in_all_prove_nothing() -> None:
    lost = [-0.9, -1.0, -0.8, -0.7] * 4
    too_few = judge(stratum(0.5, lost, size=4), stratum(0.5, lost, seed=2, size=4))
    assert (too_few.fails, too_few.p_fail) == (False, 1.0)
    assert judge(stratum(0.5, lost), stratum(0.5, lost, seed=2)).fails


@pytest.mark.parametrize("weights", [(), (0.5, 0.4), (1.5, -0.5)], ids=repr)
def test_weights_are_shares(weights: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="shares that add up to 1"):
        judge(*(stratum(weight, [0.0] * 5) for weight in weights))


@few
@given(
    st.lists(st.sampled_from([-1.0, 0.0, 0.5]), min_size=2, max_size=30),
    st.lists(st.sampled_from([-0.5, 0.0, 1.0]), min_size=2, max_size=30),
    margins,
)
def test_claims_follow_from_the_bounds(one: list[float], other: list[float], margin: float) -> None:
    found = judge(stratum(0.4, one), stratum(0.6, other, seed=2), margin=margin)
    assert found.passes == (found.low > -margin) == (found.p_pass <= 0.05)
    assert found.fails == (found.high < 0) == (found.p_fail <= 0.05)
