"""The engine: runs a compiled flow, nodes beside each other where the graph allows it."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from genaiops.digests import digest
from genaiops.errors import CallError
from genaiops.flow.functions import first_error
from genaiops.flow.graph import Graph
from genaiops.flow.inputs import bind_inputs
from genaiops.flow.plan import Plan
from genaiops.flow.trace import Ask, Outputs, Scope, Step, side_by_side
from genaiops.flow.turn import Sleep, Turn, take_turn
from genaiops.flow.values import fill
from genaiops.protocols import OnText
from genaiops.records import Failure, FlowRun, NodeRun, Usage
from genaiops.specs.flow import FirstOf, FlowSpec, NodeSpec
from genaiops.specs.json_schema import same_json

ITEMS_AT_ONCE = 16
"""Turns of one for_each node beside each other."""


@dataclass(frozen=True, slots=True)
class CompiledFlow:
    """A runnable flow; made by `compile_flow`."""

    name: str
    parts: Mapping[str, str]
    spec: FlowSpec
    graph: Graph
    steps: Mapping[str, Step]
    plan: Plan
    sleep: Sleep = asyncio.sleep

    @property
    def digest(self) -> str:
        """Covers graph, prompts, parameters and code."""
        return digest(dict(self.parts))

    def bind(self, given: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
        """The inputs with their defaults.

        Raises:
            InputError: what is missing, unknown or of another type.
        """
        return bind_inputs(self.name, self.spec.inputs, given)

    async def run(
        self,
        inputs: dict[str, JsonValue],
        *,
        case_id: str | None = None,
        repeat: int = 0,
        on_text: OnText | None = None,
    ) -> FlowRun:
        """Run once. What goes wrong in a node is in the record.

        With `on_text` the node that the first output names hands out its text piece by piece.
        A failed node ends the flow, but what does not depend on it still runs to its end, so that
        the record does not depend on which of two was faster.

        Raises:
            InputError: the inputs do not fit, or a model or index cannot be used as it is set up.
            StoreError: the ledger cannot be read or written.
        """
        run = _Run(self, self.bind(inputs), Ask(case_id, repeat, on_text))
        try:
            await (run.one_by_one() if self.plan.is_chain else run.side_by_side())
        except ExceptionGroup as error:
            raise first_error(error) from error
        return run.record()


@dataclass(slots=True)
class _Run:
    """One run of a flow, while it goes on."""

    flow: CompiledFlow
    inputs: dict[str, JsonValue]
    ask: Ask
    _scope: Scope = field(init=False)
    _runs: dict[str, NodeRun] = field(default_factory=dict[str, NodeRun], init=False)
    _done: dict[str, asyncio.Event] = field(default_factory=dict[str, asyncio.Event], init=False)

    def __post_init__(self) -> None:
        self._scope = {"inputs": self.inputs}

    async def one_by_one(self) -> None:
        """Run the nodes of a chain."""
        for name in self.flow.graph.order:
            await self._node(name)

    async def side_by_side(self) -> None:
        """Run the nodes of any graph, each as soon as those that it needs are done."""
        async with asyncio.TaskGroup() as group:
            for name in self.flow.graph.order:
                group.create_task(self._node_in_turn(name))

    async def _node_in_turn(self, name: str) -> None:
        for need in sorted(self.flow.graph.needs[name]):
            await self._event(need).wait()
        await self._node(name)
        self._event(name).set()

    async def _node(self, name: str) -> None:
        """Run a node, or skip it with one that it needs; those are done."""
        blank = self.flow.plan.blanks[name]
        if any(need not in self._scope for need in self.flow.graph.needs[name]):
            self._runs[name] = blank.model_copy(update={"skipped": True})
        else:
            self._runs[name] = await self._started(blank, self.flow.spec.nodes[name])

    def _event(self, name: str) -> asyncio.Event:
        return self._done.setdefault(name, asyncio.Event())

    async def _started(self, blank: NodeRun, node: NodeSpec) -> NodeRun:
        started = time.perf_counter()
        try:
            if not _matches(node.when, self._scope):
                return blank.model_copy(update={"skipped": True})
            turn = await self._turns(blank.node, node)
        except CallError as error:
            failure = Failure(kind=error.kind, message=str(error), where=blank.node)
            return blank.model_copy(update={"failure": failure})
        if turn.outputs is not None:
            self._scope[blank.node] = turn.outputs
        seconds = time.perf_counter() - started
        found = {"outputs": turn.outputs, "failure": turn.failure, "seconds": seconds}
        return blank.model_copy(update={**found, **turn.trace.record()})

    async def _turns(self, name: str, node: NodeSpec) -> Turn:
        streams = self.ask.on_text is None or name in self.flow.plan.streaming
        ask = self.ask if streams else Ask(self.ask.case_id, self.ask.repeat)
        if node.for_each is None:
            return await self._turn(name, node, self._scope, ask)
        items = fill(node.for_each, self._scope)
        if not isinstance(items, list):
            raise CallError("node", f"for_each needs a list; {node.for_each} is {items!r:.60}")
        slots = asyncio.Semaphore(ITEMS_AT_ONCE)

        async def one(place: int, item: JsonValue) -> Turn:
            async with slots:
                scope = {**self._scope, "item": item, "item_index": place}
                return await self._turn(name, node, scope, ask)

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(place, item)) for place, item in enumerate(items)]
        return _together([task.result() for task in tasks])

    async def _turn(self, name: str, node: NodeSpec, scope: Scope, ask: Ask) -> Turn:
        step = self.flow.steps[name]
        return await take_turn(name, node, step, scope, ask, sleep=self.flow.sleep)

    def record(self) -> FlowRun:
        """The finished run."""
        runs = tuple(self._runs[name] for name in self.flow.graph.order)
        failure = next((run.failure for run in runs if run.failure and run.outputs is None), None)
        outputs: Outputs | None = None
        if failure is None:
            try:
                outputs = self._outputs()
            except CallError as error:
                failure = Failure(kind=error.kind, message=str(error), where="outputs")
        return FlowRun(
            flow=self.flow.name,
            inputs=self.inputs,
            outputs=outputs,
            failure=failure,
            nodes=runs,
            latency_s=self._critical_latency_s(),
            usage=sum((run.usage for run in runs), Usage()),
        )

    def _outputs(self) -> Outputs:
        outputs: Outputs = {}
        for name, output in self.flow.spec.outputs.items():
            if isinstance(output, FirstOf):
                outputs[name] = self._joined(name, output)
            else:
                outputs[name] = fill(output, self._scope) if self._ran(output) else None
        return outputs

    def _joined(self, name: str, output: FirstOf) -> JsonValue:
        for text in output.first:
            if self._ran(text):
                return fill(text, self._scope)
        raise CallError("empty", f"output {name!r}: every branch was skipped; add one without when")

    def _ran(self, text: str) -> bool:
        return self.flow.plan.output_roots[text] <= self._scope.keys()

    def _critical_latency_s(self) -> float:
        finished: dict[str, float] = {}
        for name in self.flow.graph.order:
            begun = max((finished[need] for need in self.flow.graph.needs[name]), default=0.0)
            finished[name] = begun + self._runs[name].latency_s
        return max(finished.values(), default=0.0)


def _together(turns: list[Turn]) -> Turn:
    """The turns of a for_each node as one; the first failure without a stand-in is the node's."""
    failed = next((turn for turn in turns if turn.outputs is None), None)
    told = failed or next((turn for turn in turns if turn.failure is not None), None)
    failure = None
    if told is not None and told.failure is not None:
        message = f"item {turns.index(told)}: {told.failure.message}"
        failure = told.failure.model_copy(update={"message": message})
    outputs: Outputs | None = None if failed else {"all": [turn.outputs for turn in turns]}
    return Turn(side_by_side([turn.trace for turn in turns]), outputs, failure)


def _matches(when: str | dict[str, JsonValue] | None, scope: Scope) -> bool:
    """Whether a node runs: its reference is true, or all its references have a wanted value."""
    if when is None:
        return True
    if isinstance(when, str):
        return bool(fill(when, scope))
    return all(_is_one_of(fill(text, scope), wanted) for text, wanted in when.items())


def _is_one_of(value: JsonValue, wanted: JsonValue) -> bool:
    choices = wanted if isinstance(wanted, list) else [wanted]
    return any(same_json(value, choice) for choice in choices)
