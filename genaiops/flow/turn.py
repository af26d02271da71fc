"""One turn of a node: its attempts within its time, and what stands in when it fails."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from pydantic import JsonValue

from genaiops.errors import CallError, FailureKind, TemplateError
from genaiops.flow.deadline import Deadline
from genaiops.flow.retrying import TRANSIENT
from genaiops.flow.trace import Ask, Outputs, Scope, Step, Trace
from genaiops.records import Failure, Usage
from genaiops.specs.flow import FlowNode, NodeSpec, OnError, PromptNode, PythonNode, RetrieveNode

Sleep = Callable[[float], Awaitable[object]]
_OWN: frozenset[FailureKind] = frozenset({"node"})
"""An exception of a function."""
_UNUSABLE: frozenset[FailureKind] = frozenset({"schema", "empty"})
"""An answer that does not do, where another one might."""
_FIRST_WAIT_S = 1.0
_LONGEST_WAIT_S = 60.0


@dataclass(frozen=True, slots=True)
class Turn:
    """What came out: outputs, a failure, or both where something stands in for a failed node."""

    trace: Trace
    outputs: Outputs | None = None
    failure: Failure | None = None


async def take_turn(
    name: str, node: NodeSpec, step: Step, scope: Scope, ask: Ask, *, sleep: Sleep
) -> Turn:
    """Run a step until it works out, its retries or its time are spent.

    Calls of models are tried again where they are made, so what failed there is not retried here.
    """
    trace = Trace()
    limit = None if node.timeout_s is None else Deadline(node.timeout_s)
    try:
        if limit is None:
            return Turn(trace, await _attempts(node, step, scope, ask, trace, sleep))
        async with limit:
            return Turn(trace, await _attempts(node, step, scope, ask, trace, sleep))
    except TimeoutError:
        if limit is None or not limit.expired():
            raise
        failure = Failure(
            kind="timeout", message=f"not done after {node.timeout_s:g} s", where=name
        )
    except TemplateError as error:
        failure = Failure(kind="template", message=str(error), where=name)
    except CallError as error:
        failure = Failure(kind=error.kind, message=str(error), where=name)
    if node.on_error is None:
        return Turn(trace, failure=failure)
    return Turn(trace, stand_in(node, node.on_error), failure)


async def _attempts(
    node: NodeSpec, step: Step, scope: Scope, ask: Ask, trace: Trace, sleep: Sleep
) -> Outputs:
    for attempt in range(node.retries):
        try:
            return await step.run(scope, _at(ask, attempt), trace)
        except CallError as error:
            if error.is_final or error.kind not in _retried(node, ask):
                raise
            wait_s = error.retry_after_s
            doubled_s = _FIRST_WAIT_S * 2.0**attempt
        if not isinstance(node, PromptNode):  # another answer can be asked for at once
            await sleep(min(doubled_s if wait_s is None else wait_s, _LONGEST_WAIT_S))
    return await step.run(scope, _at(ask, node.retries), trace)


def _at(ask: Ask, attempt: int) -> Ask:
    return replace(ask, attempt=attempt) if attempt else ask


def _retried(node: NodeSpec, ask: Ask) -> frozenset[FailureKind]:
    match node:
        case PromptNode():
            return _UNUSABLE if ask.on_text is None else frozenset()  # no second text after a first
        case RetrieveNode():
            return TRANSIENT
        case PythonNode():
            return TRANSIENT | _OWN
        case FlowNode():
            return _OWN


def stand_in(node: NodeSpec, on_error: OnError) -> Outputs:
    """The outputs of a failed node, from its `on_error.use`."""
    use: JsonValue = on_error.use
    fields = use if isinstance(use, dict) else None
    match node:
        case PromptNode():
            usage = Usage().model_dump(mode="json")
            blank: Outputs = {"text": "", "json": None, "tool_calls": [], "usage": usage}
            return blank | {"finish_reason": "stop"} | (fields or {"text": use})
        case RetrieveNode():
            return fields or {"passages": use}
        case _:
            return fields or {"output": use}
