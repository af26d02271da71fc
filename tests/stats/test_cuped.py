import numpy as np
import pytest
from scipy import stats

from genaiops.stats.cuped import cuped_mean


def test_a_sample_of_a_known_line_gives_the_mean_of_all() -> None:
    history = np.arange(10.0)
    found = cuped_mean(2 * history[:4] + 1, history[:4], history)
    assert found is not None
    assert (found.mean, found.slope) == pytest.approx((10.0, 2.0))


def test_slope_and_residuals_are_those_of_scipy() -> None:
    generator = np.random.default_rng(3)
    history = generator.random(80)
    scores = history[:30] + generator.normal(0, 0.2, 30)
    line = stats.linregress(history[:30], scores)
    residuals = scores - line.intercept - line.slope * history[:30]
    variance = (residuals**2).sum() / 28 / 30 + line.slope**2 * history.var(ddof=1) / 80
    found = cuped_mean(scores, history[:30], history)
    assert found is not None
    assert found.slope == pytest.approx(line.slope)
    assert found.mean == pytest.approx(line.intercept + line.slope * history.mean())
    assert found.error == pytest.approx(variance**0.5)


def test_history_takes_a_fifth_of_the_variance_where_a_fifth_of_the_cases_is_run() -> None:
    """200 of 1,000 cases, five runs before: variance ratio .80 in the reference simulation."""
    generator = np.random.default_rng(1)
    plain, corrected, errors = [], [], []
    for _ in range(1500):
        chances = generator.beta(1.7, 0.3, 1000)
        history = generator.binomial(5, chances) / 5
        scores = (generator.random(200) < chances[:200]).astype(float)
        found = cuped_mean(scores, history[:200], history)
        assert found is not None
        plain.append(scores.mean() - chances.mean())
        corrected.append(found.mean - chances.mean())
        errors.append(found.error)
    assert np.var(corrected) / np.var(plain) == pytest.approx(0.8, abs=0.05)
    assert np.std(corrected) <= np.mean(errors)


def test_history_without_variation_leaves_the_plain_mean() -> None:
    found = cuped_mean([0.0, 1.0, 1.0], [0.5] * 3, [0.5] * 9)
    assert found is not None
    assert (found.mean, found.slope) == pytest.approx((2 / 3, 0.0))
    assert found.error == pytest.approx(stats.sem([0.0, 1.0, 1.0]))


@pytest.mark.parametrize("n", [0, 1, 2])
def test_fewer_than_three_scores_tell_nothing(n: int) -> None:
    assert cuped_mean([1.0] * n, [1.0] * n, [1.0, 0.0, 0.5]) is None


def test_scores_and_history_have_to_be_of_the_same_cases() -> None:
    with pytest.raises(ValueError, match="3 scores, but the history of 2 cases"):
        cuped_mean([0.0] * 3, [0.0] * 2, [0.0] * 5)
