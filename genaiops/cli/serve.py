"""`genaiops serve`: flows over HTTP."""

import asyncio
import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

import typer

from genaiops.cli.door import ensure_trust, naming_code, note, run_code, trusted_session
from genaiops.cli.options import ConfigOption, TrustOption, new_app
from genaiops.errors import ExecutionError, InputError
from genaiops.project.opened_package import open_package, read_package
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
    package: Annotated[
        Path | None,
        typer.Option("--package", help="Serve the release that `release package` put there."),
    ] = None,
    state: Annotated[
        Path | None,
        typer.Option("--state", help="With --package: where to keep runs; by default in it."),
    ] = None,
    config: ConfigOption = None,
    trust: TrustOption = None,
) -> None:
    """Answer POST /v1/flows/NAME and the chat completions of OpenAI until SIGTERM or Ctrl-C.

    Of a flow the release answers that stands in the stage, or its files where none does. Rollouts
    in production send users to their candidate.

    SIGHUP reads the project and its tokens again; requests that run are not disturbed.
    """
    if package is not None:
        if flows or config is not None or stage != "production":
            raise InputError(
                "--package serves the flow of one release: leave out flows, -c and --stage"
            )
        named: tuple[str, ...] = (read_package(package)[0].release.flow,)
        read = partial(open_package, package, state, allowed=trust)
    else:
        if state is not None:
            raise InputError("--state goes with --package: a project keeps its runs in .genaiops")
        named = tuple(flows or ())
        read = partial(_session_of_project, config, trust, named)
    session = read()
    chosen = flows_to_serve(session, named)
    ensure_trust(session, used_to_serve(session, chosen))
    served = None if package is not None or stage == "files" else stage
    asked = ServingAsked(named, Address(host, port), served)
    if not run_code(_serve(session, asked, read)):
        raise ExecutionError("some requests did not come to their end in time")


async def _serve(session: Session, asked: ServingAsked, reopen: Callable[[], Session]) -> bool:
    orders = Orders()
    with _told_by_signals(orders):
        try:
            return await serve(session, asked, reopen, orders, _note)
        except asyncio.CancelledError:
            if not orders.stop.is_set():
                raise
            told = "ended at once, by a second signal: requests may not have come to their end"
            raise ExecutionError(told) from None


def _session_of_project(config: Path | None, trust: str | None, flows: tuple[str, ...]) -> Session:
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
