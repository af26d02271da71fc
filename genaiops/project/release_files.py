"""The files that a flow's answers depend on, as a project of their own."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import JsonValue

from genaiops.evaluations.calibration_file import calibration_name
from genaiops.project.code import find_code, imported_files, is_python_flow, project_file
from genaiops.project.files import Project, flow_name
from genaiops.project.judging import baseline_path
from genaiops.project.lock import LOCK_FILE, CatalogLock
from genaiops.project.root import PROJECT_FILE
from genaiops.project.session import Session
from genaiops.project.wants import Used, used_by_flow
from genaiops.specs.base import Spec
from genaiops.specs.catalog import CatalogSpec, ReplayModel
from genaiops.specs.dump import dump_yaml
from genaiops.specs.flow import FlowNode, PromptNode
from genaiops.specs.project import ProjectSpec

CATALOG_FILE: str = ProjectSpec.model_fields["catalog"].default


def release_files(session: Session, flow: str, evals: Iterable[str]) -> dict[str, bytes]:
    """Each file of a release by its path from the root of the project.

    Flows with all in their folders, the code and recordings that they use, and their indexes'
    files; evaluations with what their gates compare with. Of the project file, the catalog and its
    lock only what the flow uses: all entries where code may ask for any.

    Raises:
        InputError: a file is not there, or lies outside of the project.
    """
    project = session.project
    used = used_by_flow(project, flow)
    catalog, lock = _catalog(project, session.lock, used)
    spec = project.spec
    files = {
        PROJECT_FILE: dump_yaml({"name": spec.name, "seed": spec.seed}).encode(),
        CATALOG_FILE: _written(catalog),
        **({LOCK_FILE: lock.model_dump_json(indent=2).encode()} if lock.selections else {}),
    }
    paths = {
        *_of_flows(project, flow),
        *_of_code(project.root, used),
        *_recordings(project.root, catalog),
        *(project.root / project.index(name).document.shown for name in used.indexes),
        *(path for name in evals for path in _of_eval(project, name)),
    }
    for path in sorted(paths):
        file = project_file(path, project.root)
        files[path.relative_to(project.root).as_posix()] = file.read_bytes()
    return files


def flows_below(project: Project, flow: str) -> tuple[str, ...]:
    """A flow and those that it runs, by name; none for a Python function."""
    if is_python_flow(flow):
        return ()
    found: list[str] = []
    waiting = [flow_name(flow)]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.append(name)
            nodes = project.flow(name).spec.nodes.values()
            waiting += [flow_name(node.flow) for node in nodes if isinstance(node, FlowNode)]
    return tuple(sorted(found))


def _of_flows(project: Project, flow: str) -> Iterator[Path]:
    """All in the folders of the flows, and prompts that stand elsewhere."""
    for name in flows_below(project, flow):
        folder = project.flow_folder(name)
        for path in folder.rglob("*"):
            parts = path.relative_to(folder).parts
            if path.is_file() and not any(p.startswith(".") or p == "__pycache__" for p in parts):
                yield path
        for node in project.flow(name).spec.nodes.values():
            if isinstance(node, PromptNode):
                yield project_file(folder / node.prompt, project.root)


def _of_code(root: Path, used: Used) -> Iterator[Path]:
    for text, folder in used.functions:
        code = find_code(text, folder=folder, root=root)
        if code.file is not None:
            yield from imported_files(code.file, root)


def _recordings(root: Path, catalog: CatalogSpec) -> Iterator[Path]:
    for entry in catalog.models.values():
        if isinstance(entry, ReplayModel):
            yield root / entry.recording


def _of_eval(project: Project, name: str) -> Iterator[Path]:
    """Its file, its baseline, and what people said of its judges."""
    spec, document = project.eval(name)
    yield project.root / document.shown
    labels = (calibration_name(name, use.label) for use in spec.metrics)
    calibrations = (project.root / "evals" / "calibrations" / label for label in labels)
    for path in (baseline_path(project.root, name), *calibrations):
        if path.is_file():
            yield path


def _catalog(project: Project, lock: CatalogLock, used: Used) -> tuple[CatalogSpec, CatalogLock]:
    whole = project.catalog.spec
    if used.functions:
        return whole, lock
    chosen = {name: lock.selections[name] for name in used.models & lock.selections.keys()}
    models = used.models | {each.model for each in chosen.values()}
    catalog = CatalogSpec(
        models={name: entry for name, entry in whole.models.items() if name in models},
        embedders={name: e for name, e in whole.embedders.items() if name in used.embedders},
        selections={name: each for name, each in whole.selections.items() if name in models},
    )
    return catalog, CatalogLock(selections=chosen)


def _written(spec: Spec) -> bytes:
    said: JsonValue = spec.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return dump_yaml(said).encode()
