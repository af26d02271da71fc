"""`genaiops serve`: flows over HTTP."""

import asyncio
import signal
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

import typer

from genaiops.cli.door import ensure_trust, naming_code, note, run_code, trusted_session
from genaiops.cli.options import ConfigOption, TrustOption, new_app
from genaiops.errors import ExecutionError
from genaiops.project.serving import (
    Address,
    Orders,
    ServingAsked,
    flows_to_serve,
    serve,
    used_to_serve,
)
from genaiops.project.session import Session
from genaiops.text.printable import printable

Stage = Literal["production", "staging", "files"]
app = new_app("Serve flows over HTTP.")


@app.command()
def command(
    flows: Annotated[
        list[str] | None,
        typer.Argument(help="Flows by name, or functions: app:answer; by default all."),
    ] = None,
    host: Annotated[
        str, typer.Option("--host", help="The address to listen at; others than this need tokens.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="0 lets the system choose one.")
    ] = 8080,
    stage: Annotated[
        Stage,
        typer.Option("--stage", help="Serve what stands there; files: the files as they are."),
    ] = "production",
    config: ConfigOption = None,
    trust: TrustOption = None,
) -> None:
    """Answer POST /v1/flows/NAME and the chat completions of OpenAI until SIGTERM or Ctrl-C.

    Of a flow the release answers that stands in the stage, or its files where none does. Rollouts
    in production send users to their candidate.

    SIGHUP reads the project and its tokens again; requests that run are not disturbed.
    """
    session = _session(config, trust, flows or [])
    chosen = flows_to_serve(session, flows or [])
    ensure_trust(session, used_to_serve(session, chosen))
    served = None if stage == "files" else stage
    asked = ServingAsked(tuple(flows or ()), Address(host, port), served)
    if not run_code(_serve(session, asked, config, trust)):
        raise ExecutionError("some requests did not come to their end in time")


async def _serve(
    session: Session, asked: ServingAsked, config: Path | None, trust: str | None
) -> bool:
    orders = Orders()
    with _told_by_signals(orders):
        return await serve(
            session, asked, lambda: _session(config, trust, asked.flows), orders, _note
        )


def _session(config: Path | None, trust: str | None, flows: list[str] | tuple[str, ...]) -> Session:
    session = trusted_session(config, trust)
    for name in flows:
        session = naming_code(session, name)
    return session


def _note(line: str) -> None:
    note(printable(line))


@contextmanager
def _told_by_signals(orders: Orders) -> Generator[None]:
    """SIGTERM and Ctrl-C end the server, the second one at once; SIGHUP reloads it."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()

    def end() -> None:
        if orders.stop.is_set() and task is not None:
            task.cancel()
        orders.stop.set()

    loop.add_signal_handler(signal.SIGTERM, end)
    loop.add_signal_handler(signal.SIGINT, end)
    loop.add_signal_handler(signal.SIGHUP, orders.reload.set)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.remove_signal_handler(number)
