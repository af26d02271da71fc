"""A server with a gateway between two arms: flows of two projects that ask an endpoint each."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from genaiops.project.served_arms import Arms
from genaiops.project.served_flows import armed
from genaiops.project.session import open_session
from genaiops.serve.access import Access, TokenEntry
from genaiops.serve.capacity import Capacity
from genaiops.serve.exchange import Desk
from genaiops.serve.figures import Figures
from genaiops.serve.gateway.gateway import Gateway
from genaiops.serve.gateway.shadow import Shadow
from genaiops.serve.gateway.weights import Share, Weights
from genaiops.serve.recording import Recorder
from genaiops.serve.served import Served, ServedFlow, Serving
from genaiops.serve.server import Fresh, Server
from genaiops.serve.tracing import Tracing
from tests.project.build import build_project
from tests.serve.gateway.endpoint import Endpoint, Mode, endpoint
from tests.serve.server import QUICK, MemoryWriter, Place, clock

FLOW = """\
    inputs: {question: string, history: {type: messages, default: []}}
    nodes:
      say: {prompt: say.md, model: it, with: {question: "${inputs.question}"}}
    outputs: {answer: "${say.text}"}
    """
CATALOG = """\
    models:
      it:
        provider: openai
        model: m
        base_url: "%s"
        api_key: ${env:OUR_KEY}
        price: {input_usd_per_mtok: 1000, output_usd_per_mtok: 1000}
    """
HALF = Share(
    rollout="up-1", name="up", flow="say", salt="salt", candidate="new", stable="old",
    weight=0.5, watched=("errors",),
)  # fmt: skip


async def flow_at(root: Path, at: Endpoint, opened: AsyncExitStack) -> ServedFlow:
    """The flow `say` of a project that asks this endpoint."""
    files = {
        "flows/say/flow.yaml": FLOW,
        "flows/say/say.md": "{{ question }}",
        "catalog.yaml": CATALOG % at.url,
        "flows/assistant/flow.yaml": None,
        "evals/assistant.yaml": None,
    }
    session = open_session(build_project(root, files), allowed="x")
    environment = {"OUR_KEY": "our-own-key"}
    trusting = replace(session, environment=environment, is_live=True)
    trusting.granted.update(trusting.all_wants())
    return await armed(trusting, "say", Arms(), opened, print)


@dataclass(frozen=True)
class Arranged:
    """A server, its gateway and the endpoints behind it."""

    place: Place
    gateway: Gateway
    stable: Endpoint
    candidate: Endpoint


@asynccontextmanager
async def gateway_at(  # noqa: PLR0913  what tests vary
    root: Path,
    candidate_mode: Mode = "fine",
    stable_mode: Mode = "fine",
    share: Share = HALF,
    *,
    tokens: Sequence[TokenEntry] = (),
    within_s: float = 3.0,
    tracing: Tracing | None = None,
) -> AsyncGenerator[Arranged]:
    """Serve `say` by two arms while this is open."""
    async with AsyncExitStack() as opened:
        stable = await opened.enter_async_context(endpoint("stable", stable_mode))
        candidate = await opened.enter_async_context(endpoint("candidate", candidate_mode))
        ours = await flow_at(root / "stable", stable, opened)
        theirs = replace(await flow_at(root / "candidate", candidate, opened), release="new")
        flow = replace(ours, release="old", candidate=theirs)
        writer, notes = MemoryWriter(), list[str]()
        gateway = Gateway(
            weights=Weights(),
            recorder=Recorder(lambda: writer, clock, notes.append, keep_content=True, keep_days=30),
            figures=Figures(),
            clock=clock,
            note=notes.append,
            least_s=within_s,
            most_s=within_s,
        )
        gateway.weights.set(share)
        desk = Desk(
            serving=Serving(Served({"say": flow}, _nothing)),
            capacity=Capacity(64, 64),
            recorder=gateway.recorder,
            figures=gateway.figures,
            answering=gateway.answer,
            clock=clock,
            note=notes.append,
            user_key=b"k" * 32,
            answer_s=5.0,
            splitting=gateway.split,
            weights=gateway.weights,
            tracing=tracing,
        )
        gateway.shadow = Shadow(desk.serving, desk.capacity, gateway.mirror)
        server = Server(desk, Access(tokens, clock), QUICK)
        stop, reload = asyncio.Event(), asyncio.Event()
        port = await server.listen("127.0.0.1", 0)
        place = Place(port, desk, server, writer, notes, stop, reload, [])
        async with asyncio.TaskGroup() as group:
            shadow = group.create_task(gateway.shadow.run())
            group.create_task(server.run(stop, reload, _never))
            try:
                yield Arranged(place, gateway, stable, candidate)
            finally:
                stop.set()
                shadow.cancel()


async def _nothing() -> None: ...


async def _never() -> Fresh:
    raise AssertionError
