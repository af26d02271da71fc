"""Serves the flows of a project: what, to whom, and from which state of its files."""

import asyncio
import ipaddress
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace

from pydantic import JsonValue

from genaiops.digests import digest
from genaiops.errors import InputError
from genaiops.flow.engine import CompiledFlow
from genaiops.flow.python_flow import PythonFlow
from genaiops.project.chatting import find_inputs
from genaiops.project.code import is_python_flow
from genaiops.project.files import flow_name
from genaiops.project.kept_folder import keep_out_of_git
from genaiops.project.root import KEPT_FOLDER
from genaiops.project.session import Session
from genaiops.project.tokens import read_tokens, user_key
from genaiops.project.wants import Used, used_by_flow
from genaiops.project.wiring import Wiring
from genaiops.serve.access import Access, owner_entry
from genaiops.serve.answering import OnNote, answer_by_flow
from genaiops.serve.capacity import Capacity
from genaiops.serve.exchange import Desk
from genaiops.serve.figures import Figures
from genaiops.serve.offering import offered
from genaiops.serve.recording import Recorder
from genaiops.serve.served import ChatInputs, Served, ServedFlow, Serving
from genaiops.serve.server import Fresh, Server
from genaiops.store.live import LiveWriter

LIVE_FILE = f"{KEPT_FOLDER}/live.sqlite"
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
    """What is to be served, where; no flows are those of the project's file, or all."""

    flows: tuple[str, ...]
    address: Address


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
    spec = session.project.spec.serving
    fresh = await read_anew(session, asked, note)
    desk = Desk(
        serving=Serving(fresh.served),
        capacity=Capacity(spec.limits.concurrency, spec.limits.per_token),
        recorder=_recorder(session, note),
        figures=Figures(),
        answering=answer_by_flow,
        clock=session.clock,
        note=note,
        user_key=user_key(session),
        answer_s=spec.limits.answer_s,
    )
    server = Server(desk, fresh.access, spec.limits)
    port = await server.listen(asked.address.host, asked.address.port)
    who = "whoever has a token" if fresh.access.needs_token else "programs of this machine"
    note(f"serving {', '.join(fresh.served.flows)} to {who} at http://{_shown(asked, port)}")

    async def rebuild() -> Fresh:
        return await read_anew(await asyncio.to_thread(reopen), asked, note)

    return await server.run(orders.stop, orders.reload, rebuild)


async def read_anew(session: Session, asked: ServingAsked, note: OnNote) -> Fresh:
    """The flows as their files are now, ready to run, and who may ask them.

    Raises:
        InputError: they do not fit, or strangers could reach them unasked.
        TrustError: a flow wants what is not trusted yet.
    """
    access = access_of(session, asked.address)
    live = replace(session, is_live=True)
    async with AsyncExitStack() as opened:
        flows = [
            await _offered(live, name, opened, note)
            for name in flows_to_serve(session, asked.flows)
        ]
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


async def _offered(session: Session, name: str, opened: AsyncExitStack, note: OnNote) -> ServedFlow:
    """A flow with a wiring of its own, so that its digest is that of what it uses alone."""
    wiring = await opened.enter_async_context(Wiring(session, None, on_wait=note))
    flow = await wiring.flow(name)
    parts = await wiring.parts(name)
    for told in wiring.notes:
        note(told)
    return offered(flow, digest=digest(dict(parts)), chat=_chat(flow))


def _chat(flow: CompiledFlow | PythonFlow) -> ChatInputs | None:
    """The inputs that a conversation fills; None where others would be left open."""
    try:
        found = find_inputs(flow, {})
        filled: dict[str, JsonValue] = {found.question: ""}
        if found.history is not None:
            filled[found.history] = []
        flow.bind(filled)
    except InputError:
        return None
    return ChatInputs(found.question, found.history)


def _recorder(session: Session, note: OnNote) -> Recorder:
    spec, path = session.project.spec.serving, session.kept / LIVE_FILE
    keep_out_of_git(path.parent)
    return Recorder(
        lambda: LiveWriter(path),
        session.clock,
        note,
        keep_content=spec.keep_content,
        keep_days=spec.keep_days,
    )


def _shown(asked: ServingAsked, port: int) -> str:
    host = asked.address.host
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
