from dataclasses import replace

import numpy as np
import pytest

from genaiops.evaluations.comparing import compare_arms
from genaiops.evaluations.comparison import ArmScores, Comparison
from genaiops.evaluations.reports.terminal.comparison import comparison_text, named_cases
from genaiops.records import CaseScores, MetricInfo
from tests.evaluations.arms import F1, OK, arms_of, graded

RECALL = MetricInfo(name="recall", metric="recall", low=0, high=1, direction="higher", digest="r")
FAILED = ArmScores("gone", (), (), failure="the endpoint refuses the connection")


def rich(labels: tuple[str, ...] = ("small", "large", "other")) -> Comparison:
    """Three arms with cost, time and a second metric, and one that failed."""
    generator = np.random.default_rng(5)
    arms = arms_of(graded(60, [0.0, 0.3, 0.02]), tags=[{"topic": "bills"}] * 60)
    made: list[ArmScores] = []
    for place, (label, each) in enumerate(zip(labels, arms, strict=True)):
        cases = tuple(
            case.model_copy(update={"scores": {**case.scores, "recall": (0.5,)}})
            for case in each.cases
        )
        ids = [case.case_id for case in cases]
        times = dict(zip(ids, (generator.exponential(1, 60) + 0.1).tolist(), strict=True))
        costs = dict.fromkeys(ids, 0.0041 * (place + 1))
        made.append(
            replace(
                each,
                label=label,
                metrics=(F1, RECALL),
                cases=cases,
                cost_usd=costs,
                latency_s=times,
            )
        )
    return compare_arms([*made, FAILED], metric=None, slices=["topic"])


def widths(text: str) -> int:
    return max(map(len, text.splitlines()))


def test_what_is_proven_comes_first_then_the_ranks() -> None:
    lines = comparison_text(rich(), 80).splitlines()
    assert lines[0] == "large is proven best of 3. gone failed."
    assert lines[2].split() == ["rank", "arm", "f1", "[90%]", "per", "1,000", "p95", "front"]
    assert lines[3].split()[:2] == ["1", "large"]
    assert lines[3].split()[-1] == "*"
    assert lines[6].split() == ["-", "gone", "failed"]
    assert "  gone failed: the endpoint refuses the connection" in lines


def test_at_80_columns_differences_stand_below_and_at_160_in_the_table() -> None:
    narrow = comparison_text(rich(), 80)
    wide = comparison_text(rich(), 160)
    assert "  minus large [95%, all pairs]" in narrow.splitlines()
    assert "minus first [95%]" in wide.splitlines()[2]
    assert "minus large" not in wide
    assert wide.splitlines()[2].rstrip().endswith("recall")
    assert "50.0% [" in wide.splitlines()[3]


@pytest.mark.parametrize("width", [60, 80, 120, 160])
def test_it_keeps_within_its_width_whatever_names_are_in_it(width: int) -> None:
    labels = ("m" * 90, "openai:" + "x y" * 40, "\x1b[31mred")
    text = comparison_text(rich(labels), width)
    assert widths(text) <= width
    assert "\x1b" not in text
    assert text.isprintable() or set(text) - {"\n"} == set(text.replace("\n", ""))


def test_slices_cases_and_notes_are_told() -> None:
    text = comparison_text(rich(), 80)
    assert "  topic bills (60): large is proven best" in text
    assert "  worst for all: c0" in text
    assert "  most different: c0" in text
    assert "60 cases. Ranks and differences hold for all pairs together with 95%." in text


def test_an_unknown_cost_and_time_have_no_column() -> None:
    text = comparison_text(compare_arms(arms_of(graded(20, [0, 0.1])), metric=None), 80)
    (head,) = (line for line in text.splitlines() if line.startswith("  rank"))
    assert head.split()[:6] == ["rank", "arm", "f1", "[90%]", "minus", "first"]
    assert "*" not in text


def test_two_arms_are_told_in_the_sentence_alone() -> None:
    text = comparison_text(compare_arms(arms_of([[1, 0]] * 20, info=OK), metric=None), 80)
    assert text.startswith("b is proven worse than a on 20 cases: -100.0 points")
    assert "all pairs]" not in text


def test_answers_side_by_side_have_no_ranks() -> None:
    bare = [
        ArmScores(label, (), (CaseScores(case_id="x", scores={}),), latency_s={"x": 1.0})
        for label in "ab"
    ]
    text = comparison_text(compare_arms(bare, metric=None), 80)
    assert "nothing is claimed" in text
    assert text.rstrip().splitlines()[-1].split() == ["-", "b", "1.00", "s"]


def test_many_arms_and_slices_are_cut_with_a_word_on_where_the_rest_is() -> None:
    tags = [{"topic": str(n % 14)} for n in range(56)]
    arms = [
        replace(each, label=f"{each.label} with a name as long as they get")
        for each in arms_of(graded(56, [0.0] * 13), tags=tags)
    ]
    text = comparison_text(compare_arms(arms, metric=None, slices=["topic"]), 80)
    assert "    and 2 more: -o FILE.json" in text
    assert "  no arm is proven worse in 14 of 14 slices" in text


def test_slices_that_tell_something_are_listed_and_cut() -> None:
    scores = graded(560, [0.0, 0.4])
    tags = [{"topic": str(n % 14)} for n in range(560)]
    arms = arms_of(scores, tags=tags)
    text = comparison_text(compare_arms(arms, metric=None, slices=["topic"]), 80)
    assert "is proven best" in text.split("topic 0 ")[1].splitlines()[0]
    assert "  and 2 more slices: -o FILE.json" in text


def test_a_case_that_is_named_says_what_it_asks() -> None:
    comparison = compare_arms(arms_of(graded(9, [0.0, 0.1])), metric=None)
    asked = {each: f"what of {each}?\nand more " + "x" * 90 for each in named_cases(comparison)}
    lines = comparison_text(comparison, 80, asked).splitlines()
    at = lines.index("  worst for all:")
    for line, case in zip(lines[at + 1 :], comparison.worst[:3], strict=False):
        assert line.startswith(f"    {case.case_id}  what of {case.case_id}? and more xxx")
    assert max(map(len, lines)) <= 80


def test_with_one_arm_that_is_left_nothing_is_said_of_slices() -> None:
    tags = [{"topic": str(n % 2)} for n in range(20)]
    (left,) = arms_of(graded(20, [0.0]), tags=tags)
    text = comparison_text(compare_arms([left, FAILED], metric=None, slices=["topic"]), 80)
    assert "has scores: nothing can be compared." in text
    assert "slices" not in text
