from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.errors import FailureKind
from genaiops.records import Failure, FlowRun, Usage
from genaiops.records.live_runs import LivePart, LiveRun, LiveState
from genaiops.records.rollouts import Arm
from genaiops.rollout.spending import Spending
from genaiops.serve.gateway.patience import Patience
from genaiops.serve.gateway.standing import Standing
from genaiops.specs.rollout import BudgetSpec
from tests.stats.strategies import steady

AT = datetime(2026, 11, 21, tzinfo=UTC)


def ran(
    state: LiveState = "done",
    part: LivePart = "answer",
    arm: Arm = "candidate",
    kind: FailureKind | None = None,
) -> LiveRun:
    failure = None if kind is None else Failure(kind=kind, message="")
    run = FlowRun(flow="say", inputs={}, failure=failure, usage=Usage(cost_usd=0.5))
    return LiveRun(
        id="run-1", at=AT, flow="say", digest="d", arm=arm, part=part, caller="c", state=state,
        seconds=1, run=run,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("live", "recent"),
    [
        (ran(), (False,)),
        (ran("failed", "replaced", kind="server"), (True,)),
        (ran("incomplete", kind="truncated"), (True,)),
        (ran("failed", kind="server"), ()),
        (ran("incomplete", kind="interrupted"), ()),
        (ran("failed", "replaced", kind="content_filter"), ()),
        (ran(arm="stable"), ()),
    ],
    ids=["done", "replaced", "cut", "failed in both", "left", "filtered", "of stable"],
)
def test_a_restarted_server_knows_what_counted_against_the_candidate(
    live: LiveRun, recent: tuple[bool, ...]
) -> None:
    standing = Standing()
    standing.remember(live)
    assert standing.breaker.recent == recent


def test_what_an_earlier_server_paid_is_part_of_the_budget() -> None:
    standing = Standing()
    standing.remember(ran())
    why_not = standing.why_not(BudgetSpec(usd_per_day=0.5), AT.timestamp() + 1)
    assert why_not == "its budget of $0.5 a day is used up"


@steady
@given(st.lists(st.tuples(st.floats(0, 600), st.floats(0.01, 1)), max_size=40), st.floats(0, 9000))
def test_a_cost_counts_for_its_hour_and_no_more_than_a_minute_longer(
    paid: list[tuple[float, float]], now: float
) -> None:
    spending, at, all_paid = Spending(), 0.0, list[tuple[float, float]]()
    for passed, usd in paid:
        at += passed
        all_paid.append((at, usd))
        spending.pay(at, usd)
    now += at
    surely = sum(usd for at, usd in all_paid if at > now - 3600)
    maybe = sum(usd for at, usd in all_paid if at > now - 3660)
    assert not surely or spending.excess(BudgetSpec(usd_per_hour=surely * 0.999), now)
    assert not spending.excess(BudgetSpec(usd_per_hour=maybe * 1.001 + 1e-9), now)


def test_a_budget_of_an_hour_is_there_again_after_it() -> None:
    spending, budget = Spending(), BudgetSpec(usd_per_hour=1, usd_per_day=2)
    spending.pay(0, 1)
    assert spending.excess(budget, 3599) is not None
    assert spending.excess(budget, 3600) is None
    spending.pay(3600, 1)
    assert spending.excess(budget, 7300) == "its budget of $2 a day is used up"
    assert spending.excess(budget, 86400) is None


def test_no_budget_is_no_limit() -> None:
    spending = Spending()
    spending.pay(0, 1e6)
    assert spending.excess(BudgetSpec(), 0) is None


def test_a_candidate_has_twice_as_long_as_the_slowest_of_stable() -> None:
    patience = Patience()
    assert patience.limit_s(5, 60) == 60
    patience.saw(0.1)
    assert patience.limit_s(5, 60) == 5
    patience.saw(12)
    assert patience.limit_s(5, 60) == 24
    patience.saw(50)
    assert patience.limit_s(5, 60) == 60
    for _ in range(50):
        patience.saw(1)
    assert patience.limit_s(5, 60) == 5
