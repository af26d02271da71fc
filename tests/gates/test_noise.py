import pytest

from genaiops.gates.noise import ASSUMED, noise_of_change, noise_of_repeats
from genaiops.records import MetricInfo
from tests.gates.build import ANSWER_F1, ANSWER_OK, RATING, run_of

ALWAYS = (1.0, 1.0, 1.0)


@pytest.mark.parametrize("score", [1.0, 0.1, 1 / 3])
def test_answers_that_never_change_have_no_noise(score: float) -> None:
    run = run_of(ANSWER_F1, [ALWAYS, (score,) * 3], repeats=3)
    noise = noise_of_repeats(run, ANSWER_F1)
    assert noise is not None
    assert (noise.variance, noise.cases) == (0, 2)


def test_two_draws_differ_by_twice_the_variance_within_a_case() -> None:
    noise = noise_of_repeats(run_of(ANSWER_OK, [(0.0, 1.0), (1.0, 1.0)], repeats=2), ANSWER_OK)
    assert noise is not None
    # 0 and 1 have the variance .5; the other case has none; twice their mean
    assert noise.variance == pytest.approx(0.5)
    assert noise.at(2) == pytest.approx(0.25)


def test_noise_is_told_in_shares_of_the_range() -> None:
    noise = noise_of_repeats(run_of(RATING, [(1.0, 5.0)], repeats=2), RATING)
    assert noise is not None
    assert noise.variance == pytest.approx(1.0)


@pytest.mark.parametrize("rows", [[], [(1.0,)], [(1.0, None)], [(None, None)]])
def test_without_two_scores_of_a_case_nothing_is_measured(
    rows: list[tuple[float | None, ...]],
) -> None:
    assert noise_of_repeats(run_of(ANSWER_OK, rows, repeats=2), ANSWER_OK) is None


def test_the_noise_of_a_change_is_the_variance_of_its_differences() -> None:
    run, baseline = (run_of(ANSWER_OK, rows) for rows in ([1, 0, 1, 1], [0, 1, 1, 1]))
    noise = noise_of_change(run, baseline, ANSWER_OK)
    assert noise is not None
    assert noise.variance == pytest.approx(2 / 3)
    assert noise.at(5) == noise.variance


@pytest.mark.parametrize(("rows", "other"), [([1], [1]), ([None, 1], [1, 1])])
def test_a_change_is_measured_on_two_common_cases_at_least(
    rows: list[float | None], other: list[float | None]
) -> None:
    assert noise_of_change(run_of(ANSWER_OK, rows), run_of(ANSWER_OK, other), ANSWER_OK) is None


def test_what_is_assumed_shrinks_with_repeats() -> None:
    assert ASSUMED.at(2) == pytest.approx(0.085)


def test_scores_without_a_range_have_no_noise_in_shares_of_it() -> None:
    unbounded = MetricInfo(
        name="cost", metric="cost", low=0, high=None, direction="lower", digest="x"
    )
    with pytest.raises(ValueError, match="cost has no bounded range"):
        noise_of_repeats(run_of(unbounded, [(1.0, 2.0)], repeats=2), unbounded)
