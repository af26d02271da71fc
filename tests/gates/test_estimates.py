import tracemalloc
from collections.abc import Iterator, Sequence

import pytest

from genaiops.gates import estimate, estimate_cases, estimate_run
from genaiops.gates.arms import read_arm
from genaiops.records import CaseScores, Estimate, MetricInfo
from tests.gates.build import ANSWER_F1, ANSWER_OK, LATENCY, PII_LEAK, Row, merged, run_of


def of(
    info: MetricInfo, rows: Sequence[Row], *, repeats: int = 1, quantile: float | None = None
) -> Estimate:
    arm = read_arm(run_of(info, rows, repeats=repeats), info)
    return estimate(arm, seed=1, quantile=quantile)


def test_a_share_has_the_interval_of_clopper_and_pearson() -> None:
    shown = of(ANSWER_OK, [1.0] * 90 + [0.0] * 10)
    assert (shown.value, shown.n, shown.level, shown.method) == (0.9, 100, 0.9, "clopper-pearson")
    assert (shown.low, shown.high) == (
        pytest.approx(0.8363, abs=1e-4),
        pytest.approx(0.9447, abs=1e-4),
    )


def test_repeats_of_a_binary_metric_have_the_interval_of_gaffke() -> None:
    shown = of(ANSWER_OK, [(1, 1)] * 90 + [(0, 0)] * 10, repeats=2)
    assert (shown.value, shown.method) == (0.9, "gaffke")
    assert (shown.low, shown.high) == (
        pytest.approx(0.8363, abs=2e-3),
        pytest.approx(0.9447, abs=2e-3),
    )


def test_a_missing_score_counts_as_the_worst_in_the_value_and_at_both_ends_in_the_interval() -> (
    None
):
    whole, partly = of(ANSWER_OK, [1.0] * 8 + [0.0] * 2), of(ANSWER_OK, [1.0] * 8 + [0.0, None])
    assert (partly.value, partly.missing) == (0.8, 1)
    assert partly.low == whole.low
    assert partly.high == of(ANSWER_OK, [1.0] * 9 + [0.0]).high
    assert of(PII_LEAK, [0.0, None]).value == 0.5


def test_an_unbounded_metric_shows_its_median() -> None:
    shown = of(LATENCY, [float(i) for i in range(1, 10)])
    assert (shown.value, shown.low, shown.high, shown.method) == (5.0, 2.0, 8.0, "median")


def test_a_bound_that_so_few_cases_do_not_give_is_none() -> None:
    shown = of(LATENCY, [1.0, 2.0], quantile=0.95)
    assert (shown.value, shown.high, shown.method) == (2.0, None, "p95")


def test_a_missing_latency_pushes_the_quantile_towards_the_unknown() -> None:
    shown = of(LATENCY, [1.0, 2.0, None])
    assert (shown.value, shown.low, shown.high) == (2.0, None, None)
    assert of(LATENCY, [1.0, None, None]).value is None


def test_a_missing_latency_widens_the_interval_on_both_sides() -> None:
    whole = of(LATENCY, [float(i) for i in range(1, 13)])
    shown = of(LATENCY, [float(i) for i in range(1, 12)] + [None])
    assert (whole.low, whole.high) == (3.0, 10.0)
    assert (shown.low, shown.high) == (2.0, 10.0)
    assert of(LATENCY, [1.0, 2.0, 3.0, 4.0, 5.0, None]).high is None


def test_a_quantile_counts_from_the_good_end() -> None:
    assert of(LATENCY, [1.0, 2.0, 3.0, 4.0], quantile=0.75).value == 3.0
    shown = of(ANSWER_F1, [0.1, 0.2, 0.3, 0.4], quantile=0.75)
    assert (shown.value, shown.method) == (0.2, "p25")
    assert shown.high is None or shown.high >= 0.2


@pytest.mark.parametrize(
    ("info", "method"),
    [(ANSWER_OK, "clopper-pearson"), (ANSWER_F1, "gaffke"), (LATENCY, "median")],
)
def test_no_case_gives_no_value_and_the_whole_range(info: MetricInfo, method: str) -> None:
    shown = of(info, [])
    assert (shown.value, shown.n, shown.method) == (None, 0, method)
    assert (shown.low, shown.high) == ((None, None) if method == "median" else (0, 1))


def test_slices_are_estimated_by_the_values_of_their_tag() -> None:
    cases = [
        CaseScores(case_id="a", tags={"topic": "bills"}, scores={"answer_ok": (1.0,)}),
        CaseScores(
            case_id="b", tags={"topic": ["bills", "moving", "bills"]}, scores={"answer_ok": (0.0,)}
        ),
        CaseScores(case_id="c", tags={"topic": True}, scores={"answer_ok": (1.0,)}),
        CaseScores(case_id="d", scores={"answer_ok": (1.0,)}),
    ]
    (found,) = estimate_run(merged(ANSWER_OK, cases, slices=("topic",)))
    assert (found.info, found.estimate.value) == (ANSWER_OK, 0.75)
    assert [
        (part.slice, part.value, part.estimate.value, part.estimate.n) for part in found.slices
    ] == [
        ("topic", "(none)", 1.0, 1),
        ("topic", "bills", 0.5, 2),
        ("topic", "moving", 0.0, 1),
        ("topic", "true", 1.0, 1),
    ]


def test_cases_are_estimated_one_by_one_and_not_held() -> None:
    count = 5000
    run = run_of(ANSWER_OK, []).run.model_copy(update={"slices": ("topic",)})

    def streamed() -> Iterator[CaseScores]:
        for number in range(count):
            scores = {"answer_ok": (float(number % 2),)}
            yield CaseScores(case_id=f"{number}", tags={"topic": "a"}, scores=scores)

    tracemalloc.start()
    (found,) = estimate_cases(run, streamed())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (found.estimate.value, found.slices[0].estimate.n) == (0.5, count)
    assert peak / count < 150  # bytes; a case with its scores takes 1,500
