from statistics import mean
from typing import Any

import numpy as np
import pytest

from genaiops.gates import decide
from genaiops.gates.baselines import answers_digest
from genaiops.records import (
    AnsweredRun,
    Calibration,
    Decision,
    LabelledAnswer,
    MetricInfo,
    RunScores,
    Verdict,
)
from genaiops.specs.evaluation import GateSpec
from tests.gates.build import accepted, clustered, gate, merged, no_worse, run_of, tagged

JUDGE = MetricInfo(
    name="helpful",
    metric="judges/helpful",
    low=0,
    high=1,
    direction="higher",
    binary=True,
    digest="fingerprint",
    judge="gpt-4o-mini",
)
GRADING = JUDGE.model_copy(update={"binary": False})
OVERLAP = JUDGE.model_copy(update={"judge": None})


def world(
    n: int = 400, *, good: float = 0.8, spec: float = 0.7, seed: int = 1
) -> tuple[list[float], list[float]]:
    """What people say of answers, and what a judge with a sensitivity of .92 does."""
    generator = np.random.default_rng(seed)
    people = (generator.random(n) < good).astype(float)
    chance = generator.random(n)
    judge = np.where(people > 0, chance < 0.92, chance >= spec).astype(float)
    return [float(each) for each in people], [float(each) for each in judge]


def calibration(
    people: list[float], judge: list[float], *, run: str = "old", **fields: Any
) -> Calibration:
    labels = tuple(
        LabelledAnswer(case_id=f"c{i}", run=run, people=(said,), judge=score)
        for i, (said, score) in enumerate(zip(people, judge, strict=True))
    )
    named = {*(each.run for each in fields.get("labels", labels))}
    given = {
        "runs": [AnsweredRun(id=each, mark=run_of(JUDGE, [], id=each).run.mark) for each in named],
        "eval": "assistant", "metric": "helpful", "fingerprint": "fingerprint",
        "low": 0, "high": 1, "is_random": True, "labels": labels, **fields,
    }  # fmt: skip
    return Calibration.model_validate(given)


def judged(
    rule: GateSpec, run: RunScores, known: Calibration | None, base: RunScores | None = None
) -> Verdict:
    return decision(rule, run, known, base).verdicts[0]


def decision(
    rule: GateSpec, run: RunScores, known: Calibration | None, base: RunScores | None = None
) -> Decision:
    return decide(
        [rule],
        run,
        None if base is None else accepted(base),
        policy="block",
        calibrations={} if known is None else {"helpful": known},
    )


AT_LEAST = gate(JUDGE, at_least=0.7)


def test_a_judge_nobody_calibrated_is_advisory_and_says_so() -> None:
    found = decision(AT_LEAST, run_of(JUDGE, [0.0] * 100), None)
    verdict = found.verdicts[0]
    assert verdict.word == "fail"
    assert (verdict.tier, verdict.calibration) == ("advisory", "uncalibrated")
    assert verdict.sentence.startswith("UNCALIBRATED (no labels of people yet")
    assert not found.blocked


def test_a_tier_that_is_said_stays() -> None:
    rule = gate(JUDGE, at_least=0.7, tier="blocking")
    found = decision(rule, run_of(JUDGE, [0.0] * 100), None)
    assert found.verdicts[0].tier == "blocking"
    assert found.verdicts[0].sentence.startswith("UNCALIBRATED")
    assert found.blocked


def test_a_metric_that_asks_no_model_says_nothing_of_it() -> None:
    verdict = judged(gate(OVERLAP, at_least=0.7), run_of(OVERLAP, [1.0] * 100), None)
    assert verdict.tier == "blocking"
    assert verdict.calibration is None
    assert "CALIBRATED" not in verdict.sentence


def test_labels_of_these_answers_correct_a_lenient_judge() -> None:
    people, judge = world(spec=0.4)
    run = run_of(JUDGE, judge)
    verdict = judged(AT_LEAST, run, calibration(people[:200], judge[:200], run="r1"))
    assert mean(judge) > 0.83
    assert verdict.estimate.value == pytest.approx(mean(people), abs=0.04)
    assert verdict.estimate.method == "ppi"
    assert (verdict.tier, verdict.calibration) == ("blocking", "calibrated")
    assert "200 of these 400 answers are labelled" in verdict.sentence


def test_labels_of_other_answers_correct_as_well_and_the_sentence_says_what_is_assumed() -> None:
    people, judge = world(4000)
    worse, seen = world(4000, good=0.5, seed=2)
    verdict = judged(AT_LEAST, run_of(JUDGE, seen), calibration(people, judge))
    assert mean(seen) > 0.56
    assert verdict.estimate.value == pytest.approx(mean(worse), abs=0.05)
    assert verdict.word == "fail"
    assert "The labels are of other answers" in verdict.sentence


SAME = {"dataset": "d", "flow assistant": "f"}


def labelled_elsewhere(people: list[float], judge: list[float]) -> Calibration:
    """Labels of a run `old`, with what its answers came from."""
    old = run_of(JUDGE, judge, id="old", digests=SAME)
    told = AnsweredRun(id="old", mark=old.run.mark, answers=answers_digest(old))
    return calibration(people, judge, runs=[told])


def test_the_same_calls_code_and_cases_are_the_same_answers_in_another_run() -> None:
    people, judge = world()
    known = labelled_elsewhere(people, judge)
    verdict = judged(AT_LEAST, run_of(JUDGE, judge, id="new", digests=SAME), known)
    assert "400 of these 400 answers are labelled" in verdict.sentence
    assert verdict.estimate.value == pytest.approx(mean(people))


def test_labels_of_a_run_that_shares_a_part_of_its_answers_are_no_random_part_of_these() -> None:
    people, judge = world()
    known = labelled_elsewhere(people, judge)
    run = run_of(JUDGE, judge, id="new", digests=SAME)
    changed = [case.model_copy(update={"calls": "others"}) for case in run.cases[200:]]
    partly = merged(JUDGE, [*run.cases[:200], *changed], digests=SAME)
    assert "The labels are of other answers" in judged(AT_LEAST, partly, known).sentence
    other_code = run_of(JUDGE, judge, id="new", digests={**SAME, "python tone": "p"})
    assert "The labels are of other answers" in judged(AT_LEAST, other_code, known).sentence


def test_a_run_of_the_same_id_in_another_place_is_another_one() -> None:
    people, judge = world()
    known = calibration(people[:200], judge[:200], run="r1")
    elsewhere = run_of(JUDGE, judge, started_at="2026-11-21T00:00:00+00:00")
    assert "of these 400 answers" in judged(AT_LEAST, run_of(JUDGE, judge), known).sentence
    assert "The labels are of other answers" in judged(AT_LEAST, elsewhere, known).sentence


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"fingerprint": "another"}, "the judge is not the one that was calibrated"),
        ({"is_random": False}, "its labels are no random sample"),
    ],
)
def test_what_does_not_hold_is_never_used(changes: dict[str, Any], told: str) -> None:
    people, judge = world()
    verdict = judged(AT_LEAST, run_of(JUDGE, judge), calibration(people, judge, **changes))
    assert (verdict.tier, verdict.calibration) == ("advisory", "uncalibrated")
    assert f"UNCALIBRATED ({told}" in verdict.sentence
    assert verdict.estimate.value == pytest.approx(mean(judge))


def test_99_labels_are_too_few_and_100_are_enough() -> None:
    people, judge = world()
    run = run_of(JUDGE, judge)
    few = judged(AT_LEAST, run, calibration(people[:99], judge[:99]))
    assert "99 labels, 100 are the least" in few.sentence
    assert judged(AT_LEAST, run, calibration(people[:100], judge[:100])).tier == "blocking"


def test_a_judge_that_agrees_too_little_stays_advisory() -> None:
    people, _ = world()
    _, other = world(seed=9, good=0.5)
    verdict = judged(AT_LEAST, run_of(JUDGE, other), calibration(people, other))
    assert "people and judge agree too little" in verdict.sentence
    assert verdict.tier == "advisory"


def test_labels_of_both_arms_find_a_drop_that_the_judge_hides() -> None:
    generator = np.random.default_rng(4)
    was = generator.random(600) < 0.8
    now = was & (generator.random(600) > 0.15)
    before = np.where(was, generator.random(600) < 0.92, generator.random(600) >= 0.7)
    after = np.where(now, generator.random(600) < 0.97, generator.random(600) >= 0.3)
    runs = [
        run_of(JUDGE, [float(each) for each in scores], id=name)
        for name, scores in (("new", after), ("old", before))
    ]
    labels = [
        LabelledAnswer(case_id=f"c{i}", run=run, people=(float(said[i]),), judge=float(scores[i]))
        for run, said, scores in (("new", now, after), ("old", was, before))
        for i in range(150)
    ]
    known = calibration([], [], labels=tuple(labels))
    rule = no_worse(0.05, JUDGE, tier="blocking")
    alone = judged(rule, runs[0], None, runs[1])
    verdict = judged(rule, runs[0], known, runs[1])
    assert alone.word == "pass"
    assert verdict.word == "fail"
    assert "150 of 600 pairs of answers are labelled" in verdict.sentence
    assert verdict.difference is not None
    assert verdict.difference.value == pytest.approx(float(now.mean() - was.mean()), abs=0.04)


def test_without_labels_of_both_arms_the_margin_shrinks_to_what_the_judge_shows() -> None:
    people, judge = world(2000)
    base = run_of(JUDGE, judge, id="old")
    verdict = judged(
        no_worse(0.05, JUDGE), run_of(JUDGE, judge, id="new"), calibration(people, judge), base
    )
    assert "Of a difference it shows 61%, so the margin is 3.06 points" in verdict.sentence
    assert verdict.word == "pass"
    assert verdict.margin == 0.05


def test_other_rules_than_means_stay_uncalibrated() -> None:
    people, judge = world()
    run, known = run_of(JUDGE, judge), calibration(people, judge)
    counts = judged(gate(JUDGE, max_cases=3), run, known)
    assert counts.tier == "advisory"
    assert "no other rule" in counts.sentence
    of_topic = tagged(run, ["a", "b"] * 200)
    sliced = judged(gate(JUDGE, at_least=0.7, slice="topic"), of_topic, known)
    assert sliced.calibration == "uncalibrated"
    assert all(part.sentence.startswith("UNCALIBRATED") for part in sliced.slices)


def test_a_metric_without_a_model_is_corrected_where_it_was_calibrated() -> None:
    people, judge = world(spec=0.4)
    verdict = judged(
        gate(OVERLAP, at_least=0.7), run_of(OVERLAP, judge), calibration(people, judge, run="r1")
    )
    assert verdict.calibration == "calibrated"
    assert verdict.estimate.value == pytest.approx(mean(people))


def test_clusters_widen_the_interval() -> None:
    people, judge = world()
    run, known = run_of(JUDGE, judge), calibration(people[:200], judge[:200], run="r1")
    alone = judged(AT_LEAST, run, known)
    together = judged(AT_LEAST, clustered(run, 8), known)
    assert together.estimate.value == pytest.approx(alone.estimate.value)
    assert width(together) > 1.1 * width(alone)


def width(verdict: Verdict) -> float:
    shown = verdict.estimate
    assert shown.low is not None
    assert shown.high is not None
    return shown.high - shown.low


def test_missing_scores_of_the_judge_count_at_both_ends() -> None:
    people, judge = world()
    known = calibration(people[:200], judge[:200])
    whole = judged(AT_LEAST, run_of(JUDGE, judge), known)
    gaps = [None if i % 10 == 0 else score for i, score in enumerate(judge)]
    some = judged(AT_LEAST, run_of(JUDGE, gaps), known)
    assert width(some) > width(whole)
    assert "lack scores" in some.sentence


def lenient_world(n: int = 400) -> tuple[list[float], list[float]]:
    """Good answers, and a judge of whose differences only a part is believed."""
    return world(n, good=0.93, spec=0.45, seed=5)


def without(judge: list[float], first: int) -> list[float | None]:
    """The scores with every second one missing from a place on."""
    return [None if i >= first and i % 2 else score for i, score in enumerate(judge)]


def test_no_label_speaks_for_an_answer_that_is_missing() -> None:
    people, judge = lenient_world()
    known = calibration(people[:200], judge[:200], run="r1")
    verdict = judged(AT_LEAST, run_of(JUDGE, without(judge, 200)), known)
    assert verdict.estimate.missing == 100
    assert verdict.estimate.low is not None
    assert verdict.estimate.low < 0.75 * mean(people)
    assert verdict.estimate.value == pytest.approx(0.75 * mean(people), abs=0.02)
    assert verdict.estimate.high == pytest.approx(0.25 + 0.75 * mean(people), abs=0.06)
    assert verdict.word == "inconclusive"


def test_no_label_of_other_answers_speaks_for_one_that_is_missing() -> None:
    people, judge = world(600, good=0.9, spec=0.9, seed=3)
    kind = [0.4 + 0.6 * score for score in judge]  # even of bad answers it makes much
    known = calibration(people, kind)
    verdict = judged(AT_LEAST, run_of(GRADING, without(kind, 0)), known)
    assert verdict.estimate.value == pytest.approx(0.5 * mean(people), abs=0.02)


def test_a_pair_that_is_missing_is_the_largest_drop() -> None:
    people, judge = lenient_world()
    runs = [run_of(JUDGE, without(judge, 200), id="new"), run_of(JUDGE, judge, id="old")]
    labels = [
        LabelledAnswer(case_id=f"c{i}", run=run, people=(people[i],), judge=judge[i])
        for run in ("new", "old")
        for i in range(200)
    ]
    known = calibration([], [], labels=tuple(labels))
    found = judged(no_worse(0.05, JUDGE), runs[0], known, runs[1]).difference
    assert found is not None
    assert found.value == pytest.approx(-0.25)


def test_lower_is_better_is_corrected_alike() -> None:
    hazard = JUDGE.model_copy(update={"direction": "lower"})
    people, judge = world(good=0.2, spec=0.9)
    verdict = judged(
        gate(hazard, at_most=0.3), run_of(hazard, judge), calibration(people, judge, run="r1")
    )
    assert verdict.word == "pass"
    assert verdict.estimate.value == pytest.approx(mean(people))


def test_a_run_without_the_metric_on_any_case_is_open() -> None:
    people, judge = world()
    empty = merged(JUDGE, [])
    assert judged(AT_LEAST, empty, calibration(people, judge)).word == "inconclusive"
