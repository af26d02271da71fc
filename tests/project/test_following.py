"""A server that looks at what was committed: to weights and releases, and to nothing else."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest

from genaiops.project.following import Following
from genaiops.project.release_home import release_home
from genaiops.project.rollout_home import ROLLOUTS_FILE, open_rollouts
from genaiops.project.root import RELEASES_FOLDER
from genaiops.project.session import Session, open_session
from genaiops.records.releases import ReleaseEvent
from genaiops.records.rollout_events import Cursor, Rollout
from genaiops.rollout.committing import Grounds, Moment, carried_out, event_of, read_state
from genaiops.rollout.machine import begin
from genaiops.rollout.operator import abort, promote
from genaiops.serve.gateway.weights import Weights
from genaiops.serve.served import Served, Serving, Unopened
from genaiops.specs.rollout import RolloutSpec
from tests.project.build import build_project
from tests.serve.server import FakeFlow, offer

pytestmark = pytest.mark.anyio
AT = Moment(0.0, datetime(2026, 11, 21, tzinfo=UTC).isoformat())
SPEC = RolloutSpec.model_validate(
    {
        "flow": "flows/assistant",
        "steps": [10, 50],
        "guards": [],
        "goals": [{"metric": "errors", "margin_ratio": 2}],
        "budget": {"usd_per_day": 3},
    }
)


@dataclass
class World:
    """A project with a release in production, and what a server knows of it."""

    session: Session
    serving: Serving
    weights: Weights = field(default_factory=Weights)
    reload: asyncio.Event = field(default_factory=asyncio.Event)
    notes: list[str] = field(default_factory=list)

    def following(self, stage: Literal["production", "staging"] = "production") -> Following:
        return Following(
            self.session, stage, self.weights, self.serving, self.reload, self.notes.append
        )

    def serve(self, stable: str | None, candidate: str | None = None) -> None:
        """What the server has loaded from now on."""
        flow = replace(offer(FakeFlow("assistant")), release=stable)
        if candidate is not None:
            flow = replace(flow, candidate=replace(flow, release=candidate))
        self.serving.swap(Served({"assistant": flow}, _nothing))

    def stand(self, release: str) -> None:
        event = ReleaseEvent(
            deed="promoted", flow="assistant", release=release, bundle="b", stage="production"
        )
        home = release_home(self.session)
        (home.root / RELEASES_FOLDER).mkdir(parents=True, exist_ok=True)
        home.audit.append(event, by="ann", at=AT.at)

    def start(self, name: str = "up-1", candidate: str = "new") -> None:
        rollout = Rollout(
            id=name, name="up", flow="assistant", stable="old", candidate=candidate, salt="salt",
            spec=SPEC.model_dump(mode="json", exclude_unset=True), by="ann", at=AT.at,
        )  # fmt: skip
        begun = begin(SPEC, salt="salt", now=0.0)
        event = event_of(None, begun, Grounds("begun", "ann", cursor=Cursor()), AT)
        with open_rollouts(self.session) as rollouts:
            rollouts.begin(rollout, event, begun.state.model_dump_json())

    def end(self, how: Literal["promoted by hand", "aborted"]) -> None:
        """Decide, and carry it out, between two looks of a server."""
        with open_rollouts(self.session) as rollouts:
            before = rollouts.find("up-1")
            state = read_state(before.state)
            done = abort(state, "why") if how == "aborted" else promote(SPEC, state, "why")
            event = event_of(before.event, done, Grounds(how, "ann"), AT)
            assert rollouts.commit(before, event, done.state.model_dump_json())
            before = rollouts.find("up-1")
            assert rollouts.commit(before, carried_out(before.event, AT, "done"), before.state)


async def _nothing() -> None: ...


@pytest.fixture
def world(tmp_path: Path) -> World:
    session = open_session(build_project(tmp_path))
    made = World(session, Serving(Served({}, _nothing)))
    made.serve(None)
    return made


async def test_a_release_that_is_promoted_is_asked_for_once(world: World) -> None:
    following = world.following()
    await following.look()
    assert not world.reload.is_set()
    world.stand("old")
    await following.look()
    assert world.reload.is_set()
    world.reload.clear()
    await following.look()
    assert not world.reload.is_set()


async def test_what_stands_in_production_is_nothing_to_a_server_of_staging(world: World) -> None:
    world.stand("old")
    world.start()
    await world.following("staging").look()
    assert not world.reload.is_set()
    assert world.weights.all() == ()


async def test_a_rollout_loads_its_candidate_before_users_are_split(world: World) -> None:
    world.stand("old")
    world.serve("old")
    world.start()
    following = world.following()
    await following.look()
    assert world.reload.is_set()
    assert world.weights.of_flow("assistant") is None
    world.serve("old", "new")
    await following.look()
    share = world.weights.of_flow("assistant")
    assert share is not None
    assert (share.rollout, share.candidate, share.weight) == ("up-1", "new", 0.1)
    assert share.budget.usd_per_day == 3
    assert share.watched == ("errors",)


async def test_where_a_rollout_is_rolled_back_nobody_is_split_any_more(world: World) -> None:
    world.stand("old")
    world.serve("old", "new")
    world.start()
    following = world.following()
    await following.look()
    world.end("aborted")
    await following.look()
    assert world.weights.all() == ()
    assert world.reload.is_set()


async def test_users_of_a_promoted_candidate_stay_with_it_until_it_is_stable(world: World) -> None:
    world.stand("old")
    world.serve("old", "new")
    world.start()
    following = world.following()
    await following.look()
    world.end("promoted by hand")
    world.stand("new")
    await following.look()
    assert world.weights.of_flow("assistant") is not None
    assert world.reload.is_set()
    world.serve("new")
    await following.look()
    assert world.weights.all() == ()


async def test_a_rollout_right_after_a_promotion_waits_until_its_releases_are_loaded(
    world: World,
) -> None:
    world.serve("older")
    world.stand("old")
    world.start()
    following = world.following()
    await following.look()
    assert world.reload.is_set()
    await following.look()  # the reload takes longer than from one look to the next
    assert world.weights.all() == ()
    world.serve("old", "new")
    await following.look()
    assert world.weights.named("up-1").stable == "old"


async def test_between_two_looks_a_rollout_ends_and_the_next_one_begins(world: World) -> None:
    world.stand("old")
    world.serve("old", "new")
    world.start()
    following = world.following()
    await following.look()
    world.end("aborted")
    world.start("up-2", candidate="newer")
    await following.look()
    assert world.weights.all() == (), "the one that ended gets nothing, and the next is not loaded"
    world.serve("old", "newer")
    await following.look()
    assert [share.rollout for share in world.weights.all()] == ["up-2"]


async def test_a_candidate_that_cannot_be_opened_is_tried_again_at_an_easy_pace(
    world: World,
) -> None:
    world.stand("old")
    world.serve("old")
    served = world.serving.now.flows["assistant"]
    broken = replace(served, unopened=Unopened("new", "a file is gone"))
    world.serving.swap(Served({"assistant": broken}, _nothing))
    world.start()
    why: list[str | None] = ["a file is gone", "another file is gone", None]
    tried: list[str] = []
    seen: list[bool] = []

    async def why_unopened(_: Session, release: str) -> str | None:
        tried.append(release)
        return why[len(tried) - 1]

    async def sleep(_seconds: float) -> None:
        seen.append(world.reload.is_set())
        world.reload.clear()
        if len(tried) == len(why):
            raise asyncio.CancelledError

    following = replace(world.following(), why_unopened=why_unopened)
    await following.look()
    assert tried == []  # what is committed is followed without waiting for that
    assert world.weights.of_flow("assistant") is not None  # so that its withholding is counted
    with suppress(asyncio.CancelledError):
        await following.open_again(sleep)
    assert seen == [False, False, True, True]
    assert tried == ["new"] * 3


def looks(count: int) -> Callable[[float], Awaitable[None]]:
    """A sleep that ends at once, and cancels whoever sleeps once more than so often."""
    left = iter(range(count))

    async def sleep(_seconds: float) -> None:
        if next(left, None) is None:
            raise asyncio.CancelledError

    return sleep


async def test_a_store_that_cannot_be_read_is_told_once_and_changes_nothing(world: World) -> None:
    world.stand("old")
    world.serve("old", "new")
    world.start()
    following = world.following()
    await following.look()
    path = world.session.kept / ROLLOUTS_FILE
    whole = path.read_bytes()
    path.write_bytes(b"no store" * 1000)
    with suppress(asyncio.CancelledError):
        await following.run(looks(3))
    assert world.weights.of_flow("assistant") is not None
    (note,) = world.notes
    assert note.startswith("rollouts and releases are not followed: ")
    path.write_bytes(whole)
    await following.look()
