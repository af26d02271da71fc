"""One turn of a node: its attempts within its time, and what stands in when it fails."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from pydantic import JsonValue

from genaiops.errors import CallError, FailureKind, TemplateError
from genaiops.flow.trace import Ask, Outputs, Scope, Step, Trace
from genaiops.records import Failure, Usage
from genaiops.specs.flow import NodeSpec, OnError, PromptNode, PythonNode, RetrieveNode

Sleep = Callable[[float], Awaitable[object]]
RETRIED: frozenset[FailureKind] = frozenset({"rate_limit", "server", "timeout", "connection"})
"""Failures that may pass by themselves."""
_RETRIED_PYTHON = frozenset[FailureKind]({*RETRIED, "node"})
"""Who gives retries to a python node means its exceptions too."""
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
    """Run a step until it works out, its retries or its time are spent."""
    trace = Trace()
    limit = None if node.timeout_s is None else asyncio.timeout(node.timeout_s)
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
            return await step.run(scope, ask, trace)
        except CallError as error:
            if error.kind not in (_RETRIED_PYTHON if isinstance(node, PythonNode) else RETRIED):
                raise
            wait_s = error.retry_after_s
            doubled_s = _FIRST_WAIT_S * 2.0**attempt
        await sleep(min(doubled_s if wait_s is None else wait_s, _LONGEST_WAIT_S))
    return await step.run(scope, ask, trace)


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
