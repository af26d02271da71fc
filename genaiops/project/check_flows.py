"""Flows against their files, the catalog, the indexes and each other."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from genaiops.errors import Fault, InputError, SpecError, suggest
from genaiops.flow.graph import check_graph, placed_references
from genaiops.models.catalog import Catalog
from genaiops.project.check_catalog import model_problem
from genaiops.project.check_code import code_problems
from genaiops.project.check_prompts import PromptFile
from genaiops.project.code import is_python_flow
from genaiops.project.files import Project, flow_name
from genaiops.project.variants import varied_flow
from genaiops.specs.catalog import Capability
from genaiops.specs.flow import FlowNode, FlowSpec, NodeSpec, PromptNode, PythonNode, RetrieveNode
from genaiops.specs.load import Loaded
from genaiops.specs.references import parse_reference

_Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class _FlowFile:
    """A flow under check, with the folder that its files are in."""

    project: Project
    catalog: Catalog
    folder: Path
    loaded: Loaded[FlowSpec]

    def fault(self, path: Sequence[str | int], message: str, *, warning: bool = False) -> Fault:
        return self.loaded.document.fault(path, message, warning=warning)


def flow_faults(project: Project, name: str, locked: Mapping[str, str]) -> Iterator[Fault]:
    """The faults of a flow, then those that only a variant has.

    `locked` has the model that each resolved selection chose.
    """
    catalog = Catalog(project.catalog.spec, root=project.root, environment={}, locked=locked)
    flow = _FlowFile(project, catalog, project.flow_folder(name), project.flows[name])
    base = list(_spec_faults(flow))
    yield from base
    told = {fault.message for fault in base}
    for variant in flow.loaded.spec.variants:
        try:
            varied = varied_flow(flow.loaded, variant)
            found = list(_spec_faults(replace(flow, loaded=varied)))
        except SpecError as error:
            found = list(error.faults)
        yield from (fault for fault in found if fault.message not in told)
    yield from _recursion(project, name)


def _spec_faults(flow: _FlowFile) -> Iterator[Fault]:
    for found in check_graph(flow.loaded.spec, _outputs_below(flow)):
        yield flow.fault(found.path, found.message)
    for name, node in flow.loaded.spec.nodes.items():
        yield from _node_faults(flow, ("nodes", name), node)


def _outputs_below(flow: _FlowFile) -> dict[str, Collection[str]]:
    """The outputs of the sub-flows that are there, as the nodes name them."""
    named = [node.flow for node in flow.loaded.spec.nodes.values() if isinstance(node, FlowNode)]
    flows = flow.project.flows
    return {name: flows[flow_name(name)].spec.outputs for name in named if flow_name(name) in flows}


def _node_faults(flow: _FlowFile, path: _Path, node: NodeSpec) -> Iterator[Fault]:
    match node:
        case PromptNode():
            yield from _prompt_node_faults(flow, path, node)
        case RetrieveNode():
            yield from _retrieve_node_faults(flow, path, node)
        case PythonNode():
            yield from _code_faults(flow, (*path, "python"), node.python, given=node.with_)
        case FlowNode():
            yield from _flow_node_faults(flow, path, node)


def _code_faults(
    flow: _FlowFile, path: _Path, text: str, given: Collection[str] | None = None
) -> Iterator[Fault]:
    problems = code_problems(text, folder=flow.folder, root=flow.project.root, given=given)
    for problem in problems:
        place = (*path[:2], "with", problem.argument) if problem.argument else path
        yield flow.fault(place, problem.message)


def _prompt_node_faults(flow: _FlowFile, path: _Path, node: PromptNode) -> Iterator[Fault]:
    file = PromptFile.of(node, folder=flow.folder, root=flow.project.root)
    yield from file.faults(flow.loaded.document, path)
    problem = model_problem(flow.project.catalog.spec, node.model)
    if problem is None:
        problem = _capability_problem(flow.catalog, node.model, file.needs)
    if problem:
        yield flow.fault((*path, "model"), problem)
    for name, text in node.tools.items():
        yield from _code_faults(flow, (*path, "tools", name), text)
    if node.history is not None:
        yield from _history_faults(flow, (*path, "history"), node.history)
    if "json_schema" not in file.needs:
        yield from _json_faults(flow, str(path[1]), node, file.shown)


def _json_faults(flow: _FlowFile, name: str, node: PromptNode, shown: str) -> Iterator[Fault]:
    """References to `json` of a prompt whose file has no response_schema."""
    for path, reference in placed_references(flow.loaded.spec):
        asked = reference.path[1:] if node.for_each is not None else reference.path
        if reference.root == name and "json" in asked[:1]:
            told = f"{reference}: {shown} has no response_schema, so there is no json"
            yield flow.fault(path, told)


def _capability_problem(catalog: Catalog, model: str, needs: Collection[Capability]) -> str | None:
    try:
        catalog.model_name(model)
    except InputError:
        return None  # a selection that is not resolved is told with the catalog
    try:
        catalog.check(model, needs)
    except InputError as error:
        return str(error)
    return None


def _history_faults(flow: _FlowFile, path: _Path, history: str) -> Iterator[Fault]:
    try:
        reference = parse_reference(history)
    except InputError:
        return  # told with the graph
    if reference is not None and reference.root == "inputs" and len(reference.path) == 1:
        declared = flow.loaded.spec.inputs.get(reference.path[0])
        if declared is not None and declared.type != "messages":
            told = f"history needs an input of type messages; {reference} is {declared.type}"
            yield flow.fault(path, told)


def _retrieve_node_faults(flow: _FlowFile, path: _Path, node: RetrieveNode) -> Iterator[Fault]:
    project = flow.project
    if node.retrieve not in project.indexes:
        told = f"unknown index {node.retrieve!r}{suggest(node.retrieve, project.indexes)}"
        yield flow.fault((*path, "retrieve"), told)
    if node.rerank is None:
        return
    by, by_path = node.rerank.by, (*path, "rerank", "by")
    if is_python_flow(by):
        yield from _code_faults(flow, by_path, by)
    elif by == "embedder":
        index = project.indexes.get(node.retrieve)
        if index is not None and index.spec.embedder is None:
            told = f"the index {node.retrieve!r} has no embedder to rerank by"
            yield flow.fault(by_path, told)
    elif problem := model_problem(project.catalog.spec, by):
        yield flow.fault(by_path, f"{problem}; or `embedder`, or nodes.py:function")


def _flow_node_faults(flow: _FlowFile, path: _Path, node: FlowNode) -> Iterator[Fault]:
    try:
        below = flow.project.flow(node.flow).spec
    except InputError as error:
        yield flow.fault((*path, "flow"), str(error))
        return
    for name in node.with_:
        if name not in below.inputs:
            told = f"the flow {node.flow!r} has no input {name!r}{suggest(name, below.inputs)}"
            yield flow.fault((*path, "with", name), told)
    for name, declared in below.inputs.items():
        if declared.is_required and name not in node.with_:
            told = f"the flow {node.flow!r} needs the input {name!r}, which `with` does not give"
            yield flow.fault(path, told)


def _recursion(project: Project, name: str) -> Iterator[Fault]:
    """The first way in which a flow runs itself through its sub-flows."""
    trail = _trail_to(project, name, (name,))
    if trail and name == min(trail):  # a circle is told once, at its first flow
        loaded = project.flows[name]
        nodes = loaded.spec.nodes.items()
        node = next(
            n
            for n, each in nodes
            if isinstance(each, FlowNode) and flow_name(each.flow) == trail[1]
        )
        told = f"a flow cannot run itself: {' → '.join(trail)}"
        yield loaded.document.fault(("nodes", node, "flow"), told)


def _trail_to(project: Project, goal: str, trail: tuple[str, ...]) -> tuple[str, ...]:
    for node in project.flows[trail[-1]].spec.nodes.values():
        if not isinstance(node, FlowNode):
            continue
        below = flow_name(node.flow)
        if below == goal:
            return (*trail, goal)
        if below in project.flows and below not in trail:
            found = _trail_to(project, goal, (*trail, below))
            if found:
                return found
    return ()
