from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genaiops.records import CaseScores, Looks, RunScores
from genaiops.stats import Counts, Proofs, Split, Units, paired_binary
from tests.gates.build import (
    ANSWER_F1,
    ANSWER_OK,
    LATENCY,
    PII_LEAK,
    clustered,
    gate,
    joined,
    no_worse,
    run_of,
    tagged,
)
from tests.gates.sequences import decided, followed, planned, watching

MARGIN = no_worse(0.05)
CAP = 421
"""The cases with which an unchanged candidate of the noisy world passes four times of five."""


@dataclass(frozen=True, slots=True)
class World:
    """0/1 scores of a baseline that is right in 85 of 100 draws, and a candidate that changed.

    In a sparse world answers change by the drop alone.
    """

    drop: float
    is_sparse: bool = False

    def draw(self, seed: int, n: int = CAP) -> tuple[RunScores, RunScores]:
        candidate, baseline = self.scores(np.random.default_rng(seed), (n,))
        return run_of(ANSWER_OK, candidate.tolist()), run_of(ANSWER_OK, baseline.tolist())

    def scores(
        self, generator: np.random.Generator, shape: tuple[int, ...]
    ) -> tuple[np.ndarray, np.ndarray]:
        chance = generator.beta(1.7, 0.3, shape)
        if self.is_sparse:
            chance = (chance > 0.5).astype(float)
        changed = generator.random(shape) < (
            self.drop / 0.85 if self.drop > 0 else -self.drop / 0.15
        )
        after = np.where(changed, float(self.drop < 0), chance)
        return (
            (generator.random(shape) < after).astype(float),
            (generator.random(shape) < chance).astype(float),
        )


def test_a_clear_drop_stops_early_and_fails() -> None:
    decision, looks = followed([MARGIN], *World(0.3).draw(1))
    assert (decision.word, decision.blocked, looks.end) == ("fail", True, "decided")
    assert looks.cases < CAP / 4
    assert looks.made == looks.cases / 16
    shown = decision.verdicts[0].difference
    assert shown is not None
    assert shown.high is not None
    assert (shown.method, shown.n, shown.high < 0) == ("sequence", looks.cases, True)


def test_a_clear_improvement_stops_early_and_passes() -> None:
    rows = ([1.0] * CAP, [float(place % 5 > 0) for place in range(CAP)])
    decision, looks = followed([MARGIN], *(run_of(ANSWER_OK, row) for row in rows))
    assert (decision.word, looks.end) == ("pass", "decided")
    assert looks.cases < CAP / 2
    assert "An improvement is proven." in decision.verdicts[0].sentence


def test_at_the_end_the_gates_own_test_decides_with_the_rest_of_the_error() -> None:
    same = run_of(ANSWER_OK, [1.0] * 100)
    decision, looks = followed([MARGIN], same, run_of(ANSWER_OK, [1.0] * 100))
    assert (decision.word, looks.end, looks.cases) == ("pass", "whole", 100)
    few = run_of(ANSWER_OK, [1.0] * 60)  # 59 are enough at 5%, but 66 at 3.5%
    open_, _ = followed([MARGIN], few, run_of(ANSWER_OK, [1.0] * 60))
    assert open_.word == "inconclusive"


def test_nothing_is_looked_at_after_the_end() -> None:
    candidate, baseline = World(0.3).draw(1)
    watched = watching([MARGIN], candidate, baseline)
    by_id = {case.case_id: case for case in candidate.cases}
    ends = [watched.look([by_id[case_id] for case_id in ids]) for ids in watched.batches(16)]
    first = next(place for place, looks in enumerate(ends) if looks)
    assert followed([MARGIN], candidate, baseline)[1].made == first + 1


@settings(max_examples=3, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_lines_makes_no_difference(random: object) -> None:
    candidate, baseline = World(0.15).draw(3, 120)
    shuffled = [*candidate.cases]
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    again = RunScores(run=candidate.run, cases=tuple(shuffled))
    assert followed([MARGIN], again, baseline) == followed([MARGIN], candidate, baseline)


def test_a_stopped_run_is_judged_again_as_it_was() -> None:
    candidate, baseline = World(0.3).draw(1)
    decision, looks = followed([MARGIN], candidate, baseline)
    order = [
        case_id for ids in watching([MARGIN], candidate, baseline).batches(1) for case_id in ids
    ]
    seen = [case for case in candidate.cases if case.case_id in order[: looks.cases]]
    assert decided([MARGIN], candidate, seen, looks, baseline) == decision


def test_what_was_saved_is_told_and_cases_left_out_are_not_called_missing() -> None:
    candidate, baseline = World(0.3).draw(1)
    cost = {"made_calls": 64, "usage": candidate.run.usage.model_copy(update={"cost_usd": 0.64})}
    paid = RunScores(run=candidate.run.model_copy(update=cost), cases=candidate.cases)
    decision, looks = followed([MARGIN], paid, baseline)
    left = CAP - looks.cases
    calls = round(64 * left / looks.cases)
    assert decision.notes[0] == (
        f"stopped after {looks.cases} of {CAP} cases: {calls} calls and about "
        f"${calls / 100:.2f} not spent"
    )
    assert decision.notes[1].startswith(f"judged in sequence, by {looks.made} looks")
    assert len(decision.notes) == 2


def test_what_no_case_can_decide_any_more_is_futile() -> None:
    rows = ([1.0, 0.0] * 100, [0.0, 1.0] * 100)
    decision, looks = followed([no_worse(0.02)], *(run_of(ANSWER_OK, row) for row in rows))
    assert (decision.word, looks.end) == ("inconclusive", "futile")
    assert "going on was unlikely to decide it" in decision.notes[1]


def test_a_limit_of_a_mean_can_be_decided_early() -> None:
    floor = gate(ANSWER_OK, at_least=0.7)
    broken, looks = followed([floor], run_of(ANSWER_OK, [0.0, 1.0, 0.0] * 100), None)
    assert (broken.word, looks.end) == ("fail", "decided")
    kept, looks = followed([floor], run_of(ANSWER_OK, [1.0] * 300), None)
    assert (kept.word, looks.end) == ("pass", "decided")
    assert looks.cases < 60


def test_a_count_that_is_over_stops_at_once_and_a_good_one_waits_for_all() -> None:
    rule = gate(PII_LEAK, max_cases=0)
    broken, looks = followed([rule], run_of(PII_LEAK, [1.0] * 5 + [0.0] * 95), None)
    assert (broken.word, looks.end) == ("fail", "decided")
    clean, looks = followed([rule], run_of(PII_LEAK, [0.0] * 100), None)
    assert (clean.word, looks.end) == ("pass", "whole")


@pytest.mark.parametrize(
    "rule",
    [
        gate(LATENCY, quantile=0.5, at_most=5),
        gate(LATENCY, no_worse_than="baseline", margin_ratio=1.5),
        no_worse(0.2, slice="topic"),
    ],
)
def test_a_gate_on_all_cases_lets_only_a_fail_come_early(rule: object) -> None:
    def runs(value: float) -> RunScores:
        ok, slow = run_of(ANSWER_OK, [value] * 200), run_of(LATENCY, [1.0] * 200)
        return tagged(joined(ok, slow), ["a", "b"] * 100)

    gates = [MARGIN, rule]
    better, looks = followed(gates, runs(1.0), runs(0.0))  # type: ignore[arg-type]  # GateSpec
    assert looks.end == "whole"
    assert better.verdicts[0].word == "pass"
    worse, looks = followed(gates, runs(0.0), runs(1.0))  # type: ignore[arg-type]  # GateSpec
    assert (worse.word, looks.end) == ("fail", "decided")
    assert worse.verdicts[1].word == "inconclusive"
    assert worse.verdicts[1].sentence == "Judged on all cases only, and not all were run."


def test_a_fail_is_corrected_for_all_that_can_fail_even_before_it_is_looked_at() -> None:
    run = tagged(run_of(ANSWER_OK, [1.0] * 60), ["a", "b", "c"] * 20)
    watched = watching([MARGIN, no_worse(0.2, slice="topic")], run, run)
    (looks,) = filter(None, (watched.look(planned_batch(run, ids)) for ids in watched.batches(16)))
    assert looks.tested == 4


def planned_batch(run: RunScores, ids: tuple[str, ...]) -> list[CaseScores]:
    return [case for case in run.cases if case.case_id in ids]


def test_two_gates_pass_only_together() -> None:
    def runs(ok: list[float], f1: list[float]) -> RunScores:
        return joined(run_of(ANSWER_OK, ok), run_of(ANSWER_F1, f1))

    wobbling = [0.9, 0.1] * 150
    baseline = runs([0.0] * 300, [0.5] * 300)
    gates = [MARGIN, no_worse(0.05, ANSWER_F1)]
    decision, looks = followed(gates, runs([1.0] * 300, wobbling), baseline)
    alone, sooner = followed(gates[:1], runs([1.0] * 300, wobbling), baseline)
    assert (alone.word, sooner.end) == ("pass", "decided")
    assert looks.cases > sooner.cases
    assert decision.verdicts[0].word == "pass"


def test_clusters_are_looked_at_as_wholes_and_ten_are_the_least() -> None:
    worse, better = (clustered(run_of(ANSWER_OK, [value] * 200), 5) for value in (0.0, 1.0))
    decision, looks = followed([MARGIN], worse, better)
    assert (decision.word, looks.end, looks.largest_cluster) == ("fail", "decided", 5)
    assert looks.cases % 5 == 0
    assert looks.cases >= 50
    few, whole = (clustered(run_of(ANSWER_OK, [value] * 40), 5) for value in (0.0, 1.0))
    open_, looks = followed([MARGIN], few, whole)
    assert (open_.word, looks.end) == ("inconclusive", "whole")


def test_a_missing_score_stops_nothing() -> None:
    lost = run_of(ANSWER_OK, [None] * 100)
    decision, looks = followed([MARGIN], lost, run_of(ANSWER_OK, [1.0] * 100))
    assert decision.word == "inconclusive"
    assert looks.end in ("whole", "futile")


def test_too_many_missing_scores_leave_it_open_to_the_end() -> None:
    rows: list[float | None] = [0.0, 0.0, 0.0, None] * 50
    strict = no_worse(0.05, max_missing=0.1)
    decision, looks = followed([strict], run_of(ANSWER_OK, rows), run_of(ANSWER_OK, [1.0] * 200))
    assert (decision.word, looks.end) == ("inconclusive", "whole")
    assert "25.0% of the scores are missing" in decision.verdicts[0].sentence


def test_cases_that_the_baseline_lacks_are_not_used() -> None:
    worse = run_of(ANSWER_OK, [0.0] * 100)
    decision, looks = followed([MARGIN], worse, run_of(ANSWER_OK, [1.0] * 50))
    shown = decision.verdicts[0].difference
    assert shown is not None
    assert shown.n < looks.cases
    assert decision.word == "fail"


def test_planned_cases_hold_no_score() -> None:
    assert all(not case.scores for case in planned(run_of(ANSWER_OK, [1.0])))


def test_looks_are_those_of_batches_of_at_least_so_many_cases() -> None:
    run = run_of(ANSWER_OK, [1.0] * 50)
    assert [len(ids) for ids in watching([MARGIN], run, run).batches(16)] == [16, 16, 16, 2]
    grouped = clustered(run, 5)
    sizes = [len(ids) for ids in watching([MARGIN], grouped, grouped).batches(16)]
    assert sizes == [20, 20, 10]


def test_the_record_of_looks_says_how_it_ended() -> None:
    run = run_of(ANSWER_OK, [1.0] * 10)
    _, looks = followed([MARGIN], run, run)
    assert looks == Looks(made=1, cases=10, end="whole", largest_cluster=1, tested=1)


@pytest.mark.slow
@pytest.mark.parametrize(("drop", "word", "saved"), [(0.2, "fail", 0.75), (0.1, "fail", 0.45)])
def test_clear_drops_save_calls(drop: float, word: str, saved: float) -> None:
    ends = [followed([MARGIN], *World(drop).draw(seed)) for seed in range(40)]
    assert np.mean([decision.word == word for decision, _ in ends]) >= 0.95
    assert 1 - np.mean([looks.cases for _, looks in ends]) / CAP >= saved


@pytest.mark.slow
def test_a_clear_gain_saves_calls() -> None:
    ends = [followed([MARGIN], *World(-0.05).draw(seed)) for seed in range(40)]
    assert np.mean([decision.word == "pass" for decision, _ in ends]) >= 0.95
    assert 1 - np.mean([looks.cases for _, looks in ends]) / CAP >= 0.5


def proofs_of(world: World, cap: int) -> list[Proofs]:
    """All looks of 2,000 gates, each at every case and none stopped: more than any rule claims."""
    after, before = world.scores(np.random.default_rng(4), (2000, cap))
    found: list[Proofs] = []
    for path in after - before:
        counts = Counts(int((path > 0).sum()), int((path < 0).sum()), cap)
        test = paired_binary(counts, counts, margin=0.05, alpha=0.05)
        split = Split.start(margin=0.05, cap=cap)
        found.append(split.updated(Units.of_cases(path, path, lo=-1, hi=1)).proofs(test))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("cap", [60, 200, CAP])
@pytest.mark.parametrize("is_sparse", [False, True], ids=["noisy", "sparse"])
def test_a_drop_of_the_margin_hardly_ever_passes_at_any_look_or_at_the_end(
    cap: int, *, is_sparse: bool
) -> None:
    proofs = proofs_of(World(0.05, is_sparse=is_sparse), cap)
    assert np.mean([each.p_pass <= 0.05 for each in proofs]) <= 0.055


@pytest.mark.slow
@pytest.mark.parametrize("cap", [60, CAP])
def test_an_unchanged_candidate_hardly_ever_fails_at_any_look_or_at_the_end(cap: int) -> None:
    proofs = proofs_of(World(0.0), cap)
    assert np.mean([each.p_fail <= 0.05 for each in proofs]) <= 0.055
