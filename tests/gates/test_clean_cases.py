from typing import Any

import pytest

from genaiops.gates import can_pass, decide
from genaiops.gates.sample import Sample
from genaiops.records import MetricInfo, RunScores
from tests.gates.build import (
    ANSWER_F1,
    ANSWER_OK,
    LATENCY,
    PII_LEAK,
    RATING,
    accepted,
    gate,
    no_worse,
    run_of,
)


@pytest.mark.parametrize(
    ("info", "fields", "least"),
    [
        (ANSWER_OK, {"no_worse_than": "baseline", "margin": 0.02}, 149),
        (ANSWER_OK, {"no_worse_than": "baseline", "margin": 0.05}, 59),
        (ANSWER_OK, {"no_worse_than": "baseline", "margin": 0.10}, 29),
        (ANSWER_OK, {"at_least": 0.9}, 29),
        (PII_LEAK, {"at_most": 0.01}, 299),
        (LATENCY, {"at_most": 4, "quantile": 0.95}, 59),
    ],
)
def test_the_least_number_of_cases_passes_and_one_less_does_not(
    info: MetricInfo, fields: dict[str, Any], least: int
) -> None:
    rule = gate(info, **fields)
    assert can_pass(rule, info, Sample(least)) is None
    warning = can_pass(rule, info, Sample(least - 1))
    assert warning is not None
    assert f"cannot pass with {least - 1} cases; {least} could" in warning
    best = 1.0 if info.direction == "higher" else 0.0
    for cases, word in ((least, "pass"), (least - 1, "inconclusive")):
        run = run_of(info, [best] * cases)
        assert decide([rule], run, accepted(run), policy="allow").word == word


def test_the_warning_names_the_gate() -> None:
    assert can_pass(no_worse(0.02, ANSWER_F1), ANSWER_F1, Sample(60)) == (
        "answer_f1 no_worse_than baseline, margin 0.02: "
        "an unchanged candidate cannot pass with 60 cases; 149 could"
    )


def test_a_margin_counts_in_the_units_of_the_metric() -> None:
    warning = can_pass(no_worse(0.4, RATING), RATING, Sample(28))
    assert warning is not None
    assert warning.endswith("cannot pass with 28 cases; 29 could")


def test_some_gates_cannot_pass_with_any_number_of_cases() -> None:
    for rule in (gate(ANSWER_OK, at_least=1.0), no_worse(0.0, ANSWER_OK)):
        warning = can_pass(rule, ANSWER_OK, Sample(1000))
        assert warning is not None
        assert warning.endswith("cannot pass with any number of cases")


def test_an_observed_gate_can_always_pass() -> None:
    assert can_pass(gate(PII_LEAK, max_cases=0), PII_LEAK, Sample(1)) is None


def test_too_few_clusters_prove_nothing_however_many_cases_they_hold() -> None:
    rule = gate(ANSWER_OK, at_least=0.5)
    assert can_pass(rule, ANSWER_OK, Sample(80, clusters=10, largest=8)) is None
    assert can_pass(rule, ANSWER_OK, Sample(80, clusters=8, largest=10)) == (
        "answer_ok at_least 0.5: cannot pass with 80 cases in 8 clusters of up to 10; "
        "about 100 in such clusters could"
    )
    told = can_pass(rule, ANSWER_OK, Sample(80, clusters=1, largest=80))
    assert told is not None
    assert told.endswith("cannot pass with 80 cases in 1 cluster; about 800 in such clusters could")


def test_the_largest_cluster_weighs_on_what_clusters_prove() -> None:
    rule, even = no_worse(0.05), Sample(160, clusters=80, largest=2)
    assert can_pass(rule, ANSWER_OK, even) is None
    told = can_pass(rule, ANSWER_OK, Sample(160, clusters=80, largest=20))
    assert told is not None
    assert told.endswith("160 cases in 80 clusters of up to 20; about 1145 in such clusters could")


def in_clusters(run: RunScores, sizes: list[int]) -> RunScores:
    """The run with clusters of these sizes, in a row."""
    names = [f"k{place}" for place, size in enumerate(sizes) for _ in range(size)]
    cases = zip(run.cases, names, strict=True)
    named = tuple(case.model_copy(update={"cluster": name}) for case, name in cases)
    return RunScores(run=run.run, cases=named)


@pytest.mark.parametrize(
    ("sizes", "passes"),
    [([4] * 60, True), ([4] * 57, False), ([4] + [1] * 170, False), ([4] + [1] * 240, True)],
)
def test_a_warning_in_clusters_is_what_the_gate_says(*, sizes: list[int], passes: bool) -> None:
    rule, sample = no_worse(0.05), Sample(sum(sizes), len(sizes), max(sizes))
    assert (can_pass(rule, ANSWER_OK, sample) is None) is passes
    run = in_clusters(
        run_of(ANSWER_OK, [1.0, 0.0] * (sample.cases // 2) + [1.0] * (sample.cases % 2)), sizes
    )
    again = run.model_copy(
        update={"run": run.run.model_copy(update={"digests": {"dataset": "d1", "x": "y"}})}
    )
    found = decide([rule], run, accepted(again), policy="allow").verdicts[0]
    assert (found.word == "pass") is passes


def test_a_low_rate_says_how_many_clean_cases_it_takes() -> None:
    rule, clean = gate(PII_LEAK, at_most=0.001), run_of(PII_LEAK, [0.0] * 60)
    found = decide([rule], clean, policy="block").verdicts[0]
    assert found.sentence == (
        "0.0% was seen; above 0.1% is still possible. At most 0.1% takes 2,995 clean cases."
    )
    assert found.n_needed == 2995
