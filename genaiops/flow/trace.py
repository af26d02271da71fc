"""What a node leaves behind while it runs: its calls, time and tokens, also when it fails."""

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from pydantic import JsonValue

from genaiops.errors import Again, CallError
from genaiops.flow.calls import Call
from genaiops.protocols import OnText
from genaiops.records import Completion, FlowRun, Message, Usage

Scope = dict[str, JsonValue]
"""What references are looked up in: inputs, finished nodes, and in a loop the item."""
Outputs = dict[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Ask:
    """For whom a flow runs: the case and its repeat, and who listens to the answer.

    `attempt` counts the answers of a prompt node that did not do.
    """

    case_id: str | None = None
    repeat: int = 0
    on_text: OnText | None = None
    attempt: int = 0


@dataclass(slots=True)
class Trace:
    """The calls of one turn of a node, which follow each other."""

    latency_s: float = 0.0
    batched: bool = False
    usage: Usage = field(default_factory=Usage)
    calls: list[str] = field(default_factory=list[str])
    made_again: list[Again] = field(default_factory=list[Again])
    messages: tuple[Message, ...] = ()
    model: str | None = None

    async def take(self, making: Awaitable[Call], model: str) -> Completion:
        """Wait for a call, and take in what came of it.

        Raises:
            CallError: there is no answer.
        """
        try:
            call = await making
        except CallError as error:
            self.made_again.extend(error.made_again)
            raise
        completion = call.completion
        self.latency_s += completion.latency_s
        self.batched |= completion.batched
        self.usage = self.usage + completion.usage
        self.calls.append(call.key)
        self.made_again.extend(completion.made_again)
        self.model = model
        return completion

    def follow(self, later: "Trace") -> None:
        """Take in what came after."""
        self.latency_s += later.latency_s
        self.batched |= later.batched
        self.usage = self.usage + later.usage
        self.calls.extend(later.calls)
        self.made_again.extend(later.made_again)
        self.messages = later.messages
        self.model = later.model

    def record(self) -> dict[str, object]:
        """The fields of a NodeRun that it fills."""
        return {
            "latency_s": self.latency_s,
            "batched": self.batched,
            "usage": self.usage,
            "calls": tuple(self.calls),
            "made_again": tuple(self.made_again),
            "messages": self.messages,
            "model": self.model,
        }

    def add_run(self, run: FlowRun) -> None:
        """Take in a sub-flow that ran."""
        self.latency_s += run.latency_s
        self.batched |= run.batched
        self.usage = self.usage + run.usage
        for node in run.nodes:
            self.calls.extend(node.calls)
            self.made_again.extend(node.made_again)


def side_by_side(traces: Sequence[Trace]) -> Trace:
    """Turns that do not wait for each other, as one: the longest counts."""
    return Trace(
        latency_s=max((trace.latency_s for trace in traces), default=0.0),
        batched=any(trace.batched for trace in traces),
        usage=sum((trace.usage for trace in traces), Usage()),
        calls=[key for trace in traces for key in trace.calls],
        made_again=[reason for trace in traces for reason in trace.made_again],
        messages=tuple(message for trace in traces for message in trace.messages),
        model=next((trace.model for trace in traces if trace.model), None),
    )


class Step(Protocol):
    """What a node does in one turn."""

    async def run(self, scope: Scope, ask: Ask, trace: Trace) -> Outputs:
        """Do it.

        Raises:
            CallError: it did not work out; the kind says why.
            TemplateError: its template does not render.
        """
        ...
