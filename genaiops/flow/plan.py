"""What is the same for every run of a flow, worked out once. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from genaiops.flow.graph import Graph, roots_of
from genaiops.records import NodeRun
from genaiops.specs.flow import (
    FirstOf,
    FlowNode,
    FlowSpec,
    NodeSpec,
    PromptNode,
    PythonNode,
    RetrieveNode,
)


@dataclass(frozen=True, slots=True)
class Plan:
    """The empty records of the nodes, and what runs ask of the graph.

    `streaming` are the nodes whose text is handed out while it comes. `output_roots` are the names
    that each reference among the outputs begins with. In a flow that `is_chain` each node needs the
    one before it and none calls a function of somebody else, so that one task can run them all.
    """

    blanks: Mapping[str, NodeRun]
    streaming: frozenset[str]
    output_roots: Mapping[str, frozenset[str]]
    is_chain: bool


def plan_runs(spec: FlowSpec, graph: Graph) -> Plan:
    """Work out the plan of a sound flow."""
    texts = [text for output in spec.outputs.values() for text in _texts_of(output)]
    first = roots_of([*_texts_of(next(iter(spec.outputs.values())))])
    return Plan(
        blanks={name: NodeRun(node=name, kind=_kind_of(spec.nodes[name])) for name in graph.order},
        streaming=frozenset(name for name in first & spec.nodes.keys() if not _loops(spec, name)),
        output_roots={text: roots_of(text) for text in texts},
        is_chain=_is_chain(graph) and not any(map(_calls_functions, spec.nodes.values())),
    )


def _texts_of(output: FirstOf | str) -> tuple[str, ...]:
    return output.first if isinstance(output, FirstOf) else (output,)


def _loops(spec: FlowSpec, name: str) -> bool:
    return spec.nodes[name].for_each is not None


def _is_chain(graph: Graph) -> bool:
    return all(before in graph.needs[name] for before, name in pairwise(graph.order))


def _calls_functions(node: NodeSpec) -> bool:
    match node:
        case PromptNode():
            return bool(node.tools)
        case RetrieveNode():
            return node.rerank is not None and ":" in node.rerank.by
        case PythonNode():
            return True
        case FlowNode():
            return False


def _kind_of(node: NodeSpec) -> Literal["prompt", "retrieve", "python", "flow"]:
    match node:
        case PromptNode():
            return "prompt"
        case RetrieveNode():
            return "retrieve"
        case PythonNode():
            return "python"
        case FlowNode():
            return "flow"
