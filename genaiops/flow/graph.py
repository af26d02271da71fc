"""The graph of a flow: who needs whom, in which order, and every fault in it. Pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from genaiops.errors import InputError, suggest
from genaiops.specs.flow import (
    FirstOf,
    FlowNode,
    FlowSpec,
    NodeSpec,
    PromptNode,
    PythonNode,
    RetrieveNode,
)
from genaiops.specs.references import Reference, find_references, parse_reference

Path = tuple[str | int, ...]
Outputs = Mapping[str, Collection[str]]

PROMPT_OUTPUTS = ("text", "json", "tool_calls", "finish_reason", "usage")
RETRIEVE_OUTPUTS = ("passages",)
_FOREIGN = {
    "case": "${case…} stands in evaluations only; make it an input of the flow",
    "run": "${run…} stands in evaluations only; make it an input of the flow",
    "env": "${env…} stands in catalogs only",
}


@dataclass(frozen=True, slots=True)
class GraphFault:
    """What is wrong with a flow, at a path of keys from the top of its file."""

    path: Path
    message: str


@dataclass(frozen=True, slots=True)
class Graph:
    """A sound flow: `order` has each node after those that it needs, else as in the file."""

    order: tuple[str, ...]
    needs: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class _Use:
    """A value that may hold references; `is_whole` where it must be one, `is_item` in a loop."""

    path: Path
    value: JsonValue
    is_whole: bool = False
    is_item: bool = False


def check_graph(spec: FlowSpec, flow_outputs: Outputs | None = None) -> tuple[GraphFault, ...]:
    """All faults of the references of a flow, in the order of the file.

    Args:
        spec: the flow, without its variants.
        flow_outputs: the names of the outputs of sub-flows, by their `flow`; what is not here may
            have any.
    """
    faults = [fault for use in _all_uses(spec) for fault in _use_faults(spec, use, flow_outputs)]
    return (*faults, *_fallback_faults(spec), *_cycle_faults(spec))


def build_graph(spec: FlowSpec) -> Graph:
    """The order of a flow that `check_graph` found no fault with."""
    needs = needs_of(spec)
    done: dict[str, None] = {}
    while len(done) < len(needs):
        ready = [n for n, below in needs.items() if n not in done and below <= done.keys()]
        if not ready:
            raise InputError(f"the flow goes in a circle among {sorted(needs.keys() - done)}")
        done.update(dict.fromkeys(ready))
    return Graph(tuple(done), needs)


def needs_of(spec: FlowSpec) -> dict[str, frozenset[str]]:
    """For each node the nodes that its references name; what cannot be read is left out."""
    return {
        name: frozenset(
            reference.root
            for use in _node_uses(name, node)
            for reference in _readable(use.value)
            if reference.root in spec.nodes
        )
        for name, node in spec.nodes.items()
    }


def references_in(spec: FlowSpec) -> Iterator[Reference]:
    """All references of a flow, in the order of the file."""
    for _, reference in placed_references(spec):
        yield reference


def placed_references(spec: FlowSpec) -> Iterator[tuple[Path, Reference]]:
    """All references of a flow, each with the keys that lead to it."""
    for use in _all_uses(spec):
        for reference in _readable(use.value):
            yield use.path, reference


def roots_of(value: JsonValue) -> frozenset[str]:
    """The names that the references in a value begin with."""
    return frozenset(reference.root for reference in find_references(value))


def _node_uses(name: str, node: NodeSpec) -> Iterator[_Use]:
    """What in a node may hold references."""
    path: Path = ("nodes", name)
    looped = node.for_each is not None
    if isinstance(node.when, dict):
        for key in node.when:
            yield _Use((*path, "when", key), key, is_whole=True)
    else:
        yield _Use((*path, "when"), node.when, is_whole=True)
    yield _Use((*path, "for_each"), node.for_each, is_whole=True)
    match node:
        case RetrieveNode():
            yield _Use((*path, "query"), node.query, is_item=looped)
        case PromptNode():
            yield _Use((*path, "history"), node.history, is_whole=True, is_item=looped)
            yield from _each(_Use((*path, "with"), node.with_, is_item=looped))
        case PythonNode() | FlowNode():
            yield from _each(_Use((*path, "with"), node.with_, is_item=looped))


def outputs_of(node: NodeSpec, flow_outputs: Outputs | None = None) -> Collection[str] | None:
    """The outputs that one turn of a node has; None where any is possible."""
    match node:
        case PromptNode():
            return PROMPT_OUTPUTS
        case RetrieveNode():
            return RETRIEVE_OUTPUTS
        case PythonNode():
            return None
        case FlowNode():
            return (flow_outputs or {}).get(node.flow)


def _all_uses(spec: FlowSpec) -> Iterator[_Use]:
    for name, node in spec.nodes.items():
        yield from _node_uses(name, node)
    for name, output in spec.outputs.items():
        if isinstance(output, FirstOf):
            for place, text in enumerate(output.first):
                yield _Use(("outputs", name, "first", place), text, is_whole=True)
        else:
            yield _Use(("outputs", name), output)


def _each(use: _Use) -> Iterator[_Use]:
    """The texts in a value, with their own paths."""
    if isinstance(use.value, dict):
        for key, value in use.value.items():
            yield from _each(_Use((*use.path, key), value, is_item=use.is_item))
    elif isinstance(use.value, list):
        for place, value in enumerate(use.value):
            yield from _each(_Use((*use.path, place), value, is_item=use.is_item))
    else:
        yield use


def _readable(value: JsonValue) -> tuple[Reference, ...]:
    try:
        return tuple(find_references(value))
    except InputError:
        return ()


def _use_faults(spec: FlowSpec, use: _Use, flow_outputs: Outputs | None) -> Iterator[GraphFault]:
    try:
        references = tuple(find_references(use.value))
        is_whole = isinstance(use.value, str) and parse_reference(use.value) is not None
    except InputError as error:
        yield GraphFault(use.path, str(error))
        return
    if use.is_whole and use.value is not None and not is_whole:
        yield GraphFault(use.path, f"{use.value!r} must be one reference, such as ${{node.field}}")
    for reference in references:
        message = _reference_problem(spec, use, reference, flow_outputs)
        if message is not None:
            yield GraphFault(use.path, message)


def _reference_problem(
    spec: FlowSpec, use: _Use, reference: Reference, flow_outputs: Outputs | None
) -> str | None:
    root = reference.root
    if root in _FOREIGN:
        return _FOREIGN[root]
    if root in {"item", "item_index"}:
        hint = "write it in `with`, `query` or `history` of a node with for_each"
        return None if use.is_item else f"{reference} stands for an item of a list; {hint}"
    if root == "inputs":
        return _input_problem(spec, reference)
    if root not in spec.nodes:
        return f"{reference}: there is no node {root!r}{suggest(root, (*spec.nodes, 'inputs'))}"
    return _output_problem(spec.nodes[root], reference, flow_outputs)


def _input_problem(spec: FlowSpec, reference: Reference) -> str | None:
    if not reference.path or reference.path[0] in spec.inputs:
        return None
    name = reference.path[0]
    return f"{reference}: the flow has no input {name!r}{suggest(name, spec.inputs)}"


def _output_problem(
    node: NodeSpec, reference: Reference, flow_outputs: Outputs | None
) -> str | None:
    known = outputs_of(node, flow_outputs)
    path = reference.path
    if not path:
        first = "all" if node.for_each is not None else next(iter(known or ("output",)))
        return f"{reference} names no output; write ${{{reference.root}.{first}}}"
    if node.for_each is not None:
        if path[0] != "all":
            return (
                f"{reference}: a node with for_each has one output, `all`; "
                f"write ${{{reference.root}.all.{path[0]}}}"
            )
        path = tuple(step for step in path[1:] if not step.isdigit())
    if path and known is not None and path[0] not in known:
        return f"{reference}: {reference.root!r} has no output {path[0]!r}{suggest(path[0], known)}"
    return None


def _fallback_faults(spec: FlowSpec) -> Iterator[GraphFault]:
    for name, node in spec.nodes.items():
        if node.on_error is not None and _readable(node.on_error.use):
            path: Path = ("nodes", name, "on_error", "use")
            yield GraphFault(path, "on_error.use is a plain value; it cannot hold references")


def _cycle_faults(spec: FlowSpec) -> Iterator[GraphFault]:
    """One fault for each circle, at the node that stands first in the file."""
    needs = needs_of(spec)
    told: set[str] = set()
    for name in needs:
        if name not in told:
            trail = _trail_back(name, needs)
            told.update(trail)
            if trail:
                message = f"the flow goes in a circle: {' → '.join(trail)}"
                yield GraphFault(("nodes", name), message)


def _trail_back(start: str, needs: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """The shortest way from a node through what needs it, back to it; empty where there is none."""
    users = {name: [n for n, below in needs.items() if name in below] for name in needs}
    came_from: dict[str, str] = {}
    reached = [start]
    for here in reached:
        for user in users[here]:
            if user == start:
                trail = [here]
                while trail[-1] != start:
                    trail.append(came_from[trail[-1]])
                return (*reversed(trail), start)
            if user not in came_from:
                came_from[user] = here
                reached.append(user)
    return ()
