from math import sqrt

import numpy as np
import pytest

from genaiops.stats.repeats import RepeatNoise, Repeats, repeat_noise, repeat_variances


def answers(chances: np.ndarray, repeats: int, seed: int) -> Repeats:
    drawn = np.random.default_rng(seed).random((len(chances), repeats)) < chances[:, None]
    return drawn.astype(float).tolist()


def test_noise_of_known_scores_is_told_apart_by_hand() -> None:
    # Variances over repeats .5 and .5; means .5 and 2.5, variance 2, of which .5 / 2 is noise.
    found = repeat_noise([[0.0, 1.0], [2.0, 3.0]])
    assert found == RepeatNoise(within=0.5, between=1.75)


def test_answers_of_known_chances_have_their_noise() -> None:
    """Answers that are right with a chance of Beta(1.7, .3): .085 within, .0425 between."""
    chances = np.random.default_rng(1).beta(1.7, 0.3, 4000)
    found = repeat_noise(answers(chances, 3, 2))
    assert found is not None
    assert found.within == pytest.approx(0.085, abs=0.005)
    assert found.between == pytest.approx(0.0425, abs=0.005)
    assert found.variance(200, 3) == pytest.approx(3.5e-4, abs=0.3e-4)


def test_equal_scores_have_a_variance_of_exactly_0() -> None:
    assert repeat_variances([(0.1,) * 3, (0.5,), (), (0.0, 1.0)]) == [0.0, 0.5]


def test_repeats_are_as_good_as_cases_only_where_nothing_moved() -> None:
    """The variances of 600 calls in the reference simulation, at 1, 3 and 10 repeats."""
    unchanged, moved = RepeatNoise(0.17, 0.0), RepeatNoise(0.17, 0.0175)
    same = [unchanged.variance(600 // k, k) for k in (1, 3, 10)]
    assert same == pytest.approx([2.83e-4] * 3, rel=0.01)
    assert moved.variance(60, 10) > 1.5 * moved.variance(600, 1)


@pytest.mark.parametrize(
    ("case_cost", "call_cost", "within", "between", "best"),
    [
        (0.0, 1.0, 0.2, 0.1, 1),
        (4.0, 1.0, 0.0, 0.1, 1),
        (1.0, 100.0, 0.2, 0.1, 1),
        (8.0, 1.0, 0.2, 0.1, 4),
        (50.0, 1.0, 0.2, 0.02, 22),
        (10.0, 1.0, 0.21, 0.1, 5),
        (1.0, 1.0, 0.2, 0.0, None),
    ],
)
def test_the_best_repeats_weigh_cost_against_noise(
    case_cost: float, call_cost: float, within: float, between: float, best: int | None
) -> None:
    noise = RepeatNoise(within, between)
    assert noise.best_repeats(case_cost=case_cost, call_cost=call_cost) == best
    if best is not None and between:
        ideal = sqrt(case_cost / call_cost * within / between)
        assert abs(best - max(1.0, ideal)) <= 1


@pytest.mark.parametrize("scores", [[], [[1.0, 0.0]], [[1.0], [0.0]], [[], [1.0, 0.0]]], ids=repr)
def test_too_little_tells_nothing(scores: Repeats) -> None:
    assert repeat_noise(scores) is None


def test_cases_may_have_different_numbers_of_repeats() -> None:
    found = repeat_noise([[0.0, 1.0], [2.0, 3.0], [1.5]])
    assert found is not None
    assert found.within == pytest.approx(0.5)
    assert found.between == pytest.approx(1.0 - 0.5 * (0.5 + 0.5 + 1) / 3)
