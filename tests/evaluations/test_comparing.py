from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.errors import InputError
from genaiops.evaluations.comparing import arm_scores, compare_arms
from genaiops.evaluations.comparison import ArmScores, Comparison
from genaiops.records import CaseScores, Usage
from tests.evaluations.arms import F1, LATENCY, OK, arm, arms_of, graded
from tests.evaluations.build import RUN, result
from tests.stats.strategies import few

FAILED = ArmScores("z", (), (), failure="connection refused")


def compared(scores: object) -> Comparison:
    return compare_arms(arms_of(scores), metric=None)


def binary(counts: dict[tuple[int, ...], int]) -> list[ArmScores]:
    """Arms with 0/1 scores; keys are the scores of a case in each arm."""
    return arms_of([row for row, count in counts.items() for _ in range(count)], info=OK)


def ranks(comparison: Comparison) -> dict[str, tuple[int | None, int | None]]:
    return {each.label: (each.rank_low, each.rank_high) for each in comparison.arms}


def test_a_clear_field_is_ranked_without_doubt() -> None:
    found = compared(graded(100, [0.0, 0.4, 0.2]))
    assert ranks(found) == {"b": (1, 1), "c": (2, 2), "a": (3, 3)}
    assert found.sentence == "b is proven best of 3."
    assert found.n_needed is None


def test_arms_that_cannot_be_told_apart_share_their_ranks() -> None:
    found = compared(graded(60, [0.0, 0.01, -0.3]))
    assert ranks(found) == {"b": (1, 2), "a": (1, 2), "c": (3, 3)}
    assert found.sentence.startswith("2 tied for first (a, b); 1 proven worse; a closer call needs")
    assert f"about {found.n_needed:,} cases" in found.sentence


def test_two_arms_have_a_sentence_with_the_difference() -> None:
    found = compare_arms(binary({(1, 1): 80, (0, 0): 10, (0, 1): 9, (1, 0): 1}), metric=None)
    assert found.sentence.startswith("b is proven better than a on 100 cases: +8.0 points [+1.")


def test_no_proof_names_the_cases_that_would_decide() -> None:
    found = compare_arms(binary({(1, 1): 20, (0, 1): 6, (1, 0): 4}), metric=None)
    assert found.sentence.startswith("No proven difference on 30 cases: b minus a +6.7 points [-1")
    assert found.sentence.endswith(
        f"about {found.n_needed} cases would decide a difference of this size."
    )
    assert found.n_needed == pytest.approx(30 * (2.8 / 0.62) ** 2, rel=0.05)


def test_no_number_of_cases_decides_a_difference_of_nothing() -> None:
    found = compare_arms(binary({(1, 1): 20, (0, 1): 4, (1, 0): 4}), metric=None)
    assert found.n_needed is None
    assert found.sentence.endswith("; no number of cases would decide a difference of 0.")


def test_equal_scores_are_told_as_equal() -> None:
    assert compared([[0.5, 0.5], [1, 1]]).sentence == "b scores exactly as a on 2 cases."


def test_equal_calls_are_told_as_equal_answers() -> None:
    first, second = arms_of([[0.5, 0.5], [1, 1]])
    cases = tuple(case.model_copy(update={"calls": case.case_id}) for case in first.cases)
    both = [replace(each, cases=cases) for each in (first, second)]
    assert compare_arms(both, metric=None).sentence == "b answers exactly as a on 2 cases."


def test_one_case_proves_nothing() -> None:
    assert compared([[0.0, 1.0]]).sentence == "Nothing can be proven on one case."


def test_a_failed_arm_stays_in_the_table_and_is_named() -> None:
    found = compare_arms([FAILED, *arms_of(graded(60, [0.0, 0.3]))], metric=None)
    assert ranks(found) == {"b": (1, 1), "a": (2, 2), "z": (None, None)}
    assert found.arms[-1].failure == "connection refused"
    assert found.sentence.endswith("z failed.")


def test_only_failed_arms_claim_nothing() -> None:
    assert compare_arms([FAILED], metric=None).sentence == "No arm has a score. z failed."


def test_without_a_metric_of_quality_answers_stand_side_by_side() -> None:
    arms = [arm(label, [1.0, 2.0], info=LATENCY) for label in "ba"]
    found = compare_arms(arms, metric=None)
    assert found.metric is None
    assert found.sentence.endswith("the answers stand side by side, nothing is claimed.")
    assert ranks(found) == {"b": (None, None), "a": (None, None)}
    assert list(found.arms[0].others) == ["latency"]


def test_a_metric_can_be_asked_for() -> None:
    arms = arms_of(graded(50, [0.5, 0.0]) + 1, info=LATENCY)
    found = compare_arms(arms, metric="latency")
    assert found.arms[0].label == "b"
    assert found.pairs[0].proven == "better"
    assert found.pairs[0].difference.value is not None
    assert found.pairs[0].difference.value < 0, "in the metric's own direction"
    assert found.arms[0].estimate is not None
    assert found.arms[0].estimate.method == "mean (t)"


def test_an_unknown_metric_is_told_with_those_that_there_are() -> None:
    with pytest.raises(InputError, match=r"unknown metric 'f2' .known: f1"):
        compare_arms(arms_of([[0.1, 0.2]]), metric="f2")


def test_two_versions_of_a_metric_are_not_compared() -> None:
    other = F1.model_copy(update={"digest": "x"})
    arms = [arm("a", [0.1]), arm("b", [0.1], info=other)]
    with pytest.raises(InputError, match="different versions of 'f1'"):
        compare_arms(arms, metric=None)


def test_two_arms_of_one_name_are_refused() -> None:
    with pytest.raises(InputError, match="2 arms are called 'a'"):
        compare_arms([arm("a", [0.1]), arm("a", [0.1])], metric=None)


def test_too_many_arms_are_refused() -> None:
    with pytest.raises(InputError, match="301 arms are too many"):
        compare_arms([arm(str(n), [0.1]) for n in range(301)], metric=None)


def test_a_case_that_is_there_twice_is_refused() -> None:
    twice = arm("a", [0.1])
    with pytest.raises(InputError, match="a: the case 'c000' is there 2 times"):
        compare_arms([replace(twice, cases=twice.cases * 2)], metric=None)


def test_cases_that_only_some_arms_have_are_left_out_of_all() -> None:
    arms = [arm("a", {"x": 0.0, "y": 1.0, "z": 0.0}), arm("b", {"z": 0.5, "y": 1.0})]
    found = compare_arms(arms, metric=None)
    assert found.cases == 2
    assert [each.estimate.n for each in found.arms if each.estimate] == [2, 2]
    assert found.notes[0] == "1 case that not all arms have: left out"


def test_arms_without_a_common_case_are_not_compared() -> None:
    found = compare_arms([arm("a", {"x": 0.0}), arm("b", {"y": 1.0})], metric=None)
    assert found.sentence == "The arms have no case in common: nothing can be compared."


def test_clusters_are_what_is_compared() -> None:
    clusters = [f"k{n // 5}" for n in range(60)]
    found = compare_arms(arms_of(graded(60, [0.0, 0.1]), clusters=clusters), metric=None)
    assert (found.cases, found.clusters) == (60, 12)
    assert found.notes[0] == "12 clusters of cases are few to infer from"
    assert {row.estimate.clusters for row in found.arms if row.estimate} == {12}


def test_cost_and_time_are_summed_up_and_decide_the_front() -> None:
    first, second = arms_of(graded(40, [0.0, 0.2]))
    ids = [case.case_id for case in first.cases]
    arms = [
        replace(first, cost_usd=dict.fromkeys(ids, 0.02), latency_s=dict.fromkeys(ids, 2.0)),
        replace(second, cost_usd=dict.fromkeys(ids, 0.01), latency_s=dict.fromkeys(ids, 1.0)),
    ]
    best, worse = compare_arms(arms, metric=None).arms
    assert (best.usd_per_1k_cases, best.latency_p95_s, best.on_front) == (10.0, 1.0, True)
    assert worse.on_front is False


def test_an_unknown_cost_stays_unknown() -> None:
    only = arm("a", [0.1, 0.2], cost_usd={"c000": 0.1, "c001": None})
    assert compare_arms([only], metric=None).arms[0].usd_per_1k_cases is None


def test_failures_count_as_slow_however_fast_they_were() -> None:
    only = arm("a", [0.1] * 10, latency_s={f"c{n:03}": 0.1 for n in range(10)})
    cases = tuple(
        case.model_copy(update={"failed": (0,)}) if n < 2 else case
        for n, case in enumerate(only.cases)
    )
    assert compare_arms([only], metric=None).arms[0].latency_p95_s == 0.1
    failing = replace(only, cases=cases)
    assert compare_arms([failing], metric=None).arms[0].latency_p95_s is None


def test_slices_name_their_leaders() -> None:
    scores = np.vstack([graded(40, [0.4, 0.0], seed=2), graded(40, [0.0, 0.0], seed=3)])
    tags = [{"topic": "bills"}] * 40 + [{"topic": ["moving", "bills 2"]}] * 40
    found = compare_arms(arms_of(scores, tags=tags), metric=None, slices=["topic"])
    by_value = {each.value: each for each in found.slices}
    assert by_value["bills"].leaders == ("a",)
    assert by_value["bills"].is_proven
    assert set(by_value["moving"].leaders) == {"a", "b"}
    assert by_value["bills 2"].n == 40


def test_the_worst_and_the_most_different_cases_are_named() -> None:
    found = compared([[0.1, 0.2], [1.0, 0.9], [0.5, 0.5], [1.0, 0.0]])
    assert [case.case_id for case in found.worst] == ["c000", "c002"]
    assert [case.case_id for case in found.most_different] == ["c003", "c000", "c001"]
    assert found.most_different[0].scores == (1.0, 0.0), "in the order of the rows"


def test_an_arm_that_answers_nothing_is_last_whatever_it_might_have_scored() -> None:
    scores = graded(30, [0.0, 0.0])
    scores[:, 1] = np.nan
    found = compared(scores)
    assert [each.label for each in found.arms] == ["a", "b"]
    assert found.pairs[0].proven is None
    assert "b lacks a score on 30 cases" in found.notes[0]


@few
@given(st.integers(0, 1_000), st.permutations(["a", "b", "c", "d"]))
def test_other_names_and_another_order_of_arms_change_only_the_order(
    seed: int, order: list[str]
) -> None:
    arms = arms_of(graded(12, [0.0, 0.1, 0.2, 0.4], seed=seed))
    shuffled = sorted(arms, key=lambda each: order.index(each.label))
    first, second = (compare_arms(each, metric=None) for each in (arms, shuffled))
    assert ranks(first) == ranks(second)
    assert first.sentence == second.sentence


def test_arm_scores_are_read_in_one_pass() -> None:
    results = [result("c0", 0.5), result("c1", None), result("c2", status="errored", kind="server")]
    paid = [
        replace(
            each,
            result=each.result.model_copy(update={"usage": Usage(cost_usd=0.25), "latency_s": 1.5}),
        )
        for each in results
    ]
    found = arm_scores("a", RUN, iter(paid))
    assert [case.scores["f1"] for case in found.cases] == [(0.5,), (None,), (1.0,)]
    assert found.cost_usd == {"c0": 0.25, "c1": 0.25}
    assert found.latency_s == {"c0": 1.5, "c1": 1.5}
    assert [each.info.name for each in found.estimates] == ["f1"]


def test_a_cost_that_any_repeat_does_not_know_is_unknown() -> None:
    one, other = result("c0"), result("c0")
    other = replace(other, result=other.result.model_copy(update={"repeat": 1}))
    paid = replace(one, result=one.result.model_copy(update={"usage": Usage(cost_usd=0.5)}))
    assert arm_scores("a", RUN, [paid, other]).cost_usd == {"c0": None}


def test_the_estimates_of_an_arm_are_kept_where_all_its_cases_are_compared() -> None:
    found = arm_scores("a", RUN, [result("c0", 0.5), result("c1", 0.7)])
    row = compare_arms([found], metric=None).arms[0]
    assert row.estimate == found.estimates[0].estimate


def test_a_case_to_which_the_metric_does_not_apply_is_left_out() -> None:
    first, second = arms_of([[0.5, 0.6], [0.4, 0.9]])
    bare = CaseScores(case_id="c001", scores={})
    found = compare_arms([first, replace(second, cases=(second.cases[0], bare))], metric=None)
    assert found.pairs[0].difference.n == 1


def test_arms_that_score_alike_are_noted_among_many() -> None:
    scores = graded(20, [0.0, 0.3])[:, [0, 0, 1, 0, 0]]
    notes = compared(scores).notes
    assert notes[:3] == tuple(f"{each} scores exactly as a" for each in "bde")
    assert notes[3] == "and 3 more pairs score alike"


def test_too_few_differing_cases_are_noted() -> None:
    found = compare_arms(binary({(1, 1): 50, (0, 1): 4}), metric=None)
    assert found.notes == ("too few cases differ between the arms to prove anything",)


def test_missing_scores_without_a_range_are_noted() -> None:
    arms = [arm("a", [1.0, None, 2.0], info=LATENCY), arm("b", [1.0, 2.0, 2.5], info=LATENCY)]
    found = compare_arms(arms, metric="latency")
    assert found.pairs[0].difference.n == 2
    assert "1 case without a score in some arm: left out of its pairs" in found.notes


def test_the_other_metrics_of_the_rows_are_named() -> None:
    first, second = arms_of(graded(10, [0.0, 0.1]))
    both = [
        replace(
            each,
            metrics=(F1, OK),
            cases=tuple(
                case.model_copy(update={"scores": {**case.scores, "ok": (1.0,)}})
                for case in each.cases
            ),
        )
        for each in (first, second)
    ]
    found = compare_arms(both, metric="f1")
    assert found.metrics == (OK,)
    assert found.arms[0].others["ok"].value == 1.0


def test_a_ranking_by_a_judge_says_so() -> None:
    judged = F1.model_copy(update={"judge": "gpt-4o-mini"})
    notes = compare_arms(arms_of([[0.0, 1.0]] * 30, info=judged), metric=None).notes
    assert notes == ("f1 is what the judge gpt-4o-mini says; labels of people correct gates only",)
