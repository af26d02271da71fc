"""From a request to the run of a flow: the seam at which somebody else may choose what answers."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from pydantic import JsonValue

from genaiops.errors import ExecutionError, FailureKind, GenaiopsError
from genaiops.protocols import OnText
from genaiops.records import Failure, FlowRun
from genaiops.records.rollouts import Arm
from genaiops.serve.served import ServedFlow


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a flow, and by whom; `inputs` are bound, `user` is a keyed hash."""

    run_id: str
    flow: ServedFlow
    inputs: dict[str, JsonValue]
    caller: str
    user: str | None


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of it, and what it was that answered."""

    flow: ServedFlow
    run: FlowRun
    arm: Arm = "stable"


Answering = Callable[[Asked, OnText | None], Awaitable[Answered]]
"""Answers one request. Until it hands out a first text it may still turn to another flow."""
OnNote = Callable[[str], None]
"""Takes a line for the log."""


async def answer_by_flow(asked: Asked, on_text: OnText | None) -> Answered:
    """Answer by the flow that was asked for."""
    run = await asked.flow.flow.run(asked.inputs, on_text=on_text)
    return Answered(asked.flow, run)


async def answered(
    answering: Answering, asked: Asked, on_text: OnText | None, within_s: float, note: OnNote
) -> Answered:
    """Answer in time; whatever goes wrong is in the record of the run.

    What an operator has to know goes to the log.
    """
    try:
        async with asyncio.timeout(within_s):
            done = await answering(asked, on_text)
    except TimeoutError:
        return failed(asked, "timeout", f"not done after {within_s:g} s")
    except GenaiopsError as error:
        kind = "server" if isinstance(error, ExecutionError) else "node"
        done = failed(asked, kind, str(error))
    except Exception as error:  # noqa: BLE001  a fault of one flow must not end the server
        done = failed(asked, "node", f"a fault of genaiops itself: {type(error).__name__}: {error}")
    failure = done.run.failure
    if failure is not None:
        where = f" in {failure.where}" if failure.where else ""
        note(f"run {asked.run_id} of {asked.flow.name}: {failure.kind}{where}: {failure.message}")
    return done


def failed(asked: Asked, kind: FailureKind, message: str) -> Answered:
    """A run that ended without a record of its own."""
    failure = Failure(kind=kind, message=message)
    return Answered(asked.flow, FlowRun(flow=asked.flow.name, inputs=asked.inputs, failure=failure))
