"""Flows of a project as a server offers them: from its files, or from releases."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace

from pydantic import JsonValue

from genaiops.digests import digest
from genaiops.errors import GenaiopsError, InputError
from genaiops.flow.engine import CompiledFlow
from genaiops.flow.python_flow import PythonFlow
from genaiops.flow.side_effects import UNKNOWN, acts_of
from genaiops.project.chatting import find_inputs
from genaiops.project.known_models import known_models
from genaiops.project.live_model import LiveModel
from genaiops.project.release_home import release_home
from genaiops.project.released import open_release
from genaiops.project.served_arms import Arms
from genaiops.project.session import Session
from genaiops.project.wiring import Wiring
from genaiops.serve.answering import OnNote
from genaiops.serve.offering import offered
from genaiops.serve.served import ChatInputs, ServedFlow, Unopened


async def armed(
    session: Session, name: str, arms: Arms, opened: AsyncExitStack, note: OnNote
) -> ServedFlow:
    """A flow by its arms; a candidate that cannot be opened is left out, and told.

    Raises:
        InputError: stable does not fit the project or this machine.
        TrustError: it wants what is not trusted yet.
        StoreError: a file of its release is gone or was changed.
    """
    if arms.stable is None or arms.stable == session.release:
        return replace(await _offered(session, name, opened, note), release=arms.stable)
    stable = await _released(session, arms.stable, opened, note)
    if arms.candidate is None or arms.candidate == arms.stable:
        return stable
    try:
        candidate = await _released(session, arms.candidate, opened, note)
    except GenaiopsError as error:
        note(f"candidate {arms.candidate} of {name} cannot be opened: {error}")
        return replace(stable, unopened=Unopened(arms.candidate, _told(error)))
    return replace(stable, candidate=candidate)


async def why_unopened(session: Session, release_id: str) -> str | None:
    """Open a candidate to see whether that goes; why not, None where it does."""
    try:
        async with AsyncExitStack() as opened:
            await _released(replace(session, is_live=True), release_id, opened, _untold)
    except GenaiopsError as error:
        return _told(error)
    return None


def _told(error: GenaiopsError) -> str:
    return f"the candidate cannot be opened: {' '.join(str(error).split())}"


def _untold(_: str) -> None:
    """What is said while it is only tried to be opened is said when it is opened."""


async def _released(
    session: Session, release_id: str, opened: AsyncExitStack, note: OnNote
) -> ServedFlow:
    """A flow as it was released.

    Raises:
        StoreError: a file of the release is gone or was changed.
        TrustError: it wants what is not trusted yet.
        InputError: it does not fit this machine.
    """
    release = await asyncio.to_thread(release_home(session).find, release_id)
    released = await asyncio.to_thread(open_release, session, release)
    released.session.require_trust(released.used)
    flow = await _offered(released.session, released.release.flow, opened, note)
    return replace(flow, release=release_id)


async def _offered(session: Session, name: str, opened: AsyncExitStack, note: OnNote) -> ServedFlow:
    """A flow with a wiring of its own, so that its digest is that of what it uses alone."""
    at_once = session.project.spec.serving.limits.concurrency
    wiring = await opened.enter_async_context(
        Wiring(session, None, wrap=lambda model: LiveModel(model, at_once), on_wait=note)
    )
    flow = await wiring.flow(name)
    parts = await wiring.parts(name)
    for told in wiring.notes:
        note(told)
    served = offered(flow, digest=digest(dict(parts)), chat=_chat(flow))
    models = known_models(session.project.catalog.spec)
    return replace(served, acts=_acts(session, flow), models=models)


def _acts(session: Session, flow: CompiledFlow | PythonFlow) -> str | None:
    if isinstance(flow, PythonFlow):
        return UNKNOWN
    return acts_of(flow.spec, lambda name: session.project.flow(name).spec)


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
