from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.gates import decide, estimate_run
from genaiops.records import CaseScores, Verdict
from tests.gates.build import (
    ANSWER_F1,
    ANSWER_OK,
    LATENCY,
    PII_LEAK,
    accepted,
    clustered,
    gate,
    merged,
    no_worse,
    run_of,
)
from tests.stats.strategies import few

TOO_FEW = (
    "8 clusters of cases are too few to tell chance from change: 10 are the least, 30 are good."
)


def verdict(rows: list[float], before: list[float], size: int, margin: float = 0.1) -> Verdict:
    candidate, baseline = (clustered(run_of(ANSWER_F1, each), size) for each in (rows, before))
    rule = no_worse(margin, ANSWER_F1)
    return decide([rule], candidate, accepted(baseline), policy="block").verdicts[0]


@pytest.mark.parametrize(
    ("info", "fields"),
    [
        (ANSWER_OK, {"no_worse_than": "baseline", "margin": 0.1}),
        (ANSWER_OK, {"at_least": 0.5}),
        (ANSWER_OK, {"at_least": 0.5, "quantile": 0.5}),
        (ANSWER_F1, {"no_worse_than": "baseline", "margin": 0.1}),
    ],
)
def test_too_few_clusters_decide_nothing(info: Any, fields: dict[str, Any]) -> None:
    run = clustered(run_of(info, [1.0] * 80), 10)
    found = decide([gate(info, **fields)], run, accepted(run), policy="block").verdicts[0]
    assert (found.word, found.sentence) == ("inconclusive", TOO_FEW)
    assert found.to_decide == "cases of 10 clusters, better of 30"
    alone = run_of(info, [1.0] * 80)
    assert decide([gate(info, **fields)], alone, accepted(alone), policy="block").word == "pass"


def test_one_cluster_is_singular() -> None:
    assert verdict([1.0] * 40, [1.0] * 40, 40).sentence.startswith("1 cluster of cases is too few")


def test_few_clusters_are_judged_with_a_note() -> None:
    run = clustered(run_of(ANSWER_OK, [1.0] * 60), 5)
    found = decide([gate(ANSWER_OK, at_least=0.5)], run, policy="block")
    assert (found.word, found.verdicts[0].estimate.clusters) == ("pass", 12)
    assert found.notes == (
        "12 clusters of cases are few, and verdicts from them less sure than they say: 30 are good",
    )
    enough = clustered(run_of(ANSWER_OK, [1.0] * 60), 2)
    assert decide([gate(ANSWER_OK, at_least=0.5)], enough, policy="block").notes == ()


def test_a_drop_of_whole_clusters_is_less_certain_than_one_of_as_many_cases() -> None:
    before = [1.0] * 120
    rows = [0.0] * 8 + [1.0] * 112
    together, apart = verdict(rows, before, 4), verdict(rows, before, 1)
    assert (apart.word, together.word) == ("fail", "inconclusive")
    assert together.difference is not None
    assert (together.difference.clusters, together.difference.method) == (30, "clusters")
    assert apart.difference is not None
    assert apart.difference.clusters is None


def test_cases_without_a_cluster_are_clusters_of_their_own() -> None:
    cases = [
        CaseScores(case_id=str(i), cluster=cluster, scores={"answer_ok": (1.0,)})
        for i, cluster in enumerate(["a", "a", "b", None, None])
    ]
    rules = [gate(ANSWER_OK, at_least=0.5)]
    found = decide(rules, merged(ANSWER_OK, cases), policy="block").verdicts[0]
    assert found.estimate.clusters == 4
    apart = decide(rules, merged(ANSWER_OK, cases[1:]), policy="block").verdicts[0]
    assert (apart.estimate.clusters, apart.estimate.method) == (None, "clopper-pearson")


def test_what_a_pass_takes_is_told_in_clusters() -> None:
    found = verdict([1.0] * 90, [1.0] * 90, 3, margin=0.05)
    assert (found.word, found.n_needed) == ("inconclusive", 177)
    assert found.to_decide == "about 59 clusters of cases"


def test_a_count_is_observed_whatever_the_clusters() -> None:
    run = clustered(run_of(PII_LEAK, [0.0] * 79 + [1.0]), 10)
    found = decide([gate(PII_LEAK, max_cases=0)], run, policy="block").verdicts[0]
    assert (found.word, found.estimate.method) == ("fail", "clusters")
    assert found.estimate.high is not None
    assert found.estimate.high > 0.25


def test_a_report_estimates_by_clusters_too() -> None:
    rows = [0.0] * 30 + [1.0] * 30
    apart, together = (
        estimate_run(run)[0].estimate
        for run in (run_of(ANSWER_OK, rows), clustered(run_of(ANSWER_OK, rows), 5))
    )
    assert together.value == apart.value
    assert (together.low or 0) < (apart.low or 0) < (apart.high or 1) < (together.high or 1)
    latency = estimate_run(clustered(run_of(LATENCY, rows), 5))[0].estimate
    assert (latency.value, latency.low, latency.high, latency.clusters) == (0.0, None, None, 12)


@few
@given(
    values=st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=24, max_size=60),
    lost=st.sets(st.integers(0, 59), max_size=4),
)
def test_missing_scores_of_clusters_only_take_certainty(
    values: list[float], lost: set[int]
) -> None:
    rows = [None if place in lost else value for place, value in enumerate(values)]
    baseline = accepted(clustered(run_of(ANSWER_F1, [0.5] * len(values)), 2))
    for rule in (no_worse(0.2, ANSWER_F1), gate(ANSWER_F1, at_least=0.4)):
        whole, less = (
            decide([rule], clustered(run_of(ANSWER_F1, each), 2), baseline, policy="allow")
            for each in (values, rows)
        )
        assert less.word in {whole.word, "inconclusive"}


def test_rare_breakage_of_whole_clusters_is_not_waved_through() -> None:
    """45 clusters of 3, each broken with a chance of the margin: t alone passes 10 % of these."""
    generator = np.random.default_rng(3)
    passed, runs = 0, 150
    for _ in range(runs):
        broken = np.repeat(generator.random(45) < 0.05, 3)
        rows = np.where(broken, 0.0, 1.0).tolist()
        passed += verdict(rows, [1.0] * 135, 3, margin=0.05).word == "pass"
    assert passed / runs <= 0.06
