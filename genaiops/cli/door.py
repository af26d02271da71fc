"""From a synchronous command to the asynchronous inside, and back out with an exit code."""

import asyncio
import json
import sys
from collections.abc import Coroutine
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any, TypeVar

import typer

from genaiops.cli.app import print_err, print_out
from genaiops.errors import TrustError
from genaiops.project.code import is_python_flow
from genaiops.project.session import Session, open_session
from genaiops.project.wants import Used
from genaiops.text.json_text import escaped
from genaiops.trust import wants_digest

ResultT = TypeVar("ResultT")


def run_async(work: Coroutine[Any, Any, ResultT]) -> ResultT:
    """Run to the end; loops are started here and in `open_loop` alone."""
    return asyncio.run(work)


def run_code(work: Coroutine[Any, Any, ResultT]) -> ResultT:
    """Run what may call somebody's functions: what these print goes to stderr, as all notes do."""
    with redirect_stdout(sys.stderr):
        return run_async(work)


def open_loop() -> asyncio.Runner:
    """A loop for a talk, in which each answer is a run of its own that Ctrl-C ends."""
    return asyncio.Runner()


def note(message: str) -> None:
    """Tell the user something, on stderr."""
    print_err(message)


def show(text: str) -> None:
    """Print a result, on stdout."""
    print_out(f"{text}\n")


def show_json(value: object) -> None:
    """Print a result as JSON, on stdout; no text in it is a command to the CI that reads it."""
    text = escaped(json.dumps(value, ensure_ascii=False, indent=2))
    show(text.replace("##", "#\\u0023"))


def confirmed(question: str) -> bool:
    """Whether the user says yes; the end of the input is a no."""
    try:
        return typer.confirm(question, default=False, err=True)
    except typer.Abort:
        return False


def trusted_session(config: Path | None, trust: str | None) -> Session:
    """The project of a command; what it uses is asked for by `ensure_trust`."""
    return open_session(config, allowed=trust)


def session_anywhere(config: Path | None, trust: str | None) -> Session:
    """The project of a command, or a working folder without one."""
    return open_session(config, allowed=trust, anywhere=True)


def naming_code(session: Session, name: str) -> Session:
    """The session of a command that may name a Python function, which is trusted by that."""
    if not is_python_flow(name):
        return session
    return session.naming(Used(functions=frozenset({(name, session.root)})))


def ensure_trust(session: Session, used: Used) -> None:
    """Ask on a terminal to trust what is about to be used; elsewhere it must be trusted already.

    Raises:
        TrustError: it is not trusted, and the user said no or could not be asked.
        InputError: it is, and the command says the digest of something else.
    """
    is_first = not session.granted  # a talk asks again for what it changes to
    try:
        session.require_trust(used)
        if is_first:
            session.refuse_other_digest(used)
    except TrustError as error:
        wants = session.wants(used)
        if not sys.stdin.isatty() or not sys.stderr.isatty():
            note(f"to trust this once, or in CI: --trust {wants_digest(wants)}")
            note("to trust the whole project on this machine: genaiops trust --yes")
            raise
        note("This project wants to:")
        for want in error.wants:
            note(f"  {want}")
        if not confirmed("Trust it to do so on this machine?"):
            raise
        session.book.trust(session.root, wants)
