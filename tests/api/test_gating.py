"""`genaiops.gate` and `genaiops.assert_gate`."""

import warnings
from contextvars import Context
from pathlib import Path

import pytest

from genaiops import assert_gate, assert_scores, evaluate, gate
from genaiops.api.open_gates import listening
from genaiops.errors import InputError, SpecError
from tests.project.build import build_project

ROWS = [{"question": f"q{n}", "expected": f"the answer number {n}"} for n in range(40)]
GATES = [
    {"metric": "answer_f1", "at_least": 0.5},
    {"metric": "answer_f1", "no_worse_than": "baseline", "margin": 0.1},
]


def good(question: str) -> str:
    return f"the answer number {question[1:]}"


def mostly_good(question: str) -> str:
    return good(question) if question not in {"q0", "q1"} else "nobody knows"


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
def test_an_open_gate_is_told_by_a_warning_where_nobody_listens_and_a_pass_by_none() -> None:
    found = evaluate(good, ROWS, gates=GATES)
    with pytest.warns(UserWarning, match="INCONCLUSIVE  good: no baseline yet") as told:
        assert Context().run(assert_gate, found).word == "inconclusive"
    assert [each.filename for each in told] == [__file__]
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


def test_what_an_evaluation_cannot_be_judged_beside_is_told_before_it_is_run(folder: Path) -> None:
    text = (
        "flow: flows/assistant\ndataset: datasets/handbook.jsonl\nmetrics: [answer_f1]\n"
        "gates: [{metric: answer_f1, no_worse_than: baseline, margin: 0.1}]\n"
    )
    ungated = text.partition("gates:")[0]
    build_project(folder, {"evals/assistant.yaml": text, "evals/ungated.yaml": ungated})
    with pytest.raises(InputError, match="unknown run 'typo'"):
        gate("assistant", against="typo")
    with pytest.raises(InputError, match="has no gate to judge by"):
        gate("ungated")
    baseline = folder / "evals" / "baselines" / "assistant.jsonl"
    baseline.parent.mkdir()
    baseline.write_text("{broken")
    with pytest.raises(SpecError, match=r"assistant\.jsonl"):
        gate("assistant")
    assert not list(folder.rglob("*.sqlite"))


def test_a_run_that_is_named_by_its_evaluation_is_the_one_before(folder: Path) -> None:
    text = (
        "flow: flows/assistant\ndataset: datasets/handbook.jsonl\nmetrics: [answer_f1]\n"
        "gates: [{metric: answer_f1, no_worse_than: baseline, margin: 0.1}]\n"
    )
    build_project(folder, {"evals/assistant.yaml": text})
    first = evaluate("assistant")
    assert gate("assistant", against="assistant").decision.compared == first.run.id


@pytest.mark.usefixtures("folder")
def test_whoever_listens_is_told_of_an_open_gate_in_the_place_of_a_warning() -> None:
    told: list[str] = []
    with listening(told.append), warnings.catch_warnings(record=True) as seen:
        assert_gate(evaluate(good, ROWS, gates=GATES))
    assert (len(told), seen) == (1, [])


@pytest.mark.usefixtures("folder")
def test_scores_are_asserted_by_what_is_proven() -> None:
    found = evaluate(mostly_good, ROWS, metrics=["exact_match", "answer_f1"])
    limits = {"exact_match": 0.8, "answer_f1": 0.5}
    assert assert_scores(found, at_least=limits).word == "pass"
    with pytest.raises(AssertionError, match=r"FAIL  exact_match  95.0% .*at_least 0.999"):
        assert_scores(found, at_least={"exact_match": 0.999})


@pytest.mark.usefixtures("folder")
def test_scores_that_are_not_proven_are_judged_by_the_policy() -> None:
    found = evaluate(mostly_good, ROWS, metrics=["exact_match"])
    seen_worse, seen_better = {"exact_match": 0.96}, {"exact_match": 0.94}
    with pytest.raises(AssertionError, match="BLOCKED"):
        assert_scores(found, at_least=seen_worse)
    with pytest.raises(AssertionError, match="on_inconclusive: block -> BLOCKED"):
        assert_scores(found, at_least=seen_better, on_inconclusive="block")
    told: list[str] = []
    with listening(told.append):
        assert assert_scores(found, at_least=seen_better).word == "inconclusive"
        assert_scores(found, at_least=seen_worse, on_inconclusive="allow")
    assert len(told) == 2


@pytest.mark.usefixtures("folder")
def test_scores_from_above_are_those_of_metrics_where_lower_is_better() -> None:
    found = evaluate(good, ROWS, metrics=["pii_leak", "latency"])
    assert assert_scores(found, at_most={"pii_leak": 0.2}).word == "pass"
    with pytest.raises(InputError, match="quantile"):
        assert_scores(found, at_most={"latency": 4})


@pytest.mark.usefixtures("folder")
def test_limits_that_say_nothing_are_refused() -> None:
    found = evaluate(good, ROWS, metrics=["exact_match"])
    with pytest.raises(InputError, match="needs a limit: at_least="):
        assert_scores(found)
    with pytest.raises(InputError, match=r"'exact_mach'.*did you mean 'exact_match'"):
        assert_scores(found, at_least={"exact_mach": 0.5})
    for limit in (float("nan"), float("inf"), "0.7", True):
        with pytest.raises(InputError, match=r"at_least of 'exact_match' is .*: write a number"):
            assert_scores(found, at_least={"exact_match": limit})  # type: ignore[dict-item]
    with pytest.raises(InputError, match="unknown on_inconclusive 'extend'"):
        assert_scores(found, at_least={"exact_match": 0.5}, on_inconclusive="extend")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="unknown on_inconclusive 'blok'; did you mean 'block'"):
        assert_scores(found, at_least={"exact_match": 0.5}, on_inconclusive="blok")  # type: ignore[arg-type]


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
