import pytest
from scipy import stats

from genaiops.stats.beta import beta_cdf, beta_quantile

SHAPES = [(0.5, 0.5), (1.0, 1.0), (0.01, 5.0), (200.3, 0.7), (3e5, 7e6), (1e6, 1.0)]


@pytest.mark.parametrize(("a", "b"), SHAPES)
@pytest.mark.parametrize("share", [1e-6, 0.05, 0.5, 0.999])
def test_quantile_agrees_with_scipy(a: float, b: float, share: float) -> None:
    assert beta_quantile(share, a, b) == pytest.approx(stats.beta.ppf(share, a, b), abs=1e-11)


@pytest.mark.parametrize(("a", "b"), SHAPES)
def test_share_agrees_with_scipy(a: float, b: float) -> None:
    for share in (0.001, 0.3, 0.97):
        x = float(stats.beta.ppf(share, a, b))
        assert beta_cdf(x, a, b) == pytest.approx(stats.beta.cdf(x, a, b), rel=1e-7)


def test_nothing_lies_below_0_and_all_below_1() -> None:
    assert beta_cdf(-0.1, 2, 3) == beta_cdf(0.0, 2, 3) == 0.0
    assert beta_cdf(1.0, 2, 3) == beta_cdf(1.5, 2, 3) == 1.0
