from typing import Any

import numpy as np
import pytest

from genaiops.gates import decide
from genaiops.gates.topping_up import TopUp, top_up
from genaiops.records import Baseline, Decision, RunScores
from genaiops.specs.evaluation import GateSpec
from tests.gates.build import (
    ANSWER_OK,
    Row,
    accepted,
    binary_pairs,
    clustered,
    gate,
    no_worse,
    run_of,
)

Rows = list[list[float]]

EXTEND: dict[str, Any] = {"on_inconclusive": "extend"}


def look(rule: GateSpec, candidate: RunScores, baseline: Baseline | None) -> Decision:
    return decide([rule], candidate, baseline, policy="block_if_worse")


def after(rule: GateSpec, candidate: RunScores, baseline: Baseline | None) -> TopUp | None:
    """What follows from a look."""
    found = look(rule, candidate, baseline)
    return top_up([rule], found, candidate, baseline, policy="block_if_worse")


def open_pair(**run: Any) -> tuple[RunScores, Baseline]:
    """60 cases, of which 4 were fixed and 6 broken."""
    candidate, baseline = binary_pairs(4, 6, 44, 6)
    return run_of(ANSWER_OK, candidate, **run), accepted(run_of(ANSWER_OK, baseline))


def test_a_look_has_half_of_the_error() -> None:
    run = run_of(ANSWER_OK, [1.0] * 70)
    plain, halved = (look(no_worse(0.05, **own), run, accepted(run)) for own in ({}, EXTEND))
    assert [each.word for each in (plain, halved)] == ["pass", "inconclusive"]
    more = run_of(ANSWER_OK, [1.0] * 75)
    assert look(no_worse(0.05, **EXTEND), more, accepted(more)).word == "pass"
    shown = halved.verdicts[0].difference
    assert shown is not None
    assert shown.level == 0.95


def test_the_p_value_of_a_fail_is_doubled_and_compares_with_the_error_of_the_file() -> None:
    candidate, baseline = binary_pairs(0, 8, 52, 0)
    pair = run_of(ANSWER_OK, candidate), accepted(run_of(ANSWER_OK, baseline))
    plain, halved = (look(no_worse(0.05, **own), *pair).verdicts[0] for own in ({}, EXTEND))
    assert plain.p_fail is not None
    assert halved.p_fail == pytest.approx(2 * plain.p_fail)


def test_gates_that_do_not_extend_share_the_looks_of_one_that_does() -> None:
    run = run_of(ANSWER_OK, [1.0] * 70)
    rules = [no_worse(0.05), no_worse(0.1, **EXTEND)]
    words = [each.word for each in decide(rules, run, accepted(run), policy="block").verdicts]
    assert words == ["inconclusive", "pass"]


def test_an_advisory_gate_that_extends_changes_nothing() -> None:
    run = run_of(ANSWER_OK, [1.0] * 70)
    rule = no_worse(0.05, tier="advisory", **EXTEND)
    assert look(rule, run, accepted(run)).verdicts[0].word == "pass"
    assert after(rule, run, accepted(run)) is None


def test_what_stays_open_blocks_where_it_is_worse_and_the_policy_says_so() -> None:
    found = look(no_worse(0.1, **EXTEND), *open_pair())
    assert (found.word, found.blocked) == ("inconclusive", False)
    assert "on_inconclusive: extend, then block_if_worse -> NOT BLOCKED" in found.policy_sentence
    candidate, baseline = binary_pairs(2, 9, 43, 6)
    worse = run_of(ANSWER_OK, candidate), accepted(run_of(ANSWER_OK, baseline))
    found = look(no_worse(0.1, **EXTEND), *worse)
    assert (found.word, found.blocked) == ("inconclusive", True)


def test_an_open_gate_is_asked_three_times_as_often() -> None:
    assert after(no_worse(0.1, **EXTEND), *open_pair()) == TopUp(3)


def test_repeats_end_at_a_hundred() -> None:
    rows: list[Row] = [[1.0, 0.0] * 20] * 60
    run, baseline = run_of(ANSWER_OK, rows, repeats=40), run_of(ANSWER_OK, [1.0] * 60)
    rule = gate(ANSWER_OK, at_least=0.5, **EXTEND)
    assert after(rule, run, accepted(baseline)) == TopUp(100)
    most = run_of(ANSWER_OK, [[1.0, 0.0] * 50] * 60, repeats=100)
    assert after(rule, most, None) == TopUp(100, "100 repeats are the most")


@pytest.mark.parametrize("own", [{}, {"on_inconclusive": "block"}])
def test_a_gate_that_does_not_extend_is_left_open(own: dict[str, Any]) -> None:
    assert after(no_worse(0.1, **own), *open_pair()) is None


def test_a_run_that_was_topped_up_is_not_again_and_says_both_looks() -> None:
    rule, pair = no_worse(0.1, **EXTEND), open_pair(extended_from=1)
    assert after(rule, *pair) is None
    assert look(rule, *pair).notes[0].startswith("open at 1 repeat, judged again at 1;")


def test_what_is_decided_is_not_topped_up() -> None:
    run = run_of(ANSWER_OK, [1.0] * 80)
    assert after(no_worse(0.1, **EXTEND), run, accepted(run)) is None
    bad = run_of(ANSWER_OK, [0.0] * 80)
    assert after(no_worse(0.1, **EXTEND), bad, accepted(run)) is None


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (no_worse(0.05, **EXTEND), "cannot pass with 60 cases; 72 could"),
        (gate(ANSWER_OK, no_worse_than="baseline", **EXTEND), "answer_ok has no margin yet"),
    ],
)
def test_repeats_that_cannot_help_are_not_asked_for(rule: GateSpec, told: str) -> None:
    found = after(rule, *open_pair())
    assert found is not None
    assert told in (found.why_not or "")


def test_answers_that_never_differ_are_not_asked_again() -> None:
    candidate, baseline = binary_pairs(4, 6, 44, 6)
    rows: tuple[list[Row], list[Row]] = ([[v, v] for v in candidate], [[v, v] for v in baseline])
    both = run_of(ANSWER_OK, rows[0], repeats=2), run_of(ANSWER_OK, rows[1], repeats=2)
    alone = run_of(ANSWER_OK, candidate)
    for run in (both[0], alone):
        found = after(no_worse(0.1, **EXTEND), run, accepted(both[1]))
        assert found is not None
        assert found.why_not == "no score of answer_ok differs between repeats"


def test_few_clusters_no_baseline_and_missing_scores_are_no_matter_of_repeats() -> None:
    run, baseline = open_pair()
    few = after(no_worse(0.1, **EXTEND), clustered(run, 20), baseline)
    first = after(no_worse(0.1, **EXTEND), run, None)
    lacking = run_of(ANSWER_OK, [None] * 30 + [1.0] * 30)
    missing = after(no_worse(0.1, max_missing=0.1, **EXTEND), lacking, baseline)
    whys = [each.why_not for each in (few, first, missing) if each]
    assert whys == [
        "answer_ok has too few clusters, and repeats add none",
        "answer_ok has nothing to compare with",
        "answer_ok lacks too many scores",
    ]


def test_a_gate_that_repeats_cannot_decide_does_not_hold_up_another() -> None:
    run, baseline = open_pair()
    rules = [no_worse(0.05, **EXTEND), no_worse(0.1, **EXTEND)]
    found = decide(rules, run, baseline, policy="block")
    assert top_up(rules, found, run, baseline, policy="block") == TopUp(3)


MARGIN = 0.15
RULE = no_worse(MARGIN, **EXTEND)


def draw(seed: int, drop: float) -> tuple[Rows, Rows]:
    """Three draws each of 60 cases, of which each is right with a chance of its own."""
    generator = np.random.default_rng(seed)
    right = generator.uniform(0.3, 0.9, size=(60, 1))
    sides = (generator.random((60, 3)) < chance for chance in (right - drop, right))
    candidate, baseline = (side.astype(float).tolist() for side in sides)
    return candidate, baseline


def words(seed: int, drop: float) -> tuple[str, str]:
    """The word of the first look, and the last."""
    rows, before = draw(seed, drop)
    baseline = accepted(run_of(ANSWER_OK, list(before), repeats=3))
    first = run_of(ANSWER_OK, [row[:1] for row in rows])
    one = look(RULE, first, baseline).word
    if after(RULE, first, baseline) is None:
        return one, one
    whole = run_of(ANSWER_OK, list(rows), repeats=3, extended_from=1)
    return one, look(RULE, whole, baseline).word


@pytest.mark.slow
def test_a_drop_of_the_margin_hardly_ever_passes_at_either_look() -> None:
    found = [words(seed, MARGIN)[1] for seed in range(600)]
    assert np.mean([word == "pass" for word in found]) <= 0.055


@pytest.mark.slow
def test_an_unchanged_candidate_hardly_ever_fails_and_passes_more_often_for_the_second() -> None:
    found = [words(seed, 0.0) for seed in range(600)]
    assert np.mean([last == "fail" for _, last in found]) <= 0.055
    first, last = (np.mean([word == "pass" for word in look]) for look in zip(*found, strict=True))
    assert last >= first + 0.2
