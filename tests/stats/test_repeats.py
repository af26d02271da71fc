from math import sqrt

import numpy as np
import pytest

from genaiops.stats import clean_cases_needed, paired_bounded
from genaiops.stats.repeats import (
    RepeatNoise,
    Repeats,
    paired_repeat_noise,
    pseudo_case_cost,
    repeat_noise,
)


def answers(chances: np.ndarray, repeats: int, seed: int) -> Repeats:
    drawn = np.random.default_rng(seed).random((len(chances), repeats)) < chances[:, None]
    return drawn.astype(float).tolist()


def test_noise_of_known_scores_is_told_apart_by_hand() -> None:
    # Variances over repeats .5 and .5; means .5 and 2.5, variance 2, of which .5 / 2 is noise.
    found = repeat_noise([[0.0, 1.0], [2.0, 3.0]])
    assert found == RepeatNoise(within=0.5, between=1.75)


def test_noise_of_differences_is_told_apart_by_hand() -> None:
    candidate, baseline = [[0.0, 1.0], [2.0, 3.0]], [[0.0, 0.0], [1.0, 1.0]]
    # Differences of means are .5 and 1.5: variance .5, of which (.5 + 0) / 2 is noise.
    found = paired_repeat_noise(candidate, baseline)
    assert found == RepeatNoise(within=0.5, between=0.25)


def test_an_unchanged_candidate_varies_within_cases_only() -> None:
    """Answers that are right with a chance of Beta(1.7, .3): .085 within an arm."""
    chances = np.random.default_rng(1).beta(1.7, 0.3, 4000)
    found = paired_repeat_noise(answers(chances, 3, 2), answers(chances, 3, 3))
    assert found is not None
    assert found.within == pytest.approx(0.17, abs=0.01)
    assert found.between == pytest.approx(0.0, abs=0.005)
    assert found.variance(200, 3) == pytest.approx(2.8e-4, abs=0.2e-4)


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
    assert paired_repeat_noise(scores, scores) is None


def test_cases_that_one_arm_lacks_are_left_out() -> None:
    candidate = [[0.0, 1.0], [2.0, 3.0], [9.0, 9.0]]
    baseline = [[0.0, 0.0], [1.0, 1.0], []]
    assert paired_repeat_noise(candidate, baseline) == RepeatNoise(within=0.5, between=0.25)


def test_cases_may_have_different_numbers_of_repeats() -> None:
    found = repeat_noise([[0.0, 1.0], [2.0, 3.0], [1.5]])
    assert found is not None
    assert found.within == pytest.approx(0.5)
    assert found.between == pytest.approx(1.0 - 0.5 * (0.5 + 0.5 + 1) / 3)


def test_the_pseudo_case_alone_costs_60_cases_nearly_a_margin_of_5_points() -> None:
    assert pseudo_case_cost(60, 0.05) == pytest.approx(0.0487, abs=1e-4)
    assert pseudo_case_cost(0, 0.05) == 1.0
    unchanged = [0.0] * 60
    test = paired_bounded(unchanged, unchanged, margin=0.1, alpha=0.05, seed=1)
    assert test.low == pytest.approx(-pseudo_case_cost(60, 0.05), abs=2e-3)
    assert pseudo_case_cost(clean_cases_needed(0.05, 0.05), 0.05) <= 0.05
