import numpy as np
import pytest

from genaiops.stats import clopper_pearson_low, mean_draws
from genaiops.stats.pseudo_case import PseudoCase


@pytest.mark.parametrize(("successes", "n"), [(1, 1), (7, 20), (20, 20)])
def test_two_valued_scores_have_the_bound_of_clopper_and_pearson(successes: int, n: int) -> None:
    low = PseudoCase.of(n, successes, successes, 1.0).low(0.05)
    assert low == pytest.approx(clopper_pearson_low(successes, n, 0.05), abs=1e-9)


def test_graded_scores_have_nearly_the_bound_of_the_draws() -> None:
    scores = np.random.default_rng(1).beta(2, 3, 60)
    close = PseudoCase.of(60, scores.sum(), (scores**2).sum(), scores.max())
    draws = mean_draws(scores, scores, lo=0, hi=1, seed=1)
    assert close.low(0.05) == pytest.approx(draws.low(0.05), abs=2e-3)
    assert close.p_over(0.37) == pytest.approx(draws.p_above(0.37), abs=0.02)


def test_bound_and_p_value_agree() -> None:
    close = PseudoCase.of(10, 6.0, 4.0, 0.8)
    assert close.p_over(close.low(0.03)) == pytest.approx(0.03)
