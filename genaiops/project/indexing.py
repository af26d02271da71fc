"""Use cases around indexes: build one, tell how it stands, ask it."""

from typing import NamedTuple

from genaiops.flow.hold import OnHold, untold
from genaiops.index.build import build_index
from genaiops.index.embedding import OnProgress
from genaiops.index.freshness import IndexStatus, index_status
from genaiops.index.retrieve import Found
from genaiops.index.versions import IndexVersion
from genaiops.project.files import index_name
from genaiops.project.session import Session
from genaiops.project.supplies import OnNote
from genaiops.project.wants import used_by_eval
from genaiops.project.wiring import Wiring


class Answer(NamedTuple):
    """Passages as an index found them, and what it had to say besides."""

    found: tuple[Found, ...]
    notes: tuple[str, ...]


async def build(
    session: Session, name: str, on_progress: OnProgress, on_hold: OnHold = untold
) -> IndexVersion:
    """Build an index of the project; `on_hold` is told when calls of its embedder wait.

    Raises:
        InputError: there is no such index, or its sources or embedder are wrong.
        ExecutionError: the disk or the embedder fails, or another process builds it.
    """
    spec = session.project.index(name).spec
    async with Wiring(session, None, on_hold=on_hold) as wiring:
        return await build_index(
            spec,
            index_name(name),
            session.root,
            wiring.builder_of(spec),
            clock=session.clock,
            on_progress=on_progress,
        )


async def status(session: Session, name: str) -> IndexStatus:
    """How an index stands; embeds nothing.

    Raises:
        InputError: there is no such index, its files are damaged or its embedder is not here.
    """
    spec = session.project.index(name).spec
    async with Wiring(session, None) as wiring:
        embedder = wiring.embedder_of(spec)
        return index_status(spec, index_name(name), session.root, embedder, clock=session.clock)


async def refresh(session: Session, name: str, on_note: OnNote) -> None:
    """Build those indexes of an evaluation anew that are not what its files say by now.

    Raises:
        TrustError: the evaluation wants what is not trusted yet.
        InputError, ExecutionError: as for `build`.
    """
    used = used_by_eval(session.project, name)
    session.require_trust(used)
    for index in sorted(used.indexes):
        if (await status(session, index)).state not in {"fresh", "never_built"}:
            await build(session, index, lambda _done, _planned: None)
            on_note(f"built index {index} of {session.commit or session.root}")


async def query(
    session: Session,
    name: str,
    text: str,
    k: int,
    *,
    on_wait: OnNote | None = None,
    on_hold: OnHold = untold,
) -> Answer:
    """Ask an index, built first where it never was.

    `on_wait` is told at once when another process is building it, `on_hold` when calls of its
    embedder wait.

    Raises:
        InputError: there is no such index, or it is stale, damaged or of another embedder.
    """
    session.project.index(name)
    async with Wiring(session, None, on_wait=on_wait, on_hold=on_hold) as wiring:
        index = await wiring.index(index_name(name))
        return Answer(await index.inspect(text, k), tuple(wiring.notes))
