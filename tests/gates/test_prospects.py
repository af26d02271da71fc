from typing import Any

import pytest

from genaiops.gates.noise import ASSUMED, Noise
from genaiops.gates.prospects import Basis, Prospect, prospect
from genaiops.gates.sample import Level, Sample
from genaiops.records import MetricInfo
from tests.gates.build import (
    ANSWER_F1,
    ANSWER_OK,
    LATENCY,
    PII_LEAK,
    RATING,
    gate,
    no_worse,
    run_of,
)

QUIET = Noise(0.0, "repeats", cases=60)


def level_of(info: MetricInfo, rows: list[float | None]) -> Level:
    return Level.of(run_of(info, rows), info)


def limited(info: MetricInfo, rows: list[float | None], **rule: Any) -> Prospect:
    level = level_of(info, rows)
    return prospect(gate(info, **rule), info, Basis(level.sample, level=level))


def test_an_unchanged_candidate_of_sixty_noisy_cases_mostly_stays_open() -> None:
    found = prospect(no_worse(0.05), ANSWER_OK, Basis(Sample(60)))
    assert found.shares is not None
    assert found.shares.passes == pytest.approx(0.211, abs=1e-3)
    assert found.shares.fails == pytest.approx(0.024, abs=1e-3)
    assert found.noise == ASSUMED
    assert found.cases_needed == 421
    assert found.repeats_needed is None


def test_repeats_help_where_the_margin_leaves_room_for_them() -> None:
    found = prospect(no_worse(0.10), ANSWER_OK, Basis(Sample(60)))
    assert found.repeats_needed == 3


def test_an_unchanged_candidate_without_noise_needs_cases_alone() -> None:
    few, enough = (
        prospect(no_worse(0.05), ANSWER_OK, Basis(Sample(cases), noise=QUIET)) for cases in (58, 59)
    )
    assert (few.is_enough, few.cases_needed, few.repeats_needed) == (False, 59, None)
    assert (enough.is_enough, enough.cases_needed) == (True, None)


def test_the_margin_that_a_dataset_holds_is_one_with_which_the_gate_is_enough() -> None:
    basis = Basis(Sample(100), repeats=3)
    found = prospect(no_worse(0.02, ANSWER_F1), ANSWER_F1, basis)
    assert found.margin_held is not None
    assert not found.is_enough
    assert prospect(no_worse(found.margin_held, ANSWER_F1), ANSWER_F1, basis).is_enough


def test_drops_are_told_in_units_of_the_metric() -> None:
    share = prospect(no_worse(0.1, ANSWER_F1), ANSWER_F1, Basis(Sample(100)))
    rating = prospect(no_worse(0.4, RATING), RATING, Basis(Sample(100)))
    assert share.finds is not None
    assert rating.finds == pytest.approx(4 * share.finds)


def test_a_drop_that_is_found_fails_in_four_of_five() -> None:
    found = prospect(no_worse(0.05), ANSWER_OK, Basis(Sample(100)))
    assert found.finds == pytest.approx(0.138, abs=0.02)


def test_few_clusters_decide_nothing() -> None:
    sample = Sample(90, clusters=9, largest=10)
    found = prospect(no_worse(0.3), ANSWER_OK, Basis(sample, noise=QUIET))
    assert found.shares is not None
    assert found.shares.inconclusive == 1
    assert found.finds is None


def test_a_margin_of_zero_asks_for_an_improvement_and_is_no_question_of_cases() -> None:
    found = prospect(no_worse(0.0), ANSWER_OK, Basis(Sample(100)))
    assert found.shares is not None
    assert found.shares.passes <= 0.05
    assert (found.cases_needed, found.repeats_needed, found.margin_held) == (None, None, None)


def test_a_limit_is_told_from_how_cases_scored_before() -> None:
    rows: list[float | None] = [1.0] * 51 + [0.0] * 9
    found = limited(ANSWER_OK, rows, at_least=0.8)
    assert found.shares is not None
    assert found.shares.passes == pytest.approx(0.185, abs=1e-3)
    assert found.cases_needed is not None
    assert 200 < found.cases_needed < 500
    assert found.finds is not None
    assert found.finds < 0.75


def test_on_the_wrong_side_of_a_limit_no_number_of_cases_would_do() -> None:
    assert limited(ANSWER_OK, [1.0, 0.0] * 30, at_least=0.8).cases_needed is None
    assert limited(PII_LEAK, [1.0, 0.0] * 30, at_most=0.1).cases_needed is None


def test_without_a_run_a_limit_is_not_told() -> None:
    found = prospect(gate(ANSWER_OK, at_least=0.8), ANSWER_OK, Basis(Sample(60)))
    assert (found.shares, found.why_not) == (
        None, "no run yet, so that what is usual is not known",
    )  # fmt: skip


def test_without_a_case_nothing_is_told() -> None:
    found = prospect(no_worse(0.1), ANSWER_OK, Basis(Sample(0)))
    assert found.why_not == "there is no case to which the metric applies"


def test_a_quantile_needs_cases_within_its_limit() -> None:
    few = limited(LATENCY, [1.0] * 58, at_most=4, quantile=0.95)
    enough = limited(LATENCY, [1.0] * 59, at_most=4, quantile=0.95)
    assert (few.is_enough, few.cases_needed, enough.is_enough) == (False, 59, True)


def test_a_count_is_told_by_the_rate_of_broken_cases() -> None:
    clean = limited(PII_LEAK, [0.0] * 60, max_cases=0)
    leaky = limited(PII_LEAK, [0.0] * 57 + [1.0] * 3, max_cases=0)
    assert clean.shares is not None
    assert leaky.shares is not None
    assert clean.shares.passes == 1
    assert leaky.shares.passes == pytest.approx(0.95**60)
    assert clean.finds == pytest.approx(1 - 0.2 ** (1 / 60), abs=1e-3)


def test_without_a_margin_the_one_that_the_cases_hold_is_told() -> None:
    rule = gate(ANSWER_OK, no_worse_than="baseline")
    found = prospect(rule, ANSWER_OK, Basis(Sample(100), noise=QUIET))
    assert (found.shares, found.why_not) == (None, "no margin yet")
    assert found.margin_held is not None
    assert prospect(
        no_worse(found.margin_held), ANSWER_OK, Basis(Sample(100), noise=QUIET)
    ).is_enough


def test_a_slice_is_not_told() -> None:
    found = prospect(no_worse(0.1, slice="topic"), ANSWER_OK, Basis(Sample(60)))
    assert found.why_not == "told for all cases only; a slice can fail, never pass"
