"""The rules of scores: what is missing, worst, not applicable, and what never spreads."""

import asyncio
import math
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np
import pytest

from genaiops.errors import CallError, FailureKind
from genaiops.metrics import Resources, metric
from genaiops.protocols import Embedder
from genaiops.records import WORST_KINDS, Score
from tests.fakes import HashEmbedder
from tests.metrics.building import bind, bind_function, case_of, failed_run, run_of

pytestmark = pytest.mark.anyio

WORLD_KINDS = ["rate_limit", "server", "connection", "auth", "budget", "interrupted", "malformed"]


@pytest.mark.parametrize("kind", sorted(WORST_KINDS))
async def test_a_failure_of_the_product_scores_the_worst(kind: FailureKind) -> None:
    @metric(direction="lower")
    def length(answer: str) -> float:
        return len(answer)

    higher = await bind("answer_f1").score(case_of(), failed_run(kind))
    lower = await bind_function(length).score(case_of(), failed_run(kind))
    assert (higher.value, lower.value) == (0, 1)
    assert higher.explanation == f"{kind}: it broke"


@pytest.mark.parametrize("kind", WORLD_KINDS)
async def test_a_failure_of_the_world_is_missing(kind: FailureKind) -> None:
    score = await bind("answer_f1").score(case_of(), failed_run(kind))
    assert score == Score(reason=f"{kind}: it broke")


async def test_a_range_without_a_worst_value_leaves_a_failure_missing() -> None:
    @metric(range=(0, None), direction="lower")
    def length(answer: str) -> int:
        return len(answer)

    score = await bind_function(length).score(case_of(), failed_run("node"))
    assert score.reason == "node: it broke; the range of mine has no worst value"


@pytest.mark.parametrize("answer", ["", " \n", None])
async def test_an_empty_answer_scores_the_worst(answer: Any) -> None:
    for name in ("exact_match", "groundedness", "answer_f1"):
        run = run_of(answer, outputs={"passages": []})
        score = await bind(name).score(case_of({"answer": ""}), run)
        assert (score.value, score.explanation) == (0, "empty: the answer is empty")


async def test_a_case_without_its_label_is_missing_whatever_the_run_did() -> None:
    for run in (run_of(), failed_run("timeout")):
        for case in (case_of({}), case_of({"answer": None})):
            score = await bind("answer_f1").score(case, run)
            assert score.reason == "the case has no expected.answer"


async def test_a_run_without_an_output_is_missing() -> None:
    score = await bind("groundedness").score(case_of(), run_of())
    assert score.reason == "the run has no outputs.passages"


async def test_a_label_of_the_wrong_type_is_missing() -> None:
    metric = bind({"refusal": {"answerable": "${case.expected.answerable}"}})
    score = await metric.score(case_of({"answerable": "maybe"}), run_of())
    assert "answerable: should be a valid boolean" in (score.reason or "")


async def test_an_optional_parameter_keeps_its_default_where_the_case_has_nothing() -> None:
    def lenient(answer: str, expected: str = "none") -> bool:
        return bool(answer) and expected == "none"

    assert (await bind_function(lenient).score(case_of({}), run_of())).value == 1


async def test_an_exception_is_missing_with_its_place() -> None:
    def broken(answer: str) -> float:
        return 1 / len(answer[:0])

    score = await bind_function(broken).score(case_of(), run_of())
    assert score.reason is not None
    assert score.reason.startswith(
        "metric: ZeroDivisionError: division by zero at test_scoring.py:"
    )


async def test_a_failed_call_of_a_metric_is_missing_with_its_kind() -> None:
    async def judge() -> float:
        raise CallError("rate_limit", "slow down")

    score = await bind_function(judge).score(case_of(), run_of())
    assert score.reason == "metric: rate_limit: slow down"


async def test_cancelling_is_not_a_failure_of_a_metric() -> None:
    async def slow() -> float:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await bind_function(slow).score(case_of(), run_of())


async def test_a_metric_that_ends_the_process_ends_nothing_but_itself() -> None:
    def leaving() -> float:
        sys.exit(9)

    score = await bind_function(leaving).score(case_of(), run_of())
    assert (score.reason or "").startswith("metric: SystemExit: 9 at test_scoring.py:")


async def test_a_metric_that_waits_for_ever_is_missing() -> None:
    @metric(timeout_s=0.01)
    async def waiting() -> float:
        await asyncio.Event().wait()
        raise AssertionError

    score = await bind_function(waiting).score(case_of(), run_of())
    assert score.reason == "metric: not done after 0.01 s; @metric(timeout_s=…) gives it more"


async def test_a_metric_whose_thread_never_ends_is_missing() -> None:
    released = threading.Event()

    @metric(timeout_s=0.01)
    def stuck() -> float:
        released.wait()
        return 1.0

    score = await bind_function(stuck).score(case_of(), run_of())
    released.set()
    assert (score.reason or "").startswith("metric: not done after 0.01 s")


async def test_a_time_limit_of_the_metric_itself_is_told_as_what_it_raised() -> None:
    async def impatient() -> float:
        raise TimeoutError("the service did not answer")

    score = await bind_function(impatient).score(case_of(), run_of())
    assert (score.reason or "").startswith("metric: TimeoutError: the service did not answer at")


async def test_the_time_of_an_embedder_is_not_that_of_the_metric() -> None:
    @metric(timeout_s=0.001)
    async def patient(embedder: Embedder) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(0.005):
                await asyncio.Event().wait()
        return embedder is not None

    resources = Resources({"hash": HashEmbedder()}, functions={"nodes.py:mine": patient})
    score = await bind("nodes.py:mine", resources=resources).score(case_of(), run_of())
    assert score.value == 1.0


@pytest.mark.parametrize(
    ("returned", "told"),
    [
        (math.nan, "returned nan, which is no finite number"),
        (math.inf, "returned inf, which is no finite number"),
        (10**400, "which is no finite number"),
        (1.2, "returned 1.2, outside of its range from 0.0 to 1.0"),
        (-0.1, "outside of its range"),
        (None, "returned None; a metric returns a float, a bool or a Score"),
        ("good", "returned 'good'"),
        (Score(value=7), "returned 7.0, outside of its range"),
    ],
)
async def test_what_is_no_score_is_missing(returned: object, told: str) -> None:
    def odd() -> object:
        return returned

    score = await bind_function(odd).score(case_of(), run_of())
    assert score.value is None
    assert told in (score.reason or "")


async def test_a_score_that_cannot_be_is_missing_with_its_place() -> None:
    def nameless() -> Score:
        return Score(value=math.nan)

    score = await bind_function(nameless).score(case_of(), run_of())
    told = "metric: ValidationError: Input should be a finite number at test_scoring.py:"
    assert (score.reason or "").startswith(told)


async def test_what_was_returned_is_told_the_same_each_time() -> None:
    def made() -> object:
        return object()

    score = await bind_function(made).score(case_of(), run_of())
    told = "metric: returned something of type object; a metric returns a float, a bool or a Score"
    assert score.reason == told


async def test_a_wrapper_that_hides_that_a_metric_is_async_is_awaited() -> None:
    async def patient() -> float:
        await asyncio.sleep(0)
        return 0.5

    def wrapped() -> object:
        return patient()

    assert await bind_function(wrapped).score(case_of(), run_of()) == Score(value=0.5)


async def test_what_a_metric_does_to_its_arguments_stays_with_it() -> None:
    def careless(answer: Any, inputs: Any, case: Any, run: Any, kept: Any) -> bool:
        for each in (answer, inputs, case.expected, run.outputs["answer"], run.outputs):
            each.clear()
        kept.append(1)
        return len(kept) == 1

    case, run = case_of({"answer": "b"}), run_of({"a": ["b"]})
    before = case.model_copy(deep=True), run.model_copy(deep=True)
    bound = bind_function(careless, {"kept": []})
    assert [(await bound.score(case, run)).value for _ in range(2)] == [1, 1]
    assert (case, run) == before


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (lambda: str(1 // 0), "metric: applies_when: ZeroDivisionError: "),
        (lambda: sys.exit("no"), "metric: applies_when: SystemExit: no at test_scoring.py:"),
        (lambda: True, "metric: applies_when returned True; it returns the reason, or None"),
    ],
)
async def test_what_does_not_tell_whether_a_metric_applies_leaves_no_score(
    told: Callable[[], Any], reason: str
) -> None:
    @metric(applies_when=told)
    def labelled() -> float:
        return 1

    score = await bind_function(labelled).score(case_of(), run_of())
    assert (score.reason or "").startswith(reason)


async def test_a_binary_metric_gives_0_or_1() -> None:
    @metric(binary=True)
    def half() -> float:
        return 0.5

    score = await bind_function(half).score(case_of(), run_of())
    assert "says that it is binary" in (score.reason or "")


@pytest.mark.parametrize(
    ("returned", "value"),
    [(True, 1), (1, 1), (np.float32(0.5), 0.5), (np.bool_(1), 1), (1 + 1e-12, 1)],
)
async def test_numbers_of_all_kinds_are_scores(returned: object, value: float) -> None:
    def numeric() -> object:
        return returned

    assert await bind_function(numeric).score(case_of(), run_of()) == Score(value=value)


async def test_a_score_keeps_its_explanation_and_evidence() -> None:
    given = Score(value=0.5, explanation="so so", evidence=("here",))

    async def explained() -> Score:
        return given

    assert await bind_function(explained).score(case_of(), run_of()) == given


async def test_a_metric_may_say_itself_why_there_is_no_score() -> None:
    def unsure() -> Score:
        return Score(reason="not applicable: no opinion")

    score = await bind_function(unsure).score(case_of(), run_of())
    assert score.reason == "not applicable: no opinion"


async def test_answers_that_are_not_text_are_read_as_text() -> None:
    assert (await bind("answer_f1").score(case_of({"answer": "42"}), run_of(42))).value == 1
    assert (await bind("contains").score(case_of({"answer": "b"}), run_of({"a": "b"}))).value == 1


async def test_a_metric_that_needs_no_embedder_gets_none() -> None:
    bound = bind("answer_f1", resources=Resources())
    assert (await bound.score(case_of(), run_of())).value == 1
