from math import inf

import pytest

from genaiops.errors import InputError
from genaiops.gates.arms import mean, read_arm
from genaiops.records import CaseScores
from tests.gates.build import ANSWER_F1, ANSWER_OK, LATENCY, PII_LEAK, merged, run_of


def test_repeats_are_averaged_per_case() -> None:
    arm = read_arm(run_of(ANSWER_F1, [(0.5, 1.0), (0.0, 0.5)], repeats=2), ANSWER_F1)
    assert arm.worst.tolist() == arm.best.tolist() == [0.75, 0.25]


def test_a_missing_repeat_is_taken_at_both_ends() -> None:
    arm = read_arm(run_of(ANSWER_F1, [(1.0, None)], repeats=2), ANSWER_F1)
    assert (arm.worst.tolist(), arm.best.tolist()) == ([0.5], [1.0])
    assert (arm.incomplete, arm.missing_share) == (1, 0.5)


def test_the_worst_of_a_lower_is_better_metric_is_its_high_end() -> None:
    arm = read_arm(run_of(PII_LEAK, [None]), PII_LEAK)
    assert (arm.worst.tolist(), arm.best.tolist()) == ([1.0], [0.0])
    assert (arm.low.tolist(), arm.high.tolist()) == ([0.0], [1.0])


def test_repeats_that_were_planned_and_are_not_there_are_missing() -> None:
    arm = read_arm(run_of(ANSWER_F1, [(1.0,)], repeats=4), ANSWER_F1)
    assert (arm.worst.tolist(), arm.missing.tolist()) == ([0.25], [3])


def test_a_case_to_which_the_metric_does_not_apply_is_left_out() -> None:
    cases = [CaseScores(case_id="a", scores={}), CaseScores(case_id="b", scores={"answer_f1": ()})]
    arm = read_arm(merged(ANSWER_F1, cases), ANSWER_F1)
    assert (arm.ids, arm.missing.tolist()) == (("b",), [1])


def test_a_missing_latency_could_be_anything() -> None:
    arm = read_arm(run_of(LATENCY, [None]), LATENCY)
    assert (arm.worst.tolist(), arm.best.tolist()) == ([inf], [0.0])


def test_a_failed_repeat_takes_forever_whatever_the_others_took() -> None:
    case = CaseScores(case_id="a", scores={"latency": (0.1, None)}, failed=(0,))
    arm = read_arm(merged(LATENCY, [case], repeats=2), LATENCY)
    assert arm.worst.tolist() == arm.best.tolist() == [inf]


def test_a_failed_repeat_keeps_the_score_of_other_metrics() -> None:
    case = CaseScores(case_id="a", scores={"answer_f1": (0.0,)}, failed=(0,))
    assert read_arm(merged(ANSWER_F1, [case]), ANSWER_F1).worst.tolist() == [0.0]


def test_a_case_that_is_there_twice_is_refused() -> None:
    case = CaseScores(case_id="a", scores={"answer_f1": (0.5,)})
    with pytest.raises(InputError, match="run 'r1' holds the case 'a' twice"):
        read_arm(merged(ANSWER_F1, [case, case]), ANSWER_F1)


def test_a_score_outside_of_the_range_is_refused() -> None:
    with pytest.raises(InputError, match=r"case 'c0' has the score 1.5, which is not in \[0, 1\]"):
        read_arm(run_of(ANSWER_F1, [1.5]), ANSWER_F1)
    with pytest.raises(InputError, match=r"score -1\.0"):
        read_arm(run_of(LATENCY, [-1.0]), LATENCY)


def test_a_binary_score_is_0_or_1() -> None:
    with pytest.raises(InputError, match=r"score 0\.5, which is not 0 or 1"):
        read_arm(run_of(ANSWER_OK, [0.5]), ANSWER_OK)


def test_exact_methods_need_one_binary_score_per_case() -> None:
    assert read_arm(run_of(ANSWER_OK, [1.0, None]), ANSWER_OK).is_single_binary
    assert not read_arm(run_of(ANSWER_OK, [(1, 0)], repeats=2), ANSWER_OK).is_single_binary
    assert not read_arm(run_of(ANSWER_F1, [1.0]), ANSWER_F1).is_single_binary


def test_there_is_no_mean_of_nothing_or_of_the_infinite() -> None:
    assert mean(read_arm(run_of(ANSWER_F1, []), ANSWER_F1).worst) is None
    assert mean(read_arm(run_of(LATENCY, [1.0, None]), LATENCY).worst) is None
    assert read_arm(run_of(ANSWER_F1, []), ANSWER_F1).missing_share == 0.0
