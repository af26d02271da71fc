"""Whether a flow may be asked twice for one answer: whether it does anything besides answering."""

from collections.abc import Callable, Iterator

from genaiops.specs.flow import FlowNode, FlowSpec, NodeSpec, PromptNode, PythonNode, RetrieveNode

UNKNOWN = "it is a Python function, whose effects nobody knows"


def acts_of(spec: FlowSpec, flow: Callable[[str], FlowSpec]) -> str | None:
    """What of a flow may change something outside, in words; None where nothing does.

    Args:
        spec: the flow.
        flow: finds the flow that a node runs.

    Raises:
        InputError: there is no such flow.
    """
    return next(_acts(spec, flow, frozenset()), None)


def _acts(spec: FlowSpec, flow: Callable[[str], FlowSpec], above: frozenset[str]) -> Iterator[str]:
    if spec.side_effects == "none":
        return
    for name, node in spec.nodes.items():
        if isinstance(node, FlowNode):
            if node.flow not in above:  # a circle is told where flows are checked
                yield from _acts(flow(node.flow), flow, above | {node.flow})
        elif (what := _act(node)) is not None:
            yield f"node {name!r} {what}; if that changes nothing, say `side_effects: none`"


def _act(node: NodeSpec) -> str | None:
    match node:
        case PythonNode():
            return f"runs {node.python}"
        case PromptNode() if node.tools:
            return f"may call {', '.join(node.tools)}"
        case RetrieveNode() if node.rerank is not None and ":" in node.rerank.by:
            return f"runs {node.rerank.by}"
        case _:
            return None
