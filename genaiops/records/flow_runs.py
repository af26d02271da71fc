"""What happened when a flow ran: each step, and the whole."""

from typing import Literal

from pydantic import JsonValue

from genaiops.errors import Again
from genaiops.records.calls import Usage
from genaiops.records.failures import Failure
from genaiops.records.messages import Message
from genaiops.records.record import Record

Untold = Literal["latency", "cost", "tokens"]


class NodeRun(Record):
    """One step that ran, was skipped (`skipped`), or failed (`failure`).

    `seconds` is wall-clock time and no part of a canonical report; `latency_s` is the recorded time
    of its model calls, without those that a batch answered (`batched`). `calls` holds the keys of
    the model calls, in order; `made_again` says of each further call, also of those in vain, why it
    was made. A `for_each` node keeps one NodeRun, with its items' outputs under `all`.
    """

    node: str
    kind: Literal["prompt", "retrieve", "python", "flow"]
    outputs: dict[str, JsonValue] | None = None
    failure: Failure | None = None
    skipped: bool = False
    seconds: float = 0.0
    latency_s: float = 0.0
    batched: bool = False
    usage: Usage = Usage()
    calls: tuple[str, ...] = ()
    made_again: tuple[Again, ...] = ()
    model: str | None = None
    messages: tuple[Message, ...] = ()


class FlowRun(Record):
    """A flow that ran once: outputs, or the failure that ended it.

    `latency_s` is the recorded model time along the critical path, in seconds. `untold` is what
    nobody recorded of answers that were imported: its number says nothing.
    """

    flow: str
    inputs: dict[str, JsonValue]
    outputs: dict[str, JsonValue] | None = None
    failure: Failure | None = None
    nodes: tuple[NodeRun, ...] = ()
    latency_s: float = 0.0
    usage: Usage = Usage()
    untold: tuple[Untold, ...] = ()

    @property
    def batched(self) -> bool:
        """Whether a batch answered one of its calls, so that nothing tells how long it takes."""
        return any(node.batched for node in self.nodes)
