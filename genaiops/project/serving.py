"""Serves the flows of a project: what, to whom, and from which state of its files."""

import asyncio
import ipaddress
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from functools import partial

from pydantic import BaseModel

from genaiops.errors import InputError
from genaiops.models.mask import Mask
from genaiops.project.code import is_python_flow
from genaiops.project.entry_wants import variables_in
from genaiops.project.files import flow_name
from genaiops.project.following import Following
from genaiops.project.gateway import open_gateway
from genaiops.project.rollout_status import newest_verdicts
from genaiops.project.served_arms import arms_now, open_rollouts_of
from genaiops.project.served_flows import armed
from genaiops.project.session import Session
from genaiops.project.steering import Steering
from genaiops.project.tokens import read_tokens, user_key
from genaiops.project.tracing import open_tracing
from genaiops.project.wants import Used, used_by_flow
from genaiops.records.releases import Stage
from genaiops.records.rollout_events import Rollout
from genaiops.serve.access import Access, owner_entry
from genaiops.serve.answering import OnNote
from genaiops.serve.capacity import Capacity
from genaiops.serve.exchange import Desk
from genaiops.serve.gateway.gateway import Gateway
from genaiops.serve.gateway.shadow import Shadow
from genaiops.serve.served import Served, ServedFlow, Serving
from genaiops.serve.server import Fresh, Server
from genaiops.specs.serving import ServingLimits, ServingSpec

TOKEN = "GENAIOPS_TOKEN"  # noqa: S105  the name of a variable


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server listens."""

    host: str
    port: int

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine reaches it."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


@dataclass(frozen=True, slots=True)
class Orders:
    """What a running server is told from outside."""

    stop: asyncio.Event = field(default_factory=asyncio.Event)
    reload: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True, slots=True)
class ServingAsked:
    """What is to be served, where; no flows are those of the project's file, or all.

    Of each flow the release is served that stands in `stage`, or the files where none does.
    """

    flows: tuple[str, ...]
    address: Address
    stage: Stage | None = None


def flows_to_serve(session: Session, named: Sequence[str]) -> tuple[str, ...]:
    """The flows: those that are named, else those of `serving:`, else all of the project.

    Raises:
        InputError: there is none, or none of a name.
    """
    flows = tuple(named) or session.project.spec.serving.flows or tuple(session.project.flows)
    if not flows:
        raise InputError("there is no flow to serve; write flows/<name>/flow.yaml")
    for name in flows:
        if not is_python_flow(name):
            session.project.flow(name)
    return tuple(dict.fromkeys(name if is_python_flow(name) else flow_name(name) for name in flows))


def used_to_serve(session: Session, flows: Sequence[str]) -> Used:
    """What has to be trusted before these flows are served.

    Raises:
        InputError: code is not there, is no Python, or lies outside of the project.
    """
    used = Used()
    for name in flows:
        used |= used_by_flow(session.project, name)
    return used


async def serve(
    session: Session,
    asked: ServingAsked,
    reopen: Callable[[], Session],
    orders: Orders,
    note: OnNote,
) -> bool:
    """Serve until told to stop; whether all that was under way then came to its end.

    `reopen` reads the project again, which `orders.reload` asks for.

    Raises:
        InputError: a flow or its surroundings do not fit, or strangers could reach it unasked.
        TrustError: a flow wants what is not trusted yet.
        ExecutionError: the address or the store cannot be used.
    """
    note = masked(session, note)
    tracing = open_tracing(session, note)
    fresh = await read_anew(session, asked, note)
    gateway = open_gateway(session, note)
    desk = replace(_desk(session, fresh.served, gateway), tracing=tracing)
    gateway.shadow = Shadow(desk.serving, desk.capacity, gateway.mirror)
    changes = _Changes(session, orders, reopen, note)
    following = Following(
        session, asked.stage, gateway.weights, desk.serving, changes.changed, note
    )
    await following.look()
    server = Server(desk, fresh.access, session.project.spec.serving.limits)
    port = await server.listen(asked.address.host, asked.address.port)
    note(_announced(fresh, asked, port))

    async def rebuild() -> Fresh:
        return await read_anew(await changes.session_now(), asked, note)

    async with (
        Steering(session, note, partial(_withheld, gateway, desk.serving)) as steering,
        asyncio.TaskGroup() as group,
    ):
        running = [gateway.shadow.run(), following.run(), following.open_again()]
        if asked.stage == "production":
            running.append(steering.run())
        beside = [group.create_task(each) for each in (*running, changes.heed_orders())]
        is_whole = await server.run(orders.stop, changes.changed, rebuild)
        for task in beside:
            task.cancel()
    if tracing is not None:
        await tracing.aclose()
    return is_whole


def _announced(fresh: Fresh, asked: ServingAsked, port: int) -> str:
    """What is served, to whom, and where."""
    who = "whoever has a token" if fresh.access.needs_token else "programs of this machine"
    what = ", ".join(_told(flow) for flow in fresh.served.flows.values())
    return f"serving {what} to {who} at http://{_shown(asked, port)}"


def _desk(session: Session, served: Served, gateway: Gateway) -> Desk:
    limits = session.project.spec.serving.limits
    return Desk(
        serving=Serving(served),
        capacity=Capacity(limits.concurrency, limits.per_token),
        recorder=gateway.recorder,
        figures=gateway.figures,
        answering=gateway.answer,
        clock=session.clock,
        note=gateway.note,
        user_key=user_key(session),
        answer_s=limits.answer_s,
        splitting=gateway.split,
        weights=gateway.weights,
        verdicts=partial(newest_verdicts, session),
    )


def _withheld(gateway: Gateway, serving: Serving, rollout: Rollout) -> str | None:
    """Why the candidate of a rollout cannot be asked here."""
    share, flow = gateway.weights.of_flow(rollout.flow), serving.now.flows.get(rollout.flow)
    return None if share is None or flow is None else gateway.why_unasked(share, flow)


async def read_anew(session: Session, asked: ServingAsked, note: OnNote) -> Fresh:
    """The flows as they stand or as their files are now, ready to run, and who may ask them.

    Raises:
        InputError: they do not fit, or strangers could reach them unasked.
        TrustError: a flow wants what is not trusted yet.
    """
    access = access_of(session, asked.address)
    live = replace(session, is_live=True)
    async with AsyncExitStack() as opened:
        names = flows_to_serve(session, asked.flows)
        rollouts = open_rollouts_of(session) if asked.stage == "production" else []
        arms = arms_now(session, names, asked.stage, rollouts)
        flows = [await armed(live, name, arms[name], opened, note) for name in names]
        return Fresh(Served({flow.name: flow for flow in flows}, opened.pop_all().aclose), access)


def access_of(session: Session, address: Address) -> Access:
    """Who may ask: whoever has the token of the variable or one of the file, else this machine.

    Raises:
        InputError: there is no token, and strangers could reach the address.
    """
    own = session.environment.get(TOKEN)
    entries = (*((owner_entry(own),) if own else ()), *read_tokens(session))
    if not entries and not address.is_loopback:
        raise InputError(
            f"whoever reaches {address.host} could ask the flows: set {TOKEN}, or give out tokens "
            "by `genaiops token add NAME`"
        )
    return Access(entries, session.clock)


@dataclass(slots=True)
class _Changes:
    """What is served is to change, by its files or by its arms alone.

    Where only arms change, files that somebody edits meanwhile do not stand in the way.
    """

    session: Session
    orders: Orders
    reopen: Callable[[], Session]
    note: OnNote
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    _are_files: bool = False
    _at_start: ServingSpec = field(init=False)

    def __post_init__(self) -> None:
        self._at_start = self.session.project.spec.serving

    async def heed_orders(self) -> None:
        """Pass on the order to read files again, until it is cancelled."""
        while True:
            await self.orders.reload.wait()
            self.orders.reload.clear()
            self._are_files = True
            self.changed.set()

    async def session_now(self) -> Session:
        """The project as it is to be served.

        Raises:
            SpecError: its files have faults.
        """
        if self._are_files:
            self._are_files = False
            self.session = await asyncio.to_thread(self.reopen)
            if late := until_restart(self._at_start, self.session.project.spec.serving):
                self.note(f"what holds as it was until the server is started again: {late}")
        return self.session


def until_restart(at_start: ServingSpec, now: ServingSpec) -> str:
    """The keys of `serving:` that are others than at the start, and that no reload takes over."""
    changed = [key for key in ("keep_content", "keep_days", "otel") if _differs(at_start, now, key)]
    limits = [
        key for key in ServingLimits.model_fields if _differs(at_start.limits, now.limits, key)
    ]
    return ", ".join([*changed, *(f"limits.{key}" for key in limits)])


def _differs(one: BaseModel, other: BaseModel, key: str) -> bool:
    return getattr(one, key) != getattr(other, key)


def _told(flow: ServedFlow) -> str:
    """A flow with its releases, for the log."""
    arms = [f"release {flow.release}"] if flow.release else []
    if flow.candidate is not None:
        arms.append(f"candidate {flow.candidate.release}")
    return f"{flow.name} ({', '.join(arms)})" if arms else flow.name


def masked(session: Session, note: OnNote) -> OnNote:
    """A log that holds no key of the catalog, nor the token of the server: errors may quote any."""
    written = session.project.catalog.spec.model_dump(mode="json", by_alias=True)
    names = (*variables_in(written), TOKEN)
    mask = Mask(value for name in names if (value := session.environment.get(name)))
    return lambda line: note(mask(line))


def _shown(asked: ServingAsked, port: int) -> str:
    host = asked.address.host
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
