import asyncio
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.errors import CallError
from genaiops.evaluations.budget import Budget, BudgetedModel
from genaiops.models.pricing import ASSUMED_ANSWER_TOKENS
from genaiops.protocols import FREELY, Allowance
from genaiops.records import Completion, CompletionRequest, Message, Parameters, Usage
from genaiops.specs.catalog import Price
from tests.fakes import Answer, ScriptedModel

pytestmark = pytest.mark.anyio
DOLLAR_A_TOKEN = Price(input_usd_per_mtok=1e6, output_usd_per_mtok=1e6)
NOTHING_SAID = Parameters()


def asked(text: str = "abcd", *, case: str = "c", **parameters: int) -> CompletionRequest:
    """A request of one token."""
    return CompletionRequest(
        messages=(Message(role="user", content=text),),
        parameters=Parameters.model_validate(parameters),
        case_id=case,
    )


def answer(usd: float | None, tokens: int = 1) -> Completion:
    return Completion(text="x", usage=Usage(input_tokens=1, output_tokens=tokens, cost_usd=usd))


def model(budget: Budget, *answers: Answer, price: Price = DOLLAR_A_TOKEN) -> BudgetedModel:
    return BudgetedModel(ScriptedModel(answers), price, NOTHING_SAID, budget)


async def test_a_call_that_would_go_over_the_cap_is_not_made() -> None:
    budget = Budget(cap_usd=25)
    one = model(budget, answer(10), answer(10))
    for _ in range(2):
        await one.complete(asked(max_tokens=9))
    with pytest.raises(CallError, match=r"--max-cost \$25.00 is reached, \$20.00 spent") as told:
        await one.complete(asked(max_tokens=9))
    assert (told.value.kind, budget.spent_usd, budget.turned_away) == ("budget", 20, 1)


async def test_a_cap_of_zero_makes_no_paid_call_and_lets_free_ones_be_made() -> None:
    budget = Budget(cap_usd=0)
    with pytest.raises(CallError, match="not made"):
        await model(budget).complete(asked())
    free = model(budget, answer(0), price=Price(input_usd_per_mtok=0, output_usd_per_mtok=0))
    assert (await free.complete(asked())).text == "x"


async def test_the_longest_answer_so_far_tells_what_the_next_may_cost() -> None:
    cap_usd = 1 + ASSUMED_ANSWER_TOKENS
    budget = Budget(cap_usd=cap_usd)
    one = model(budget, answer(31, tokens=30), *[answer(2)] * cap_usd)
    while budget.turned_away == 0:
        with suppress(CallError):
            await one.complete(asked())
    assert cap_usd - 31 < budget.spent_usd <= cap_usd


async def test_an_answer_whose_cost_nobody_told_costs_what_its_tokens_do() -> None:
    budget = Budget(cap_usd=1000)
    await model(budget, answer(None, tokens=4)).complete(asked())
    assert budget.spent_usd == 5


@pytest.mark.parametrize(
    ("error", "spent_usd"),
    [(CallError("timeout", "late"), 10), (CallError("rate_limit", "no"), 0), (OSError("bug"), 10)],
)
async def test_a_failed_call_costs_what_it_may_have_cost(
    error: Exception, spent_usd: float
) -> None:
    budget = Budget(cap_usd=1000)
    with pytest.raises(type(error)):
        await model(budget, error).complete(asked(max_tokens=9))
    assert budget.spent_usd == spent_usd


async def test_a_call_waits_for_what_others_leave_and_a_case_that_ends_there_waits_for_money() -> (
    None
):
    budget = Budget(cap_usd=15)
    assert budget.reserve(10)
    one = model(budget, answer(10))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await one.complete(asked(max_tokens=9))
    assert budget.release("c", 0)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(one.complete(asked(max_tokens=9)))
        group.create_task(settled_later(budget))
    assert (task.result().text, budget.spent_usd) == ("x", 12)


async def settled_later(budget: Budget) -> None:
    budget.settle(10, 2)


def test_a_case_that_waits_is_told_once() -> None:
    budget = Budget(cap_usd=1)
    budget.turn_away("a", 0)
    assert [budget.release("a", 1), budget.release("a", 0), budget.release("a", 0)] == [
        False, True, False,
    ]  # fmt: skip


@given(
    cap_usd=st.floats(0, 50),
    lengths=st.lists(st.integers(1, 20), min_size=1, max_size=40),
    at_once=st.integers(1, 8),
)
def test_the_cap_is_passed_by_no_more_than_what_was_under_way(
    cap_usd: float, lengths: list[int], at_once: int
) -> None:
    budget = Budget(cap_usd)
    one = model(budget, *[answer(1.0 + length, tokens=length) for length in lengths])
    waiting = iter(lengths)

    async def worker() -> None:
        for _ in waiting:
            try:
                await one.complete(asked())
            except CallError:
                return

    async def work() -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(at_once):
                group.create_task(worker())

    asyncio.run(work())
    assert budget.spent_usd <= cap_usd + at_once * (1 + max(lengths))


@given(
    cap_usd=st.floats(0, 200), lengths=st.lists(st.integers(1, 20), max_size=40),
)  # fmt: skip
def test_with_max_tokens_the_cap_is_never_passed(cap_usd: float, lengths: list[int]) -> None:
    budget = Budget(cap_usd)
    one = model(budget, *[answer(1.0 + length, tokens=length) for length in lengths])

    async def work() -> None:
        async with asyncio.TaskGroup() as group:
            for _ in lengths:
                group.create_task(one_call())

    async def one_call() -> None:
        with suppress(CallError):
            await one.complete(asked(max_tokens=20))

    asyncio.run(work())
    assert budget.spent_usd <= cap_usd


async def test_a_call_that_has_to_fit_a_budget_is_not_raced_by_a_second_one() -> None:
    told = Allowance(concurrency=3, hedge=True, is_remote=True)
    scripted = ScriptedModel(allowance=told)
    budgeted = BudgetedModel(scripted, DOLLAR_A_TOKEN, NOTHING_SAID, Budget(cap_usd=1))
    assert budgeted.allowance == Allowance(concurrency=3, is_remote=True)
    assert budgeted.allowance is budgeted.allowance
    scripted.allowance = FREELY
    assert budgeted.allowance is FREELY
