from collections.abc import Sequence

import pytest

from genaiops.gates import decide
from genaiops.records import MetricInfo, Verdict
from tests.gates.build import (
    ANSWER_F1,
    ANSWER_OK,
    PII_LEAK,
    RATING,
    Row,
    accepted,
    binary_pairs,
    no_worse,
    run_of,
)


def verdict(
    info: MetricInfo,
    candidate: Sequence[Row],
    baseline: Sequence[Row],
    *,
    margin: float = 0.1,
    repeats: int = 1,
) -> Verdict:
    run, reference = (run_of(info, rows, repeats=repeats) for rows in (candidate, baseline))
    rule = no_worse(margin, info)
    return decide([rule], run, accepted(reference), policy="block_if_worse").verdicts[0]


def of_counts(
    gains: int,
    harms: int,
    right: int,
    wrong: int,
    *,
    margin: float = 0.1,
    info: MetricInfo = ANSWER_OK,
) -> Verdict:
    candidate, baseline = binary_pairs(gains, harms, right, wrong)
    if info.direction == "lower":
        candidate, baseline = ([1 - value for value in side] for side in (candidate, baseline))
    return verdict(info, list(candidate), list(baseline), margin=margin)


def test_a_small_change_on_few_cases_is_inconclusive() -> None:
    found = of_counts(4, 6, 44, 6)
    assert found.word == "inconclusive"
    assert found.sentence == "4 fixed, 6 broken. A drop of over 10 points is still possible."
    assert (found.improved, found.worsened, found.margin) == (4, 6, 0.1)
    assert (found.to_decide, found.n_needed, found.blocks) == ("about 105 cases", 105, False)
    assert found.p_fail == pytest.approx(0.376953, abs=1e-6)
    assert found.difference is not None
    assert found.difference.value == pytest.approx(-1 / 30)
    assert found.difference.low == pytest.approx(-0.1371, abs=1e-4)
    assert found.difference.high == pytest.approx(0.0723, abs=1e-4)


def test_no_change_on_enough_cases_passes() -> None:
    found = of_counts(0, 0, 25, 4)
    assert (found.word, found.to_decide, found.n_needed) == ("pass", None, None)
    assert found.sentence == "0 fixed, 0 broken. A drop of 10 points or more is ruled out."


def test_a_clear_drop_fails() -> None:
    found = of_counts(2, 20, 30, 8)
    assert (found.word, found.blocks) == ("fail", True)
    assert found.sentence == "2 fixed, 20 broken. A drop is proven."


def test_a_drop_that_may_be_tolerable_fails_and_says_so() -> None:
    found = of_counts(0, 5, 45, 10)
    assert found.word == "fail"
    assert found.sentence == (
        "0 fixed, 5 broken. A drop is proven, and one of over 10 points is possible."
    )


def test_a_real_and_tolerable_drop_passes_with_a_remark() -> None:
    found = of_counts(5, 20, 700, 75)
    assert found.word == "pass"
    assert found.sentence == (
        "5 fixed, 20 broken. A drop is proven, but a drop of 10 points or more is ruled out."
    )


def test_an_improvement_is_named() -> None:
    found = of_counts(12, 1, 40, 7)
    assert (found.word, found.sentence) == ("pass", "12 fixed, 1 broken. An improvement is proven.")
    graded = verdict(ANSWER_F1, [0.9] * 60, [0.5] * 60)
    assert graded.sentence == "60 better, 0 worse. An improvement is proven."


def test_without_a_margin_only_an_improvement_passes() -> None:
    assert of_counts(12, 1, 40, 7, margin=0.0).word == "pass"
    found = of_counts(0, 0, 200, 20, margin=0.0)
    assert (found.word, found.blocks) == ("inconclusive", False)
    assert found.sentence == "0 fixed, 0 broken. No improvement is proven."
    assert found.to_decide == "no number of cases would: the observed change is no improvement"
    promising = of_counts(6, 3, 40, 11, margin=0.0)
    assert (promising.word, promising.n_needed) == ("inconclusive", 371)
    assert of_counts(3, 6, 40, 11, margin=0.0).blocks


def test_no_number_of_cases_decides_where_the_drop_reaches_the_margin() -> None:
    found = of_counts(4, 10, 40, 6)
    assert (found.word, found.n_needed, found.blocks) == ("inconclusive", None, True)
    assert found.to_decide == "no number of cases would: the observed drop reaches the margin"


def test_a_drop_that_an_unchanged_candidate_would_not_show_is_planned_for() -> None:
    found = of_counts(0, 4, 70, 6, margin=0.1)
    assert (found.word, found.n_needed) == ("inconclusive", 119)


def test_a_lower_is_better_metric_rises() -> None:
    found = of_counts(4, 6, 44, 6, info=PII_LEAK)
    assert found.sentence == "4 fixed, 6 broken. A rise of over 10 points is still possible."
    assert found.difference is not None
    assert found.difference.value == pytest.approx(1 / 30)
    assert found.difference.low == pytest.approx(-0.0723, abs=1e-4)
    assert found.difference.high == pytest.approx(0.1371, abs=1e-4)


def test_graded_scores_are_compared_in_their_own_units() -> None:
    found = verdict(RATING, [4.0, 4.5, 3.5] * 30, [4.0, 4.0, 4.0] * 30, margin=0.4)
    assert (found.word, found.improved, found.worsened) == ("pass", 30, 30)
    assert found.sentence == "30 better, 30 worse. A drop of 0.4 or more is ruled out."
    assert found.difference is not None
    assert found.difference.method == "gaffke"


def test_repeats_of_a_binary_metric_are_averaged_and_compared_by_gaffke() -> None:
    found = verdict(ANSWER_OK, [(1, 0, 1)] * 40, [(1, 1, 0)] * 40, repeats=3)
    assert found.difference is not None
    assert (found.word, found.difference.value, found.difference.method) == ("pass", 0.0, "gaffke")


def test_arms_with_different_numbers_of_repeats_can_be_compared() -> None:
    rule = no_worse(0.1)
    once, thrice = run_of(ANSWER_OK, [1.0] * 40), run_of(ANSWER_OK, [(1, 1, 1)] * 40, repeats=3)
    found = decide([rule], once, accepted(thrice), policy="block")
    assert (found.word, found.verdicts[0].estimate.n) == ("pass", 40)


def test_missing_scores_count_against_the_candidate_in_both_arms() -> None:
    found = verdict(ANSWER_OK, [1.0] * 58 + [None, 1.0], [1.0] * 59 + [None])
    assert found.baseline is not None
    assert found.difference is not None
    assert (found.estimate.value, found.baseline.value) == (pytest.approx(59 / 60), 1.0)
    assert (found.difference.value, found.difference.missing) == (pytest.approx(-1 / 60), 2)
    assert found.sentence.endswith("2 cases lack scores and count as the worst.")
    assert (found.improved, found.worsened) == (0, 0)


def test_missing_scores_of_the_baseline_prove_no_drop() -> None:
    found = verdict(ANSWER_OK, [0.0] * 6 + [1.0] * 20, [None] * 6 + [1.0] * 20)
    assert (found.word, found.p_fail) == ("inconclusive", 1.0)
    assert verdict(ANSWER_OK, [0.0] * 6 + [1.0] * 20, [1.0] * 26).word == "fail"


def test_too_many_missing_scores_are_scored_first() -> None:
    found = verdict(ANSWER_OK, [1.0] * 50 + [None] * 10, [1.0] * 60)
    assert (found.word, found.blocks) == ("inconclusive", True)
    assert found.to_decide == "score the 10 cases with missing scores"
    nothing = verdict(ANSWER_OK, [None] * 60, [1.0] * 60)
    assert nothing.to_decide == "score the 60 cases with missing scores"


def test_what_is_missing_and_what_is_too_few_are_both_told() -> None:
    found = verdict(ANSWER_OK, [1.0] * 10 + [None], [1.0] * 11)
    assert found.to_decide == "score the 1 case with missing scores, then about 29 cases"
    hopeless = verdict(ANSWER_OK, [1.0] * 6 + [0.0, None], [1.0] * 8)
    assert hopeless.to_decide == (
        "score the 1 case with missing scores, then no number of cases would: "
        "the observed drop reaches the margin"
    )


def test_one_case_is_no_proof() -> None:
    assert verdict(ANSWER_OK, [1.0], [1.0]).n_needed == 29


def test_the_share_of_missing_scores_is_limited_in_either_arm() -> None:
    whole, partly = run_of(ANSWER_OK, [1.0] * 100), run_of(ANSWER_OK, [1.0] * 94 + [None] * 6)
    rule = no_worse(0.1, max_missing=0.05)
    for candidate, baseline in ((whole, partly), (partly, whole)):
        found = decide([rule], candidate, accepted(baseline), policy="block").verdicts[0]
        assert (found.word, found.sentence) == (
            "inconclusive",
            "6.0% of the scores are missing, 5% may be.",
        )
