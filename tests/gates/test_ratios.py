from collections.abc import Sequence

import pytest

from genaiops.evaluations.reports.figures import difference_text
from genaiops.gates import decide
from genaiops.records import MetricInfo, Verdict
from tests.gates.build import LATENCY, accepted, clustered, gate, run_of

SPEED = LATENCY.model_copy(update={"name": "speed", "direction": "higher", "unit": "score"})
BEFORE = [1.0 + 0.1 * (place % 5) for place in range(40)]


def judged(
    after: Sequence[float | None],
    before: Sequence[float | None] = BEFORE,
    *,
    margin_ratio: float = 1.2,
    info: MetricInfo = LATENCY,
) -> Verdict:
    rule = gate(info, no_worse_than="baseline", margin_ratio=margin_ratio)
    candidate, baseline = (run_of(info, list(each)) for each in (after, before))
    return decide([rule], candidate, accepted(baseline), policy="block").verdicts[0]


def noisy(factor: float) -> list[float]:
    return [factor * value * (1.02 if place % 2 else 0.98) for place, value in enumerate(BEFORE)]


def test_a_small_rise_is_tolerated() -> None:
    found = judged(noisy(1.05))
    assert (found.word, found.margin_ratio, found.margin) == ("pass", 1.2, None)
    assert found.gate == "latency no_worse_than baseline, margin_ratio 1.2"
    assert found.sentence == (
        "0 better, 40 worse. A rise is proven, but a rise of 20% or more is ruled out."
    )
    assert found.difference is not None
    assert found.difference.value == pytest.approx(1.05, abs=1e-3)
    assert difference_text(found.difference, LATENCY) == "+5.0% [+4.4, +5.5]"


def test_a_large_rise_fails() -> None:
    found = judged(noisy(1.4))
    assert (found.word, found.sentence) == ("fail", "0 better, 40 worse. A rise is proven.")


def test_less_is_an_improvement() -> None:
    assert judged(noisy(0.8)).sentence == "40 better, 0 worse. An improvement is proven."


def test_where_higher_is_better_the_arms_change_places() -> None:
    found = judged(noisy(0.7), info=SPEED)
    assert found.word == "fail"
    assert found.sentence == "0 better, 40 worse. A drop is proven."
    assert found.difference is not None
    assert found.difference.value == pytest.approx(0.7, abs=1e-3)
    assert judged(noisy(1.1), info=SPEED).word == "pass"


def test_few_noisy_cases_stay_open_and_say_how_many_would_do() -> None:
    before = [1.0] * 6
    found = judged([0.5, 2.0, 1.0, 1.4, 0.7, 1.1], before)
    assert (found.word, found.blocks) == ("inconclusive", True)
    assert found.sentence.endswith("A rise of over 20% is still possible.")
    assert found.n_needed is not None
    assert found.n_needed > 6


def test_in_clusters_it_is_clusters_that_are_told() -> None:
    rule = gate(LATENCY, no_worse_than="baseline", margin_ratio=1.2)
    after = run_of(LATENCY, [1.5, 1.9, 0.5, 0.6, 0.8, 1.3] * 4)
    runs = [clustered(each, 2) for each in (after, run_of(LATENCY, [1.0] * 24))]
    found = decide([rule], runs[0], accepted(runs[1]), policy="block").verdicts[0]
    assert found.word == "inconclusive"
    assert found.to_decide == "about 56 clusters of cases"
    assert found.n_needed == 112


def test_where_an_unchanged_candidate_would_pass_the_rise_that_was_seen_is_planned() -> None:
    found = judged([0.95, 1.05] * 11 + [2.5] * 2, [1.0] * 24, margin_ratio=1.15)
    assert found.word == "inconclusive"
    assert found.to_decide == "about 104 cases"


def test_where_half_of_the_cases_reach_the_margin_no_number_of_cases_helps() -> None:
    found = judged([0.9, 1.3, 0.95, 1.25] * 8, [1.0] * 32, margin_ratio=1.15)
    assert found.word == "inconclusive"
    assert found.to_decide == "no number of cases would: too many cases reach the margin"


def test_no_number_of_cases_helps_where_the_ratio_reaches_the_margin() -> None:
    found = judged([1.6, 0.9, 2.0, 1.0], [1.0] * 4)
    assert found.to_decide == "no number of cases would: the observed rise reaches the margin"


@pytest.mark.parametrize("side", ["candidate", "baseline"])
def test_a_missing_amount_leaves_it_open(side: str) -> None:
    partly = [None, *BEFORE[1:]]
    after, before = (partly, BEFORE) if side == "candidate" else (BEFORE, partly)
    found = judged(after, before)
    assert (found.word, found.p_fail) == ("inconclusive", 1.0)
    assert found.sentence == "1 case lacks a score; a ratio takes all of them."
    assert found.to_decide == "score the 1 case with missing scores"


def test_a_case_that_took_nothing_has_no_ratio() -> None:
    found = judged([0.0, *BEFORE[1:]])
    assert (found.word, found.sentence) == (
        "inconclusive",
        "A case failed or took nothing in one of the runs, which has no ratio; use a quantile.",
    )


def test_one_case_is_too_few() -> None:
    assert judged([1.0], [1.0]).sentence == "1 case is too few for a ratio."
