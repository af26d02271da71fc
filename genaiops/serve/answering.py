"""From a request to the run of a flow: the seam at which somebody else may choose what answers."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from pydantic import JsonValue

from genaiops.errors import ExecutionError, FailureKind, GenaiopsError
from genaiops.flow.watching import Watch, watching
from genaiops.protocols import OnText
from genaiops.records import Failure, FlowRun
from genaiops.records.live_runs import LivePart, Split
from genaiops.records.rollouts import Arm
from genaiops.serve.served import ServedFlow
from genaiops.serve.tracing import Trace


@dataclass(frozen=True, slots=True)
class Units:
    """Keyed hashes of whom a rollout may split: the user and the conversation.

    Who says no conversation has one, and who says no user is the token.
    """

    user: str
    conversation: str
    names_user: bool = True

    def are_named(self, per: Literal["user", "conversation"]) -> bool:
        """Whether a request says who is split; else all that a token asks is one."""
        return self.names_user or (per == "conversation" and self.conversation != self.user)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a flow, and by whom.

    `inputs` are what was `given` with the defaults of the flow, `user` is a keyed hash, and `split`
    says the arm where a rollout of the flow is under way. `trace` is there where spans are sent.
    """

    run_id: str
    flow: ServedFlow
    given: dict[str, JsonValue]
    inputs: dict[str, JsonValue]
    caller: str
    user: str | None
    split: Split | None = None
    trace: Trace | None = None

    @property
    def arm(self) -> Arm:
        """What is to answer."""
        return "stable" if self.split is None else self.split.arm

    def watch(self, arm: Arm) -> Watch | None:
        """What is told of the calls that an arm makes; None where nobody wants to know."""
        return None if self.trace is None else self.trace.watch(arm)


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of it, and what it was that answered; `part` is what that is to the client."""

    flow: ServedFlow
    run: FlowRun
    arm: Arm = "stable"
    part: LivePart = "answer"


Answering = Callable[[Asked, OnText | None], Awaitable[Answered]]
"""Answers one request. Until it hands out a first text it may still turn to another flow."""
Splitting = Callable[[ServedFlow, Units], Split | None]
"""Says the arm of a request when it comes; None where there is no rollout."""
OnNote = Callable[[str], None]
"""Takes a line for the log."""


def unsplit(_flow: ServedFlow, _units: Units) -> None:
    """There is no rollout."""


async def answer_by_flow(asked: Asked, on_text: OnText | None) -> Answered:
    """Answer by the flow that was asked for."""
    with watching(asked.watch("stable")):
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
    candidate = asked.flow.candidate
    flow = asked.flow if candidate is None or asked.arm == "stable" else candidate
    run = FlowRun(flow=flow.name, inputs=asked.inputs, failure=failure)
    return Answered(flow, run, asked.arm)
