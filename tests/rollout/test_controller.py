"""A rollout from its first step to its end, with what can come between."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from genaiops.errors import InputError, StoreError
from genaiops.records.findings import Finding
from genaiops.records.rollout_events import RolloutEvent
from genaiops.records.rollouts import Arm
from genaiops.rollout.committing import read_spec, read_state
from genaiops.rollout.controller import Controller
from genaiops.rollout.events import changes
from genaiops.rollout.replay import replayed
from genaiops.rollout.verdict import verdict_on
from genaiops.specs.rollout import BudgetSpec, GuardSpec, RolloutSpec
from genaiops.store.live import LiveRuns, Numbered
from genaiops.store.rollouts import Rollouts
from tests.rollout.build import spec_of
from tests.rollout.live import START, World, run_of

SPEC = spec_of(
    steps=[{"weight": 10, "min_users": 20}, {"weight": 50, "min_users": 50}],
    guards=[],
    goals=[{"metric": "errors", "margin_ratio": 2}],
)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.close()


class Failing:
    """Errors of a share of the users of each arm."""

    def __init__(self, stable: float, candidate: float) -> None:
        self._shares = {"stable": stable, "candidate": candidate}
        self._rng = np.random.default_rng(5)

    def __call__(self, _: str, arm: Arm) -> float:
        return float(self._rng.random() < self._shares[arm])


class Reading(LiveRuns):
    """Counts the runs that were read."""

    read = 0

    def after(self, seq: int) -> Iterator[Numbered]:
        for each in super().after(seq):
            self.read += 1
            yield each


def probed(run: str, *, failed: bool) -> Finding:
    return Finding(rollout="assistant-1", kind="probed", run=run, failed=failed)


def carried_on(
    world: World, failing: Failing, *, ticks: int = 60, controller: Controller | None = None
) -> Controller:
    """Ten minutes a tick, with 200 new users each."""
    controller = controller or world.controller()
    for tick in range(ticks):
        world.tick(controller)
        if controller.is_over:
            return controller
        world.users([f"u{tick}-{place}" for place in range(200)], failed=failing)
        world.clock.pass_s(200)
    return controller


def events(world: World) -> list[RolloutEvent]:
    return list(world.rollouts.events("assistant-1"))


def test_a_candidate_like_stable_is_promoted_and_its_release_moved(world: World) -> None:
    world.start(SPEC)
    controller = carried_on(world, Failing(0.1, 0.1))
    assert controller.is_over
    assert list(dict.fromkeys(event.weight for event in events(world))) == [0.1, 0.5, 1.0]
    last = events(world)[-1]
    assert (last.phase, last.cause, last.deed, last.weight) == (
        "promoted", "proven", "carried out", 1.0,
    )  # fmt: skip
    assert world.desk.carried == ["b" * 12]
    assert world.desk.chained == list(changes(events(world)))


def test_that_the_candidate_gets_nothing_is_committed_at_once_and_so_is_its_end(
    world: World,
) -> None:
    world.start(SPEC)
    controller = world.controller()
    for withheld in (None, "it cannot be opened", "it cannot be opened", None, None):
        world.tick(controller, withheld)
        world.clock.pass_s(2)
    looked = [event.look.withheld for event in events(world)[1:]]
    assert looked == ["it cannot be opened", None]


def test_a_budget_that_is_used_up_is_told_at_the_next_look(world: World) -> None:
    world.start(SPEC.model_copy(update={"budget": BudgetSpec(usd_per_hour=0.01)}))
    controller = world.controller()
    world.users([f"u{place}" for place in range(200)])
    world.clock.pass_s(2)
    world.tick(controller)
    stored = world.rollouts.find("assistant")
    now = world.clock().timestamp()
    verdict = verdict_on(stored.rollout, stored.event, read_state(stored.state), now)
    assert (verdict.word, verdict.exit_code) == ("held", 3)
    assert verdict.reason.startswith("its budget of $0.01 an hour is used up: stable answers for")


def test_a_worse_candidate_gets_nothing_more_and_stable_stands(world: World) -> None:
    world.start(SPEC)
    controller = carried_on(world, Failing(0.1, 0.4))
    last = events(world)[-1]
    assert controller.is_over
    assert (last.phase, last.cause, last.weight, world.weight) == ("rolled_back", "worse", 0.0, 0.0)
    assert world.desk.carried == ["a" * 12]


def test_one_that_is_restarted_at_every_tick_decides_the_same(world: World, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = World(tmp_path / "other")
    for each, anew in ((world, False), (other, True)):
        each.start(SPEC.model_copy(update={"window": "5m"}))
        failing, controller = Failing(0.1, 0.1), each.controller()
        for tick in range(14):
            controller = each.controller() if anew else controller
            each.tick(controller)
            if controller.is_over:
                break
            each.users([f"u{tick % 5}-{place}" for place in range(60)], failed=failing)
            each.clock.pass_s(100)
    assert events(world) == events(other)
    other.close()


class Events(Rollouts):
    """Counts the events that were read to be chained."""

    read = 0

    def events(self, rollout_id: str, after: int = 0) -> Iterator[RolloutEvent]:
        for each in super().events(rollout_id, after):
            self.read += 1
            yield each


def test_of_what_others_committed_each_event_is_read_once_and_chained(world: World) -> None:
    world.start(SPEC)
    world.rollouts.close()
    world.rollouts = reading = Events(world.folder / "rollouts.sqlite")
    failing, controllers = Failing(0.1, 0.1), [world.controller() for _ in range(3)]
    for tick in range(24):
        world.tick(controllers[tick % 3])
        world.users([f"u{tick}-{place}" for place in range(20)], failed=failing)
        world.clock.pass_s(100)
    read = reading.read
    assert world.desk.chained == list(changes(events(world)))
    # the first event once more where a controller begins
    assert read <= 3 * (len(events(world)) + 2)


def test_two_that_look_in_turn_decide_as_one_does_and_read_each_run_once(
    world: World, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    other = World(tmp_path / "other")
    for each, count in ((world, 1), (other, 2)):
        each.start(SPEC.model_copy(update={"window": "5m"}))
        each.live = reading = Reading(each.folder / "live.sqlite")
        failing, controllers = Failing(0.1, 0.1), [each.controller() for _ in range(count)]
        for tick in range(14):
            each.tick(controllers[tick % count])
            each.users([f"u{tick % 5}-{place}" for place in range(60)], failed=failing)
            each.clock.pass_s(100)
        assert reading.read <= count * reading.ends()[0]
    assert events(world) == events(other)
    other.close()


def test_a_probe_that_failed_counts_once(world: World) -> None:
    world.start(SPEC)
    controller, phases = world.controller(), list[str]()
    for number in range(5):
        world.clock.pass_s(10)
        gathered = controller.gather()
        assert gathered is not None
        controller.decide(gathered, [probed(f"probe-{number}", failed=True)])
        phases.append(events(world)[-1].phase)
    assert phases == ["progressing"] * 4 + ["rolled_back"]


def test_one_that_is_restarted_sees_nothing_in_a_row_that_was_not(world: World) -> None:
    world.start(SPEC)
    controller = world.controller()
    for number in range(4):
        gathered = controller.gather()
        assert gathered is not None
        controller.decide(gathered, [probed(f"probe-{number}", failed=True)])
        world.clock.pass_s(70)
        said = {"failed": True, "part": "replaced"} if number == 3 else {}
        world.serve(run_of(f"run-{number}", "u", "candidate", 0.1, world.clock(), **said))
    for anew in (controller, world.controller()):
        world.tick(anew)
        assert events(world)[-1].phase == "progressing"


def test_on_a_full_disk_the_weight_stays_and_that_is_told(world: World) -> None:
    world.start(SPEC)
    controller, real = world.controller(), world.rollouts.commit

    def full(*_: object) -> bool:
        raise StoreError("r.sqlite: the store cannot be written: disk is full")

    world.tick(controller)
    world.rollouts.commit = full  # type: ignore[method-assign]
    carried_on(world, Failing(0.1, 0.1), ticks=5, controller=controller)
    assert world.weight == 0.1
    assert set(world.notes) == {"r.sqlite: the store cannot be written: disk is full"}
    world.rollouts.commit = real  # type: ignore[method-assign]
    for _ in range(3):
        world.tick(controller)
        world.clock.pass_s(200)
    assert (world.weight, events(world)[-1].phase) == (0.5, "progressing")
    kept = sum(batch.users.total for event in events(world) for batch in event.look.batches)
    assert kept == 5 * 200


def test_a_release_that_may_not_move_keeps_the_weight_and_is_tried_again(
    world: World,
) -> None:
    world.start(SPEC)
    world.desk.refusal = InputError("nobody approved as owner (eve)")
    controller = carried_on(world, Failing(0.1, 0.1), ticks=15)
    assert not controller.is_over
    assert (events(world)[-1].phase, world.weight) == ("promoted", 0.5)
    assert "nobody approved as owner (eve)" in world.notes
    world.desk.refusal = None
    world.tick(controller)
    assert (controller.is_over, world.weight) == (True, 1.0)


def test_without_users_it_holds_and_says_so(world: World) -> None:
    world.start(SPEC)
    controller = world.controller()
    for _ in range(60):
        world.tick(controller)
        world.clock.pass_s(60)
    last = events(world)[-1]
    assert (last.phase, last.step, last.weight) == ("progressing", 0, 0.1)
    assert "no new user for 59 min: nothing is learned" in last.reason


def test_clocks_that_jump_move_nothing(world: World) -> None:
    world.start(SPEC)
    controller = world.controller()
    world.tick(controller)
    for jump in (timedelta(days=400), timedelta(days=-800), timedelta(days=400)):
        world.clock.now += jump
        world.tick(controller)
    last = events(world)[-1]
    assert (last.phase, last.step, last.weight) == ("progressing", 0, 0.1)


def test_a_dead_candidate_is_taken_away_at_the_next_tick(world: World) -> None:
    world.start(SPEC)
    controller = world.controller()
    world.tick(controller)
    world.serve(
        *(
            run_of(f"r{n}", f"u{n}", "candidate", 0.1, failed=True, part="replaced", of=f"a{n}")
            for n in range(5)
        ),
        *(run_of(f"a{n}", f"u{n}", "stable", 0.1, split_arm="candidate") for n in range(5)),
    )
    world.clock.pass_s(5)
    world.tick(controller)
    last = events(world)[-1]
    assert (last.phase, last.cause) == ("rolled_back", "breaker")


def test_one_that_is_restarted_knows_what_judges_cost(world: World) -> None:
    spec = spec_of(
        eval="assistant", steps=[{"weight": 50}], guards=[], goals=[{"metric": "f1", "margin": 0.1}]
    )
    world.start(spec)
    first = world.controller()
    for tick in range(6):
        world.users([f"u{tick}-{place}" for place in range(5)])
        gathered = first.gather()
        assert gathered is not None
        found = [
            Finding(
                rollout="assistant-1", kind="scored", run=each.run.id, badness={"f1": 0.2},
                cost_usd=0.25,
            )
            for each in gathered.wanted
        ]  # fmt: skip
        first.decide(gathered, found)
        world.clock.pass_s(400)
    for controller in (first, world.controller()):
        gathered = controller.gather()
        assert gathered is not None
        assert gathered.judged_usd == 30 * 0.25
        assert gathered.wanted == ()


def test_another_controller_is_followed(world: World) -> None:
    world.start(SPEC)
    one, other = world.controller(), world.controller()
    world.tick(one)
    world.tick(other)
    failing = Failing(0.1, 0.5)
    for tick in range(12):
        world.users([f"u{tick}-{place}" for place in range(200)], failed=failing)
        world.clock.pass_s(200)
        world.tick(one if tick % 2 else other)
    world.tick(one)
    world.tick(other)
    assert one.is_over
    assert other.is_over
    users = sum(batch.users.total for event in events(world) for batch in event.look.batches)
    assert users % 200 == 0
    assert users <= 12 * 200


def test_an_end_that_somebody_else_carried_out_is_not_carried_out_again(world: World) -> None:
    world.start(SPEC)
    late = world.controller()
    carried_on(world, Failing(0.1, 0.1))
    carried, chained, count = [*world.desk.carried], [*world.desk.chained], len(events(world))
    world.tick(late)
    assert late.is_over
    assert (world.desk.carried, world.desk.chained, len(events(world))) == (carried, chained, count)


def test_the_evidence_through_the_machine_again_comes_to_the_same(world: World) -> None:
    rollout = world.start(SPEC)
    carried_on(world, Failing(0.1, 0.4))
    known = events(world)
    again = list(replayed(rollout, known))
    assert (len(again), [each.fault for each in again if each.fault]) == (len(known), [])
    place = next(n for n, event in enumerate(known) if event.cause == "worse")
    tampered = [*known]
    tampered[place] = known[place].model_copy(update={"look": known[0].look})
    *_, last = replayed(rollout, tampered)
    assert last.fault is not None
    assert last.fault.startswith(f"event {place + 1} is not what its evidence comes to: recorded")
    *_, last = replayed(rollout, [known[0], *known[2:]])
    assert last.fault == "event 2 is missing"


def test_what_another_version_wrote_is_told_and_not_decided_on(world: World) -> None:
    rollout, told = world.start(SPEC), r"another version of genaiops \(newer\)"
    state = world.rollouts.find(rollout.id).state
    with pytest.raises(StoreError, match=f"the state of a rollout .* {told}"):
        read_state(state.replace("{", '{"newer":1,', 1))
    with pytest.raises(StoreError, match=f"the file of rollout assistant-1 .* {told}"):
        read_spec(rollout.model_copy(update={"spec": {**rollout.spec, "newer": 1}}))


def test_the_spec_of_a_rollout_is_read_as_it_was_written() -> None:
    kept = SPEC.model_dump(mode="json", exclude_unset=True)
    assert RolloutSpec.model_validate(kept).digest == SPEC.digest


def test_a_slow_candidate_is_found_in_the_first_ten_minutes(world: World) -> None:
    before = [
        run_of(f"b{n}", "u", "stable", 0.5, START - timedelta(seconds=n), release="a" * 12)
        for n in range(1, 200)
    ]
    world.serve(*reversed(before))
    world.start(SPEC.model_copy(update={"guards": (GuardSpec(metric="latency"),)}))
    controller = world.controller()
    seconds = {"stable": 1.0, "candidate": 2.0}
    world.users([f"u{n}" for n in range(400)], seconds=lambda _, arm: seconds[arm])
    world.clock.pass_s(60)
    world.tick(controller)
    assert controller.is_over
    assert "latency is proven worse than stable's" in world.notes[0]
