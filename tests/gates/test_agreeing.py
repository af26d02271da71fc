import pytest

from genaiops.gates.agreeing import Agreement, Rated


def numbers(*said: tuple[tuple[float, ...], float]) -> Agreement:
    return Agreement(tuple(Rated(people, judge) for people, judge in said))


def test_of_two_numbers_the_judge_says_the_higher_one_from_the_balanced_threshold_on() -> None:
    found = numbers(((0,), 0.1), ((0,), 0.45), ((1,), 0.4), ((1,), 0.9))
    assert found.threshold is not None
    assert found.threshold.value == 0.45
    assert found.table.tolist() == [[1, 1], [1, 1]]


def test_of_grades_the_judge_says_the_nearest_one() -> None:
    found = numbers(((1,), 1.4), ((2,), 1.6), ((4,), 3.8))
    assert found.threshold is None
    assert found.agreeing.value == 1
    assert found.weighted_kappa is not None
    assert numbers(((0.0,), 0.1), ((0.5,), 0.3), ((1.0,), 0.8)).agreeing.value == 1


def test_a_grade_that_people_never_give_is_not_the_nearest_that_they_give() -> None:
    found = numbers(((3,), 1), ((3,), 4.3), ((1, 5), 1.2), ((5,), 5))
    assert found.categories == (1, 3, 4, 5)
    assert found.agreeing.value == 0.5
    assert numbers(((3,), 1), ((4,), 2), ((5,), 5)).agreeing.value == pytest.approx(1 / 3)


def test_three_raters_who_disagree_are_taken_at_the_middle_one() -> None:
    found = numbers(((1, 4, 3), 3), ((2, 2, 4), 2), ((4, 1), 1))
    assert found.split == 0
    assert found.agreeing.value == 1


def test_words_without_a_majority_are_set_aside_and_counted() -> None:
    found = Agreement(
        (
            Rated(("first", "second", "tie"), "first"),
            Rated(("first", "first", "tie"), "first"),
            Rated(("tie", "tie"), "unreadable"),
        )
    )
    assert found.split == 1
    assert found.categories == ("first", "second", "tie", "unreadable")
    assert found.agreeing.value == 0.5
    assert found.weighted_kappa is None


def test_a_judge_is_set_beside_a_rater_as_a_rater_is() -> None:
    # Two of three raters say yes of each answer, and the judge says yes: with each of them it
    # agrees as often as they do, though with their majority it always does.
    answers = (Rated((1.0, 1.0, 0.0), 1.0),) * 4 + (Rated((0.0, 0.0, 1.0), 0.0),) * 4
    found = Agreement(answers)
    assert found.agreeing.value == 1
    assert found.judge_agreeing.value == pytest.approx(2 / 3)
    assert found.raters_agreeing.value == pytest.approx(1 / 3)


def test_single_raters_tell_nothing_of_each_other() -> None:
    assert numbers(((0,), 0), ((1,), 1)).raters_agreeing.value is None


def test_people_who_all_say_the_same_do_not_make_a_judge_right() -> None:
    found = numbers(((1,), 0), ((1,), 1), ((1,), 1), ((1,), 1))
    assert found.threshold is None
    assert found.categories == (0, 1)
    assert found.agreeing.value == 0.75
    assert numbers(((1,), 1), ((1,), 1)).kappa.value is None


def test_a_part_has_the_threshold_and_the_categories_of_the_whole() -> None:
    whole = numbers(((0,), 0.1), ((0,), 0.6), ((1,), 0.5), ((1,), 0.9))
    part = whole.on(rated for rated in whole.answers if rated.people == (1,))
    assert part.categories == (0, 1)
    assert part.threshold == whole.threshold
    assert part.agreeing.value == 0.5


def test_nothing_is_told_of_no_answer() -> None:
    found = Agreement(())
    assert found.agreeing.value is None
    assert found.ac1.low is None
    assert found.threshold is None
