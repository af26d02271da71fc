"""Indexes against the catalog, the documents that they are built from, and what was built."""

from collections.abc import Iterator

from genaiops.errors import Fault, InputError
from genaiops.index.documents import find_sources
from genaiops.index.freshness import find_changes
from genaiops.index.home import IndexHome
from genaiops.project.check_catalog import embedder_problem
from genaiops.project.files import Project


def index_faults(project: Project, name: str) -> Iterator[Fault]:
    """An embedder that is unknown, sources that match nothing, and a build that is stale."""
    spec, document = project.indexes[name]
    if spec.embedder is not None:
        problem = embedder_problem(project.catalog.spec, spec.embedder)
        if problem:
            yield document.fault(("embedder",), problem)
    are_sources_sound = True
    for place, source in enumerate(spec.sources):
        try:
            find_sources([source], project.root)
        except InputError as error:
            are_sources_sound = False
            yield document.fault(("sources", place, "glob"), str(error))
    problem = _build_problem(project, name) if are_sources_sound else None
    if problem:
        yield document.fault((), problem, warning=True)


def _build_problem(project: Project, name: str) -> str | None:
    """Why what was built no longer serves; None also before the first build."""
    try:
        home = IndexHome(project.root, name)
        if not home.publications():
            return None
        changes = find_changes(home.current(), project.indexes[name].spec, project.root)
    except InputError as error:
        return str(error)
    return f"is stale: documents {changes}: genaiops index build {name}" if changes else None
