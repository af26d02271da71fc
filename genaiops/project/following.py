"""Keeps a server at what is committed: the shares of rollouts, and the releases that answer."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from genaiops.errors import GenaiopsError
from genaiops.project.rollout_home import read_rollouts
from genaiops.project.served_arms import Arms, arms_now, open_rollouts_of, share_of
from genaiops.project.served_flows import why_unopened
from genaiops.project.session import Session
from genaiops.records.releases import Stage
from genaiops.serve.answering import OnNote
from genaiops.serve.gateway.weights import Weights
from genaiops.serve.served import Serving
from genaiops.specs.rollout import EXTERNAL
from genaiops.store.rollouts import StoredRollout

EACH_S = 0.5
OPEN_AGAIN_S = 10.0
"""So often a candidate that could not be opened is tried again."""
Sleep = Callable[[float], Awaitable[None]]
WhyUnopened = Callable[[Session, str], Awaitable[str | None]]


@dataclass(slots=True)
class Following:
    """Looks at the store and the audit chain again and again; `reload` is set where arms changed.

    Nothing but what was committed is ever sent to a candidate, whichever process decides. Users of
    a candidate that was promoted stay with it until it is served as stable.
    """

    session: Session
    stage: Stage | None
    weights: Weights
    serving: Serving
    reload: asyncio.Event
    note: OnNote
    why_unopened: WhyUnopened = why_unopened
    _asked: Mapping[str, Arms] = field(default_factory=dict[str, Arms])
    _noted: str | None = None

    async def run(self, sleep: Sleep = asyncio.sleep) -> None:
        """Look until it is cancelled; what fails is told once, and nothing changes meanwhile."""
        while True:
            await sleep(EACH_S)
            try:
                await self.look()
                self._noted = None
            except GenaiopsError as error:
                if str(error) != self._noted:
                    self._noted = str(error)
                    self.note(f"rollouts and releases are not followed: {error}")

    async def look(self) -> None:
        """Take over what is committed now.

        Raises:
            StoreError: the store or the chain cannot be read.
        """
        flows = tuple(self.serving.now.flows)
        rollouts, arms = await asyncio.to_thread(self._read, flows)
        waiting = {flow for flow in flows if self._served(flow) != arms[flow]}
        self._end({each.rollout.id for each in rollouts})
        for stored in rollouts:
            known = self.weights.of_flow(stored.rollout.flow)
            is_known = known is not None and known.rollout == stored.rollout.id
            if is_known or stored.rollout.flow not in waiting:
                self.weights.set(share_of(stored))
        if waiting and arms != self._asked:
            self._asked = arms
            self.reload.set()

    async def open_again(self, sleep: Sleep = asyncio.sleep) -> None:
        """Try candidates that could not be opened, until it is cancelled; no look waits for it."""
        while True:
            await sleep(OPEN_AGAIN_S)
            unopened = [each.unopened for each in self.serving.now.flows.values() if each.unopened]
            whys = [await self.why_unopened(self.session, each.release) for each in unopened]
            if whys != [each.why for each in unopened]:
                self.reload.set()

    def _read(self, flows: Sequence[str]) -> tuple[list[StoredRollout], Mapping[str, Arms]]:
        rollouts = open_rollouts_of(self.session) if self.stage == "production" else []
        return rollouts, arms_now(self.session, flows, self.stage, rollouts)

    def _served(self, flow: str) -> Arms:
        served = self.serving.now.flows[flow]
        candidate = served.candidate or served.unopened
        return Arms(served.release, candidate.release if candidate else None)

    def _end(self, under_way: set[str]) -> None:
        for share in self.weights.all():
            if share.rollout in under_way:
                continue
            with read_rollouts(self.session) as rollouts:
                phase = rollouts.find(share.rollout).event.phase
            is_external = share.flow.startswith(f"{EXTERNAL}:")
            flow = None if is_external else self.serving.now.flows.get(share.flow)
            if phase != "promoted" or flow is None or flow.release == share.candidate:
                self.weights.end(share.flow)
