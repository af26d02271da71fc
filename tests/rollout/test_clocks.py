"""What becomes of a rollout when the clock of its server jumps by a day, and back."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from genaiops.records.rollouts import ByArm
from genaiops.rollout.controller import Controller
from genaiops.rollout.spending import Spending
from genaiops.rollout.usual import LEAST, Usual
from genaiops.specs.rollout import BudgetSpec
from tests.rollout.build import spec_of
from tests.rollout.live import START, World, run_of

DAY = timedelta(days=1)
SPEC = spec_of(
    steps=[{"weight": 50, "min_time": "1h", "min_users": 20}, 90],
    guards=["errors"],
    goals=[{"metric": "feedback", "margin_ratio": 2}],
    window="5m",
)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.close()


def counted(world: World) -> ByArm:
    """Users whose outcome was counted, by arm."""
    events = world.rollouts.events("assistant-1")
    return sum((batch.users for each in events for batch in each.look.batches), ByArm())


def asked(world: World, *names: str) -> None:
    world.users(names)
    world.clock.pass_s(10)


def ticked(world: World, controller: Controller, *, minutes: int) -> None:
    for _ in range(2 * minutes):
        world.clock.pass_s(30)
        world.tick(controller)


@pytest.mark.parametrize("jump", [DAY, -DAY])
def test_what_comes_after_a_clock_jumped_and_was_put_right_is_counted_as_ever(
    world: World, jump: timedelta
) -> None:
    world.start(SPEC)
    controller = world.controller()
    asked(world, "ada", "bob")
    ticked(world, controller, minutes=1)
    world.clock.now += jump
    asked(world, "cyd", "dan")
    ticked(world, controller, minutes=1)
    asked(world, "eva")  # recorded after the last look of that day
    world.clock.now -= jump
    world.tick(controller)
    asked(world, *(f"u{number}" for number in range(20)))
    ticked(world, controller, minutes=6)
    assert counted(world).total >= 20
    assert world.weight == 0.5
    world.clock.now += DAY
    ticked(world, controller, minutes=6)
    assert counted(world).total == 25
    told = [each for each in world.notes if "the clock stands" in each]
    assert len(told) == 1
    assert "23 h" in told[0] or "24 h" in told[0] or "1 day" in told[0]


@pytest.mark.parametrize("jump", [DAY, -DAY])
def test_a_jump_ends_no_step_before_its_time_and_begins_none(world: World, jump: timedelta) -> None:
    world.start(SPEC)
    controller = world.controller()
    asked(world, *(f"u{number}" for number in range(60)))
    ticked(world, controller, minutes=20)
    world.clock.now += jump
    ticked(world, controller, minutes=30)
    assert world.weight == 0.5
    ticked(world, controller, minutes=15)
    assert world.weight == 0.9


def test_a_shadow_that_answers_after_a_clock_was_put_back_makes_a_pair(world: World) -> None:
    world.start(
        spec_of(
            steps=[{"shadow": "until_verdict"}, 50],
            guards=["errors"],
            goals=[{"metric": "feedback", "margin_ratio": 2}],
        )
    )
    controller = world.controller()
    ticked(world, controller, minutes=1)
    world.clock.now -= DAY
    ticked(world, controller, minutes=1)
    world.serve(run_of("run-1", "ada", "stable", None, world.clock()))
    ticked(world, controller, minutes=1)
    world.serve(
        run_of(
            "run-1.shadow", "ada", "candidate", None, world.clock(),
            part="shadow", of="run-1", split_arm="stable",
        )
    )  # fmt: skip
    ticked(world, controller, minutes=1)
    assert counted(world) == ByArm(stable=1, candidate=1)


def test_what_is_usual_is_learned_again_after_a_clock_was_put_back() -> None:
    usual, at = Usual(0.95, 1.0), START.timestamp()
    usual.add(1.0, at + DAY.total_seconds())
    for number in range(LEAST + 1):
        usual.add(1.0, at + 10 * number)
    assert usual.limit == 1.0


def test_a_budget_that_is_used_up_is_given_back_by_no_clock_that_is_put_back() -> None:
    spending, budget, now = Spending(), BudgetSpec(usd_per_hour=1), START.timestamp()
    spending.pay(now, 1.0)
    assert spending.excess(budget, now) is not None
    assert spending.excess(budget, now - DAY.total_seconds()) is not None


def test_a_restart_after_a_jump_counts_nobody_twice(world: World) -> None:
    world.start(SPEC)
    asked(world, "ada", "bob")
    ticked(world, world.controller(), minutes=7)
    world.clock.now -= DAY
    asked(world, "cyd")
    for _ in range(20):
        ticked(world, world.controller(), minutes=1)
    asked(world, "ada", "bob", "dan")
    ticked(world, world.controller(), minutes=20)
    assert counted(world).total == 4
