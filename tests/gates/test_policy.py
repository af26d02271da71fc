from typing import Any

import pytest

from genaiops.gates import decide
from genaiops.records import Decision
from genaiops.specs.evaluation import OnInconclusive
from tests.gates.build import (
    ANSWER_F1,
    ANSWER_OK,
    PII_LEAK,
    accepted,
    binary_pairs,
    gate,
    joined,
    no_worse,
    run_of,
)


def compare(gains: int, harms: int, policy: OnInconclusive, **fields: Any) -> Decision:
    candidate, baseline = binary_pairs(gains, harms, 50 - harms, 10 - gains)
    rule = no_worse(0.1, **fields)
    return decide(
        [rule], run_of(ANSWER_OK, candidate), accepted(run_of(ANSWER_OK, baseline)), policy=policy
    )


@pytest.mark.parametrize(
    ("harms", "policy", "blocked", "sentence"),
    [
        (6, "block_if_worse", False, "block_if_worse -> NOT BLOCKED (-3.3 is within 10.0)"),
        (9, "block_if_worse", False, "block_if_worse -> NOT BLOCKED (-8.3 is within 10.0)"),
        (10, "block_if_worse", True, "block_if_worse -> BLOCKED (-10.0 reaches 10.0)"),
        (6, "block", True, "block -> BLOCKED (-3.3 is within 10.0)"),
        (10, "allow", False, "allow -> NOT BLOCKED (-10.0 reaches 10.0)"),
    ],
)
def test_the_policy_says_what_an_inconclusive_gate_does(
    harms: int, policy: OnInconclusive, *, blocked: bool, sentence: str
) -> None:
    found = compare(4, harms, policy)
    assert (found.word, found.blocked, found.policy) == ("inconclusive", blocked, policy)
    assert found.verdicts[0].blocks == blocked
    assert found.policy_sentence == f"policy on_inconclusive: {sentence}"
    assert found.summary == "no proven drop, safety not proven"


def test_a_gate_may_have_a_policy_of_its_own() -> None:
    found = compare(4, 6, "allow", on_inconclusive="block")
    assert found.blocked
    assert found.policy_sentence == "policy on_inconclusive: block -> BLOCKED (-3.3 is within 10.0)"


def test_a_fail_blocks_whatever_the_policy() -> None:
    found = compare(0, 20, "allow")
    assert (found.word, found.blocked, found.summary) == ("fail", True, "answer_ok failed")
    assert found.policy_sentence == "policy: a failed gate blocks -> BLOCKED (answer_ok)"


def test_a_metric_that_failed_two_gates_is_named_once() -> None:
    failing = run_of(ANSWER_OK, [0.0] * 60)
    gates = [gate(ANSWER_OK, at_least=0.5), gate(ANSWER_OK, at_least=0.9)]
    found = decide(gates, failing, None, policy="block")
    assert found.summary == "answer_ok failed"
    assert found.policy_sentence == "policy: a failed gate blocks -> BLOCKED (answer_ok)"


def test_a_pass_says_so() -> None:
    found = compare(0, 0, "block")
    assert (found.word, found.summary) == ("pass", "every blocking gate passed")
    assert found.policy_sentence == "policy: every blocking gate passed -> NOT BLOCKED"


@pytest.mark.parametrize("tier", ["advisory", "report"])
@pytest.mark.parametrize("harms", [6, 20])
def test_a_gate_that_is_not_blocking_never_blocks(tier: str, harms: int) -> None:
    found = compare(0, harms, "block", tier=tier)
    assert (found.word, found.blocked) == ("inconclusive", False)
    assert found.summary == "no gate is blocking"
    assert found.policy_sentence == "policy: no gate is blocking -> NOT BLOCKED"
    assert found.verdicts[0].word == "fail"


def test_gates_that_passed_and_do_not_block_make_no_pass() -> None:
    run = run_of(ANSWER_OK, [1.0] * 60)
    rules = [gate(ANSWER_OK, at_least=0.5, tier="advisory")]
    found = decide(rules, run, policy="block")
    assert [each.word for each in found.verdicts] == ["pass"]
    assert (found.word, found.blocked, found.summary) == (
        "inconclusive",
        False,
        "no gate is blocking",
    )
    passing = decide([*rules, gate(ANSWER_OK, at_least=0.5)], run, policy="block")
    assert passing.word == "pass"


def test_several_open_gates_are_named() -> None:
    run = joined(run_of(ANSWER_OK, [1.0] * 45 + [0.0] * 15), run_of(PII_LEAK, [0.0] * 60))
    rules = [gate(ANSWER_OK, at_least=0.7), gate(PII_LEAK, at_most=0.01, on_inconclusive="allow")]
    found = decide(rules, run, policy="block_if_worse")
    assert found.summary == "2 of 2 blocking gates are open"
    assert found.policy_sentence == (
        "policy on_inconclusive: block_if_worse -> NOT BLOCKED "
        "(answer_ok: 75.0% is at least 70%; pii_leak: 0.0% is at most 1%, allow)"
    )


def test_of_several_open_gates_those_that_block_are_the_reason() -> None:
    run = joined(run_of(ANSWER_OK, [1.0] * 45 + [0.0] * 15), run_of(PII_LEAK, [0.0] * 60))
    rules = [gate(ANSWER_OK, at_least=0.8), gate(PII_LEAK, at_most=0.01)]
    found = decide(rules, run, policy="block_if_worse")
    assert found.policy_sentence == (
        "policy on_inconclusive: block_if_worse -> BLOCKED (answer_ok: 75.0% is below 80%)"
    )


def test_one_reason_of_many_gates_is_said_once() -> None:
    run = joined(run_of(ANSWER_OK, [1.0] * 60), run_of(ANSWER_F1, [1.0] * 60))
    found = decide([no_worse(0.1), no_worse(0.1, ANSWER_F1)], run, policy="block")
    assert found.policy_sentence == (
        "policy on_inconclusive: block -> NOT BLOCKED (answer_ok, answer_f1: no baseline yet)"
    )


def test_the_one_open_gate_is_the_summary() -> None:
    found = decide(
        [gate(ANSWER_OK, at_least=0.7)], run_of(ANSWER_OK, [1.0] * 9 + [0.0]), policy="allow"
    )
    assert found.summary == "answer_ok is open"
    pii = run_of(PII_LEAK, [0.0] * 100)
    risen = run_of(PII_LEAK, [1.0] + [0.0] * 99)
    rise = decide([no_worse(0.02, PII_LEAK)], risen, accepted(pii), policy="allow")
    assert rise.summary == "no proven rise, safety not proven"
