import pytest
from scipy import stats

from genaiops.stats.student import student_p, student_quantile


@pytest.mark.parametrize("df", [1, 2, 5, 29, 799])
@pytest.mark.parametrize("t", [0.0, 0.3, -1.7, 2.1, 8.0, 40.0])
def test_the_p_value_is_that_of_scipy(t: float, df: int) -> None:
    assert student_p(t, df) == pytest.approx(2 * stats.t.sf(abs(t), df), rel=1e-9, abs=1e-300)


@pytest.mark.parametrize("df", [1, 4, 59])
@pytest.mark.parametrize("share", [0.6, 0.95, 0.999])
def test_the_quantile_is_that_of_scipy(share: float, df: int) -> None:
    assert student_quantile(share, df) == pytest.approx(stats.t.ppf(share, df), rel=1e-9)
