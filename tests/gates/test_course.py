from hypothesis import given
from hypothesis import strategies as st

from genaiops.gates.course import Course, drawn_units
from genaiops.records import Looks, RunScores
from tests.gates.build import ANSWER_OK, clustered, run_of

RUN = run_of(ANSWER_OK, [1.0] * 40)


@given(st.permutations(RUN.cases))
def test_the_order_is_that_of_the_names_of_cases_and_not_of_their_lines(cases: list) -> None:
    assert drawn_units(RUN.run, cases) == drawn_units(RUN.run, RUN.cases)


def test_the_order_is_not_that_of_the_dataset_and_changes_with_the_seed() -> None:
    order = [case_id for unit in drawn_units(RUN.run, RUN.cases) for case_id in unit]
    other = RUN.run.model_copy(update={"seed": 1})
    assert sorted(order) == sorted(case.case_id for case in RUN.cases)
    assert order != [case.case_id for case in RUN.cases]
    assert drawn_units(RUN.run, RUN.cases) != drawn_units(other, RUN.cases)


def test_the_order_changes_with_the_dataset() -> None:
    other = RUN.run.model_copy(update={"digests": {"dataset": "d2"}})
    assert drawn_units(RUN.run, RUN.cases) != drawn_units(other, RUN.cases)


def test_clusters_are_drawn_as_wholes() -> None:
    run = clustered(RUN, 4)
    units = drawn_units(run.run, run.cases)
    assert [len(unit) for unit in units] == [4] * 10
    clusters = {case.case_id: case.cluster for case in run.cases}
    assert all(len({clusters[case_id] for case_id in unit}) == 1 for unit in units)


def test_a_case_and_a_cluster_of_one_name_are_two_units() -> None:
    alone, member = RUN.cases[0], RUN.cases[1].model_copy(update={"cluster": "c0"})
    assert len(drawn_units(RUN.run, [alone, member])) == 2


def test_the_first_cases_are_a_fair_sample() -> None:
    large = run_of(ANSWER_OK, [1.0] * 2000)
    units = drawn_units(large.run, large.cases)
    first = [int(unit[0][1:]) for unit in units[:400]]
    assert 900 < sum(first) / 400 < 1100  # 1,000 expected, of standard error 26


def test_a_run_that_was_judged_when_it_was_done_has_no_course() -> None:
    assert Course.of(RUN) is None


def test_the_course_of_a_run_is_read_from_its_record() -> None:
    looks = Looks(made=2, cases=40, end="whole", largest_cluster=3)
    course = Course.of(RunScores(run=RUN.run.model_copy(update={"looks": looks}), cases=RUN.cases))
    assert course is not None
    assert (course.largest_cluster, course.is_whole, len(course.places)) == (3, True, 40)
