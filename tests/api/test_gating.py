"""`genaiops.gate` and `genaiops.assert_gate`."""

import warnings
from pathlib import Path

import pytest

from genaiops import assert_gate, evaluate, gate
from genaiops.errors import InputError
from tests.project.build import build_project

ROWS = [{"question": f"q{n}", "expected": f"the answer number {n}"} for n in range(40)]
GATES = [
    {"metric": "answer_f1", "at_least": 0.5},
    {"metric": "answer_f1", "no_worse_than": "baseline", "margin": 0.1},
]


def good(question: str) -> str:
    return f"the answer number {question[1:]}"


def bad(question: str) -> str:
    return f"nobody knows {question}"


@pytest.mark.usefixtures("folder")
def test_a_run_takes_the_place_of_the_baseline() -> None:
    first = evaluate(good, ROWS, gates=GATES)
    passed = gate(evaluate(good, ROWS, gates=GATES), against=first)
    assert (passed.word, passed.blocked) == ("pass", False)
    assert assert_gate(first, against=first.run.id).word == "pass"
    failed = gate(evaluate(bad, ROWS, gates=GATES), against=first)
    assert (failed.word, failed.blocked) == ("fail", True)
    assert str(failed).startswith("FAIL  bad: ")
    assert "100.0% -> 0.0%" in str(failed)
    assert failed._repr_html_().startswith("<table><caption>FAIL bad")


@pytest.mark.usefixtures("folder")
def test_what_blocks_fails_a_test_with_the_text_of_the_gate() -> None:
    with pytest.raises(AssertionError) as caught:
        assert_gate(evaluate(bad, ROWS, gates=GATES[:1]))
    assert "FAIL  answer_f1  0.0% [" in str(caught.value)
    assert "policy: a failed gate blocks -> BLOCKED (answer_f1)" in str(caught.value)


@pytest.mark.usefixtures("folder")
def test_an_open_gate_is_told_by_a_warning_and_a_pass_by_none() -> None:
    found = evaluate(good, ROWS, gates=GATES)
    with pytest.warns(UserWarning, match="INCONCLUSIVE  good: no baseline yet"):
        assert assert_gate(found).word == "inconclusive"
    with warnings.catch_warnings(record=True) as seen:
        assert_gate(found, against=found)
    assert seen == []


def test_an_evaluation_of_the_project_is_run_and_judged(folder: Path) -> None:
    text = (
        "flow: flows/assistant\ndataset: datasets/handbook.jsonl\nmetrics: [answer_f1]\n"
        "gates: [{metric: answer_f1, at_least: 0.9}]\n"
    )
    build_project(folder, {"evals/assistant.yaml": text})
    found = gate("assistant", repeats=2)
    assert (found.decision.eval, found.evaluated.run.planned) == ("assistant", 2)


@pytest.mark.usefixtures("folder")
def test_a_verdict_is_neither_true_nor_false() -> None:
    gated = gate(evaluate(good, ROWS, gates=GATES[:1]))
    with pytest.raises(TypeError, match=r"ask \.blocked or \.word, or assert_gate"):
        assert gated


@pytest.mark.usefixtures("folder")
def test_what_cannot_be_judged_is_told() -> None:
    found = evaluate(good, ROWS)
    with pytest.raises(InputError, match="has no gate to judge by"):
        gate(found)
    with pytest.raises(InputError, match="options go with an evaluation by name"):
        gate(found, limit=3)
    with pytest.raises(InputError, match="unknown evaluation 'app'"):
        gate("app")
    with pytest.raises(InputError, match="unknown run 'nope'"):
        gate(evaluate(good, ROWS, gates=GATES), against="nope")
