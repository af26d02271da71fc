import numpy as np
import pytest

from genaiops.stats.length_control import length_controlled


def judged(theta: float, slope: float, cases: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    longer = generator.normal(80, 100, cases)
    logits = theta + slope * np.tanh(longer / longer.std())
    return (generator.random(cases) < 1 / (1 + np.exp(-logits))).astype(float), longer


def test_without_a_part_of_the_length_it_is_the_share_of_wins() -> None:
    wins = np.array([1, 1, 1, 0, 0.5, 0.5, 0, 1] * 4)
    found = length_controlled(wins, np.zeros(32))
    assert found is not None
    assert found.rate == pytest.approx(wins.mean())
    assert found.slope == 0


def test_a_judge_that_likes_length_alone_is_at_one_half_at_equal_length() -> None:
    wins, longer = judged(theta=0, slope=2, cases=4000)
    found = length_controlled(wins, longer)
    assert found is not None
    assert wins.mean() > 0.65
    assert found.low < 0.5 < found.high
    assert found.slope == pytest.approx(2, abs=0.25)


def test_the_other_side_of_the_same_pairs_has_the_other_share() -> None:
    wins, longer = judged(theta=0.4, slope=1, cases=300)
    one, other = length_controlled(wins, longer), length_controlled(1 - wins, -longer)
    assert one is not None
    assert other is not None
    assert (one.rate, one.low) == (pytest.approx(1 - other.rate), pytest.approx(1 - other.high))


@pytest.mark.parametrize("cases", [30, 150])
def test_the_interval_holds_as_often_as_it_says(cases: int) -> None:
    truth = 1 / (1 + np.exp(-0.5))
    found = [length_controlled(*judged(0.5, 1, cases, seed)) for seed in range(300)]
    held = [each.low <= truth <= each.high for each in found if each is not None]
    assert len(held) >= 295
    assert 0.92 <= np.mean(held) <= 0.98


@pytest.mark.parametrize(
    ("wins", "longer"),
    [
        ([], []),
        ([1, 0] * 14, [1, 2] * 14),
        ([1] * 40, [1, 2] * 20),
        ([0] * 40, [1, 2] * 20),
        ([0, 0, 1, 1] * 10, [-5, -4, 4, 5] * 10),
    ],
)
def test_nothing_is_said_where_nothing_can_be_fitted(
    wins: list[float], longer: list[float]
) -> None:
    assert length_controlled(np.array(wins, float), np.array(longer, float)) is None
