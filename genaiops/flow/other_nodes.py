"""What retrieve, python and flow nodes do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from pydantic import JsonValue

from genaiops.errors import CallError, InputError
from genaiops.flow.calls import Resources
from genaiops.flow.context import FlowContext
from genaiops.flow.functions import UserFunction
from genaiops.flow.rerank import Reranker
from genaiops.flow.retrieving import retrieved
from genaiops.flow.trace import Ask, Outputs, Scope, Trace
from genaiops.flow.values import fields_of, fill, fill_all, plain_json
from genaiops.protocols import Flow, Index
from genaiops.specs.flow import FlowNode, PythonNode, RetrieveNode


class SubFlow(Flow, Protocol):
    """A flow that another one can run."""

    def bind(self, given: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
        """The inputs with their defaults.

        Raises:
            InputError: what does not fit.
        """
        ...


@dataclass(frozen=True, slots=True)
class RetrieveStep:
    """A retrieve node with its index."""

    node: RetrieveNode
    index: Index
    reranker: Reranker | None

    async def run(self, scope: Scope, ask: Ask, trace: Trace) -> Outputs:
        """Retrieve, and keep the best after reranking."""
        query = fill(self.node.query, scope)
        if not isinstance(query, str):
            raise CallError("node", f"the query must be a text, not {query!r:.60}")
        passages = await retrieved(self.index, query, self.node.k)
        if self.reranker is not None and self.node.rerank is not None and passages:
            ordered = await self.reranker.order(query, passages, ask, trace)
            passages = ordered[: self.node.rerank.keep]
        return {"passages": [passage.model_dump(mode="json") for passage in passages]}


@dataclass(frozen=True, slots=True)
class PythonStep:
    """A python node with its function."""

    node: PythonNode
    function: UserFunction
    resources: Resources

    async def run(self, scope: Scope, ask: Ask, trace: Trace) -> Outputs:
        """Call the function with copies of its arguments."""
        filled = fill_all(self.node.with_, scope)
        arguments = {name: plain_json(value, name) for name, value in filled.items()}
        context = FlowContext(self.resources, ask, trace)
        result = await self.function.call(arguments, context)
        return fields_of(result, f"what {self.function.reference} returns", "output")


@dataclass(frozen=True, slots=True)
class FlowStep:
    """A flow node with the flow that it runs."""

    node: FlowNode
    flow: SubFlow

    async def run(self, scope: Scope, ask: Ask, trace: Trace) -> Outputs:
        """Run the flow below; its failure becomes that of this node."""
        inputs = fill_all(self.node.with_, scope)
        try:
            self.flow.bind(inputs)
        except InputError as error:
            raise CallError("node", str(error)) from error
        below = await self.flow.run(
            inputs, case_id=ask.case_id, repeat=ask.repeat, on_text=ask.on_text
        )
        trace.add_run(below)
        if below.failure is not None:
            where = f"{below.failure.where}: " if below.failure.where else ""
            raise CallError(below.failure.kind, f"{where}{below.failure.message}")
        return dict(below.outputs or {})
