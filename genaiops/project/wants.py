"""What a command is about to use, and what it thereby wants to run, reach and read."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Self

from pydantic import JsonValue

from genaiops.digests import digest_bytes
from genaiops.errors import InputError, suggest
from genaiops.metrics import Surroundings, plan_metric
from genaiops.project.code import (
    find_code,
    functions_of,
    imported_files,
    is_python_flow,
    parse_code,
    texts_in,
    texts_of,
)
from genaiops.project.entry_wants import entry_wants, host_of
from genaiops.project.files import Project, flow_name
from genaiops.project.judges import judge_functions
from genaiops.resolve import file_of, source_of
from genaiops.specs.evaluation import IMPORTED, MetricUse
from genaiops.specs.flow import FlowNode, FlowSpec, NodeSpec, PromptNode, PythonNode, RetrieveNode
from genaiops.specs.index import ChromaServer
from genaiops.trust import Want


@dataclass(frozen=True, slots=True)
class Used:
    """What a command uses of a project: functions with their folders, and names."""

    functions: frozenset[tuple[str, Path]] = frozenset()
    models: frozenset[str] = frozenset()
    embedders: frozenset[str] = frozenset()
    indexes: frozenset[str] = frozenset()

    def __or__(self, other: Self) -> "Used":
        return Used(
            self.functions | other.functions,
            self.models | other.models,
            self.embedders | other.embedders,
            self.indexes | other.indexes,
        )


def used_by_flow(
    project: Project, flow: str, *, variant: str | None = None, model: str | None = None
) -> Used:
    """What running a flow uses; `model` stands in for that of its prompt nodes.

    Raises:
        InputError: there is no such flow or variant, or its code is not there or is no Python.
    """
    if flow == IMPORTED:
        return Used()
    if is_python_flow(flow):
        return _used_by_code(project, flow, project.root)
    spec = project.flow(flow).spec
    if variant is not None and variant not in spec.variants:
        known = suggest(variant, spec.variants)
        raise InputError(f"flow {flow_name(flow)!r} has no variant {variant!r}{known}")
    varied = spec.varied(variant) if variant else spec
    return _used_by_spec(project, flow, varied, model) | Used(models=_names(model))


def used_by_eval(
    project: Project, name: str, *, variant: str | None = None, model: str | None = None
) -> Used:
    """What running an evaluation uses: its flow, and the code, models and embedders of metrics.

    Raises:
        InputError: there is no such evaluation, flow or variant, or its code is not there or is no
            Python.
    """
    spec = project.eval(name).spec
    flow = used_by_flow(
        project, spec.flow, variant=variant or spec.variant, model=model or spec.model
    )
    return flow | used_by_metrics(project, spec.metrics)


def used_by_metrics(project: Project, uses: Iterable[MetricUse]) -> Used:
    """What scoring answers that are there already uses: code, models and embedders."""
    used = Used()
    for use in uses:
        if is_python_flow(use.metric) and use.metric not in project.functions:
            used |= Used(functions=frozenset({(use.metric, project.root)}))
        used |= _handed_to(use, project)
    return used


def used_by_index(project: Project, name: str) -> Used:
    """What building or asking an index uses.

    Raises:
        InputError: there is no such index.
    """
    spec = project.index(name).spec
    return Used(embedders=_names(spec.embedder), indexes=frozenset({name}))


def wants_of(
    project: Project, used: Used, lock: Mapping[str, str], filed: Mapping[str, str] | None = None
) -> tuple[Want, ...]:
    """What has to be trusted before any of this is imported, reached or read.

    `lock` has the model that each selection was resolved to; `filed` are the variables that a file
    of the project gives.

    Raises:
        InputError: Python code is not there, is no Python, or lies outside of the project.
    """
    wants: set[Want] = set()
    for text, folder in used.functions:
        wants.update(code_wants(project.root, text, folder))
    catalog = project.catalog.spec
    for name in used.models:
        # as the catalog itself finds it: a lock, which anybody may have written, hides no model
        entry = catalog.models.get(name) or catalog.models.get(lock.get(name, ""))
        wants.update(entry_wants(entry, filed))
    for name in used.embedders:
        wants.update(entry_wants(catalog.embedders.get(name), filed))
    for name in used.indexes:
        store = project.index(name).spec.store
        if isinstance(store, ChromaServer):
            wants.add(Want("host", host_of(store.chroma)))
    return tuple(sorted(wants))


def code_digests(project: Project, used: Used) -> dict[str, str]:
    """The sha256 of each Python file of the project that this runs, `python app.py`, sorted.

    Raises:
        InputError: Python code is not there, is no Python, or lies outside of the project.
    """
    wants = (
        want for text, folder in used.functions for want in code_wants(project.root, text, folder)
    )
    files = {f"python {want.name}": want.sha256 for want in wants if want.kind == "file"}
    for function in project.functions.values():
        files |= _files_behind(project.root, function)
    return dict(sorted(files.items()))


def _files_behind(root: Path, function: object) -> dict[str, str]:
    """The files of the project that a function runs that was handed in as an object."""
    file = file_of(function)
    if file is None or not file.resolve().is_relative_to(root.resolve()):
        return {}
    return {
        f"python {path.relative_to(root).as_posix()}": digest_bytes(path.read_bytes())
        for path in imported_files(root / file.resolve().relative_to(root.resolve()), root)
    }


def used_by_any_code(project: Project) -> Used:
    """What code that is handed the run may ask for: all that the project names."""
    catalog = project.catalog.spec
    return Used(
        models=frozenset({*catalog.models, *catalog.selections}),
        embedders=frozenset(catalog.embedders),
        indexes=frozenset(project.indexes),
    )


def _used_by_spec(
    project: Project,
    flow: str,
    spec: FlowSpec,
    model: str | None,
    above: frozenset[str] = frozenset(),
) -> Used:
    folder = project.flow_folder(flow)
    used = Used()
    for node in spec.nodes.values():
        used |= _used_by_node(project, node, folder, model)
        if isinstance(node, FlowNode) and flow_name(node.flow) not in above:
            below = project.flow(node.flow).spec
            used |= _used_by_spec(project, node.flow, below, None, above | {flow_name(node.flow)})
    return used


def _used_by_node(project: Project, node: NodeSpec, folder: Path, model: str | None) -> Used:
    match node:
        case PromptNode():
            used = Used(models=_names(model or node.model))
            for text in node.tools.values():
                used |= _used_by_code(project, text, folder)
            return used
        case RetrieveNode():
            used = used_by_index(project, node.retrieve)
            by = node.rerank.by if node.rerank else "embedder"
            if is_python_flow(by):
                return used | _used_by_code(project, by, folder)
            return used if by == "embedder" else used | Used(models=_names(by))
        case PythonNode():
            return _used_by_code(project, node.python, folder)
        case FlowNode():
            return Used()


def _used_by_code(project: Project, text: str, folder: Path) -> Used:
    """A function, and for one that takes the run the models and indexes that its code names.

    What code names in another way than by a literal is asked for when it is used.
    """
    if text in project.functions:
        return _named_by_source(project, project.functions[text])
    used = Used(functions=frozenset({(text, folder)}))
    code = find_code(text, folder=folder, root=project.root)
    if code.file is None:
        return used
    declared = functions_of(parse_code(code.file, text)).get(code.attribute)
    if declared is not None and not declared.takes_run:
        return used
    return used | _named(project, texts_in(imported_files(code.file, project.root)))


def _named_by_source(project: Project, function: object) -> Used:
    """What the source of a function that was handed in names; it runs in this process already."""
    try:
        tree = ast.parse(dedent((source_of(function) or b"").decode()))
    except (SyntaxError, ValueError):  # a lambda's line alone may be no statement
        return Used()
    return _named(project, texts_of(tree))


def _named(project: Project, names: frozenset[str]) -> Used:
    everything = used_by_any_code(project)
    return Used(
        models=everything.models & names,
        embedders=everything.embedders & names,
        indexes=everything.indexes & names,
    )


def code_wants(root: Path, text: str, folder: Path) -> Iterator[Want]:
    """The Python files of a project that a function of its own runs, or the function's name.

    Raises:
        InputError: Python code is not there, is no Python, or lies outside of the project.
    """
    code = find_code(text, folder=folder, root=root)
    if code.file is None:
        yield Want("function", text)
        return
    for file in imported_files(code.file, root):
        shown = file.relative_to(root).as_posix()
        yield Want("file", shown, digest_bytes(file.read_bytes()))


def _handed_to(use: MetricUse, project: Project) -> Used:
    """The model and the embedder of a metric; code of the project may take the only embedder."""
    catalog = project.catalog.spec
    embedders = catalog.embedders
    if is_python_flow(use.metric):
        only = next(iter(embedders)) if len(embedders) == 1 else None
        named = use.arguments.get("embedder", only)
        return Used(models=_names(use.arguments.get("model")), embedders=_names(named))
    models = (*catalog.models, *catalog.selections)
    around = Surroundings(embedders=embedders, models=models)
    try:
        plan = plan_metric(use, around, judge_functions(project, [use]))
    except InputError:
        return Used()  # told where the metric is bound
    return Used(models=_names(plan.model), embedders=_names(plan.embedder))


def _names(name: JsonValue) -> frozenset[str]:
    return frozenset({name}) if isinstance(name, str) else frozenset()
