from collections.abc import Callable
from typing import Any

import pytest

from genaiops.metrics.operational import cost, latency, tokens
from genaiops.records import FlowRun, NodeRun, Score, Usage
from genaiops.records.flow_runs import Untold
from tests.metrics.building import bind, bind_function, case_of, failed_run, run_of

pytestmark = pytest.mark.anyio


def test_time_tokens_and_money_are_those_of_the_run() -> None:
    run = run_of(usage=Usage(input_tokens=7, output_tokens=3, cost_usd=0.01), latency_s=0.25)
    assert (latency(run).value, tokens(run).value, cost(run).value) == (0.25, 10, 0.01)


def test_the_latency_of_a_batch_is_missing_not_nothing() -> None:
    asked = NodeRun(node="a", kind="prompt", batched=True)
    score = latency(run_of(latency_s=0.25).model_copy(update={"nodes": (asked,)}))
    assert (score.value, (score.reason or "")[:7]) == (None, "batched")


def test_an_unknown_price_is_missing_and_no_call_costs_nothing() -> None:
    assert "price of a model is not known" in (cost(run_of()).reason or "")
    assert cost(run_of(usage=Usage())).value == 0


@pytest.mark.parametrize(("name", "value"), [("latency", 1.5), ("tokens", 6), ("cost", 0.5)])
async def test_a_run_that_failed_by_its_own_fault_gives_what_it_took(name: str, value: Any) -> None:
    assert (await bind(name).score(case_of(), failed_run("timeout"))).value == value


@pytest.mark.parametrize("name", ["latency", "tokens", "cost"])
async def test_a_run_that_the_world_broke_is_missing(name: str) -> None:
    score = await bind(name).score(case_of(), failed_run("rate_limit"))
    assert score.reason == "rate_limit: it broke"


@pytest.mark.parametrize(
    ("name", "reference"),
    [("latency", "latency_s"), ("tokens", "usage.input_tokens"), ("tokens", "usage.output_tokens")],
)
async def test_what_nobody_recorded_is_no_argument_either(name: Untold, reference: str) -> None:
    def is_amount(amount: float) -> bool:
        return amount >= 0

    bound = bind_function(is_amount, {"amount": f"${{run.{reference}}}"})
    assert (await bound.score(case_of(), run_of())).value == 1
    score = await bound.score(case_of(), run_of(untold=(name,)))
    assert (score.value, score.reason) == (None, f"the run has no {reference}")


@pytest.mark.parametrize(
    ("name", "measure"), [("latency", latency), ("tokens", tokens), ("cost", cost)]
)
def test_what_nobody_recorded_is_missing_and_not_zero(
    name: Untold, measure: Callable[[FlowRun], Score]
) -> None:
    told = measure(run_of(untold=(name,)))
    assert told.value is None
    assert (told.reason or "").startswith("the imported answers do not say")
