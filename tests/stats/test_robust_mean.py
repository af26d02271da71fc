from math import inf

import numpy as np
import pytest
from scipy import stats

from genaiops.stats.robust_mean import RobustMean


def mean_of(clusters: list[list[float]]) -> RobustMean:
    sums = np.array([sum(cluster) for cluster in clusters], np.float64)
    return RobustMean.of(sums, np.array([len(cluster) for cluster in clusters], np.float64))


def test_cases_of_their_own_have_the_t_test_of_scipy() -> None:
    values = np.random.default_rng(2).uniform(-0.3, 0.5, 40)
    found = mean_of([[value] for value in values])
    expected = stats.t.interval(0.9, 39, values.mean(), stats.sem(values))
    assert (found.low(0.05), found.high(0.05)) == pytest.approx(expected, abs=1e-9)
    test = stats.ttest_1samp(values, 0.05, alternative="greater")
    assert found.p_over(0.05) == pytest.approx(test.pvalue, abs=1e-9)
    assert found.p_under(0.05) == pytest.approx(1 - test.pvalue, abs=1e-9)


def test_clusters_of_one_size_have_the_t_test_of_their_means() -> None:
    clusters = np.random.default_rng(3).uniform(-1, 1, (12, 4))
    found = mean_of([list(cluster) for cluster in clusters])
    means = clusters.mean(axis=1)
    assert (found.mean, found.freedom) == pytest.approx((means.mean(), 11))
    assert found.error == pytest.approx(stats.sem(means))


def test_with_a_large_cluster_the_variance_is_that_of_bell_and_mccaffrey() -> None:
    """By the definition in matrices, on cases instead of sums."""
    generator = np.random.default_rng(4)
    clusters = [list(generator.uniform(-1, 1, size)) for size in (9, 2, 3, 1, 4, 1)]
    flat = np.concatenate(clusters)
    rows = np.repeat(np.arange(6), [len(cluster) for cluster in clusters])
    n = len(flat)
    annihilator = np.eye(n) - 1 / n
    weights = np.zeros((n, 6))
    for cluster in range(6):
        inside = np.flatnonzero(rows == cluster)
        share, vectors = np.linalg.eigh(annihilator[np.ix_(inside, inside)])
        root = vectors @ np.diag(share**-0.5) @ vectors.T
        weights[inside, cluster] = root @ np.ones(len(inside)) / n
    eigenvalues = np.linalg.eigvalsh(weights.T @ annihilator @ weights)
    found = mean_of(clusters)
    residuals = annihilator @ flat
    assert found.error**2 == pytest.approx(((weights.T @ residuals) ** 2).sum(), rel=1e-9)
    freedom = eigenvalues.sum() ** 2 / (eigenvalues**2).sum()
    assert found.freedom == pytest.approx(freedom, rel=1e-9)


def test_few_clusters_of_one_size_have_a_degree_of_freedom_less_than_clusters() -> None:
    found = mean_of([[0.1, 0.2], [0.3, 0.1], [0.0, 0.4], [0.5, 0.5]])
    assert found.freedom == pytest.approx(3)


@pytest.mark.parametrize("clusters", [[], [[0.5, 0.1]]], ids=["none", "one"])
def test_fewer_than_two_clusters_tell_nothing(clusters: list[list[float]]) -> None:
    found = mean_of(clusters)
    assert (found.low(0.05), found.high(0.05)) == (-inf, inf)
    assert (found.p_over(-1), found.p_under(1)) == (1, 1)


def test_without_spread_a_mean_at_the_limit_is_left_to_another_proof() -> None:
    found = mean_of([[0.5]] * 8)
    assert (found.p_over(0.5), found.p_over(0.6), found.p_under(0.5)) == (0, 1, 0)
    assert (found.low(0.05), found.high(0.05)) == (0.5, 0.5)
