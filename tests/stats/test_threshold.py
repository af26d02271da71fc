from hypothesis import given
from hypothesis import strategies as st

from genaiops.stats.threshold import Threshold, balanced_threshold
from tests.stats.strategies import steady


def test_errors_are_balanced() -> None:
    people = [False, False, True, False, True, True]
    judge = [0.1, 0.2, 0.3, 0.4, 0.6, 0.9]
    assert balanced_threshold(people, judge) == Threshold(0.4, false_yes=1, false_no=1)


def test_a_judge_that_is_right_has_no_errors() -> None:
    assert balanced_threshold([False, True, True], [0.2, 0.7, 0.8]) == Threshold(0.7, 0, 0)


def test_no_answer_has_no_threshold() -> None:
    assert balanced_threshold([], []) is None


@steady
@given(st.lists(st.tuples(st.booleans(), st.sampled_from([0.0, 0.2, 0.5, 1.0])), min_size=1))
def test_no_score_of_the_judge_balances_better(said: list[tuple[bool, float]]) -> None:
    people, judge = zip(*said, strict=True)
    found = balanced_threshold(people, judge)
    assert found is not None
    for score in judge:
        false_yes = sum(s >= score and not yes for yes, s in said)
        false_no = sum(s < score and yes for yes, s in said)
        assert abs(false_yes - false_no) >= abs(found.false_yes - found.false_no)
