"""Carries the rollouts of a project on, beside whatever serves their traffic."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal, Self, TypeVar

from genaiops.errors import GenaiopsError
from genaiops.project.online_scoring import OnlineScoring, bound_metrics, scored_metrics
from genaiops.project.probing import Probe, open_probe, released_session
from genaiops.project.rollout_home import open_rollouts, read_live
from genaiops.project.rollout_releases import RolloutReleases, is_external
from genaiops.project.session import Session
from genaiops.project.wiring import Wiring
from genaiops.records.rollout_events import Rollout
from genaiops.rollout.committing import read_spec
from genaiops.rollout.controller import Controller, Doors
from genaiops.serve.answering import OnNote
from genaiops.specs.rollout import RolloutSpec
from genaiops.store.rollouts import Rollouts, StoredRollout

EACH_S = 2.0
OPEN_AGAIN_S = 10.0
"""So often what could not be opened is tried again."""
Part = Literal["scored", "probed"]
"""What answers of the candidate are to be, beside being served."""
Withheld = Callable[[Rollout], str | None]
"""Says why the candidate of a rollout cannot be asked by who serves it; None where it can be."""
ResultT = TypeVar("ResultT")
Sleep = Callable[[float], Awaitable[None]]


@dataclass(slots=True)
class _Steered:
    """A rollout with its controller, and what asks and scores for it.

    `lacks` says what of that could not be opened yet; what serving tells guards meanwhile.
    """

    controller: Controller
    spec: RolloutSpec
    scoring: OnlineScoring
    probe: Probe | None
    opened: AsyncExitStack
    lacks: tuple[Part, ...]
    tried_s: float = float("-inf")
    told: str | None = None
    missed: str | None = None
    is_looked_at: bool = False


@dataclass(slots=True)
class Steering:
    """Ticks the controller of each rollout that is under way; what fails is told once.

    Reading, writing and moving releases is done in a thread, so that requests do not wait for it.
    """

    session: Session
    note: OnNote
    withheld: Withheld
    now_s: Callable[[], float] = time.monotonic
    _rollouts: Rollouts = field(init=False)
    _steered: dict[str, _Steered] = field(default_factory=dict[str, _Steered])
    _thread: ThreadPoolExecutor = field(default_factory=partial(ThreadPoolExecutor, 1))
    _told: str | None = None

    async def __aenter__(self) -> Self:
        self._rollouts = open_rollouts(self.session)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._thread.shutdown()  # what it is about to commit is committed
        for each in self._steered.values():
            await each.opened.aclose()
        self._rollouts.close()

    async def run(self, sleep: Sleep = asyncio.sleep) -> None:
        """Look again and again until it is cancelled; no rollout waits for the look at another."""
        async with asyncio.TaskGroup() as looks:
            while True:
                await sleep(EACH_S)
                await self._begin_looks(looks)

    async def tick(self) -> None:
        """One look at each rollout; new ones are taken up, those that ended are let go."""
        async with asyncio.TaskGroup() as looks:
            await self._begin_looks(looks)

    async def _begin_looks(self, looks: asyncio.TaskGroup) -> None:
        try:
            for stored in await self._aside(self._rollouts.open):
                if stored.rollout.id not in self._steered:
                    self._steered[stored.rollout.id] = await self._taken_up(stored)
            self._told = None
        except GenaiopsError as error:
            self._told = self._say(self._told, f"rollouts: {error}")
        for rollout_id, steered in self._steered.items():
            if not steered.is_looked_at:
                steered.is_looked_at = True
                looks.create_task(self._look(rollout_id, steered))

    async def _look(self, rollout_id: str, steered: _Steered) -> None:
        try:
            await self._carried_on(steered)
            steered.told = None
        except GenaiopsError as error:
            steered.told = self._say(steered.told, f"rollout {rollout_id}: {error}")
        steered.is_looked_at = False
        if steered.controller.is_over:
            del self._steered[rollout_id]
            await steered.opened.aclose()

    async def _carried_on(self, steered: _Steered) -> None:
        controller = steered.controller
        gathered = await self._aside(controller.gather)
        if gathered is None:
            return
        if steered.lacks and self.now_s() >= steered.tried_s + OPEN_AGAIN_S:
            await self._equip(steered)
        found = list(await steered.probe.ask(self.now_s())) if steered.probe else []
        if wanted := gathered.wanted:
            found += await steered.scoring.score(wanted, gathered.judged_usd)
        withheld = self.withheld(controller.rollout)
        await self._aside(partial(controller.decide, gathered, found, withheld))

    async def _taken_up(self, stored: StoredRollout) -> _Steered:
        rollout = stored.rollout
        spec = read_spec(rollout)
        async with AsyncExitStack() as opening:
            live = opening.enter_context(read_live(self.session))
            doors = Doors(RolloutReleases(self.session), self.note, self.session.clock)
            controller = Controller(stored, self._rollouts, live, doors)
            scoring = OnlineScoring(rollout, spec, {}, self.note)
            lacks = () if is_external(rollout) else _parts(spec)
            return _Steered(controller, spec, scoring, None, opening.pop_all(), lacks)

    async def _equip(self, steered: _Steered) -> None:
        """Open what is lacking; what cannot be opened is told, and tried again later."""
        steered.tried_s = self.now_s()
        faults: list[str] = []
        for part in steered.lacks:
            try:
                async with AsyncExitStack() as opening:
                    await self._open(part, steered, opening)
                    steered.opened.push_async_exit(opening.pop_all())
            except GenaiopsError as error:
                faults.append(f"answers are not {part}: {error}")
            else:
                steered.lacks = tuple(each for each in steered.lacks if each != part)
        rollout = steered.controller.rollout.id
        what = f"rollout {rollout}: {'; '.join(faults)}" if faults else None
        steered.missed = self._say(steered.missed, what) if what else None

    async def _open(self, part: Part, steered: _Steered, opening: AsyncExitStack) -> None:
        """What scores answers, or asks the release of the candidate."""
        rollout, spec = steered.controller.rollout, steered.spec
        live = replace(self.session, is_live=True)
        if part == "scored":
            wiring = await opening.enter_async_context(Wiring(live, None, on_wait=self.note))
            metrics = bound_metrics(live, wiring, rollout, spec)
            steered.scoring = OnlineScoring(rollout, spec, metrics, self.note)
        else:
            released = await self._aside(partial(released_session, live, rollout))
            wiring = await opening.enter_async_context(Wiring(released, None, on_wait=self.note))
            steered.probe = await open_probe(live, wiring, rollout, spec)

    async def _aside(self, work: Callable[[], ResultT]) -> ResultT:
        """Do what may take long, one after the other."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _say(self, told: str | None, what: str) -> str:
        """Say once what is wrong as long as it stays so."""
        if what != told:
            self.note(what)
        return what


def _parts(spec: RolloutSpec) -> tuple[Part, ...]:
    scored: tuple[Part, ...] = ("scored",) if scored_metrics(spec) else ()
    return scored if spec.probe is None else (*scored, "probed")
