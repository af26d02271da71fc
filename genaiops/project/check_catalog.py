"""The catalog against the rest of the project and its surroundings."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from genaiops.errors import Fault, InputError, SpecError, suggest
from genaiops.models.catalog import Catalog
from genaiops.models.replay import recorded_models
from genaiops.project.code import project_file
from genaiops.project.entry_wants import variables_in
from genaiops.project.files import Project, eval_name
from genaiops.project.lock import CatalogLock, lock_problem
from genaiops.specs.base import Spec
from genaiops.specs.catalog import (
    CatalogSpec,
    LocalEmbedder,
    LocalModel,
    ReplayModel,
    SelectionSpec,
)
from genaiops.specs.document import Document

WeightsState = Literal["absent", "partial", "present"]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What lies around a project: variables, the date, and the state of weights by name."""

    environment: Mapping[str, str]
    today: date
    weights: Mapping[str, WeightsState]


def catalog_faults(project: Project, around: Surroundings, lock: CatalogLock) -> Iterator[Fault]:
    """Weights, variables, recordings, retired models, secrets in the open, and selections."""
    spec, document = project.catalog
    known = Catalog(spec, root=project.root, environment={}, locked=lock.models)
    for warning in known.warnings(around.today):
        yield document.fault((warning.section, warning.name), warning.told, warning=True)
    for kind, entries in (("models", spec.models), ("embedders", spec.embedders)):
        for name, entry in entries.items():
            yield from _entry_faults(project, around, (kind, name), entry)
    for name, selection in spec.selections.items():
        if name in spec.models:
            yield document.fault(
                ("selections", name), f"{name!r} is a model and a selection; rename one"
            )
        yield from _selection_faults(project, name, selection)
        problem = lock_problem(name, lock, spec)
        if problem:
            yield document.fault(("selections", name), problem, warning=True)


def model_problem(catalog: CatalogSpec, name: str) -> str | None:
    """What is wrong with the name of a model or selection; None when it is known."""
    if name in catalog.models or name in catalog.selections:
        return None
    known = (*catalog.models, *catalog.selections)
    return f"unknown model or selection {name!r}{suggest(name, known)}"


def embedder_problem(catalog: CatalogSpec, name: str) -> str | None:
    """What is wrong with the name of an embedder; None when it is known."""
    if name in catalog.embedders:
        return None
    return f"unknown embedder {name!r}{suggest(name, catalog.embedders)}"


def _entry_faults(
    project: Project, around: Surroundings, path: tuple[str, str], entry: Spec
) -> Iterator[Fault]:
    document = project.catalog.document
    for name in sorted(set(variables_in(entry.model_dump(mode="json", by_alias=True)))):
        if not around.environment.get(name):
            message = f"the environment variable {name} is not set; {path[1]} needs it when used"
            yield document.fault(_place_of(document, path, name), message, warning=True)
    if isinstance(entry, LocalModel | LocalEmbedder):
        yield from _weights_faults(document, path, entry.weights, around)
    if isinstance(entry, ReplayModel):
        yield from _recording_faults(project, path, entry)


def _recording_faults(
    project: Project, path: tuple[str, str], entry: ReplayModel
) -> Iterator[Fault]:
    """A recording that is not there, its bad lines, and a model whose answers it does not hold."""
    document = project.catalog.document
    try:
        file = project_file(project.root / entry.recording, project.root)
        models = recorded_models(file, entry.recording)
    except SpecError as error:
        yield from error.faults
    except InputError as error:
        yield document.fault((*path, "recording"), str(error))
    else:
        if entry.model not in models:
            message = f"{entry.recording} has no answers of {entry.model!r}"
            yield document.fault((*path, "model"), f"{message}{suggest(entry.model, models)}")


def _place_of(document: Document, path: tuple[str, str], variable: str) -> tuple[str | int, ...]:
    """Where an entry names a variable."""
    here = document.value
    for step in path:
        here = here[step] if isinstance(here, dict) else None
    entry = here if isinstance(here, dict) else {}
    keys = (key for key, value in entry.items() if variable in variables_in(value))
    return (*path, *list(keys)[:1])


def _weights_faults(
    document: Document, path: tuple[str, str], weights: str, around: Surroundings
) -> Iterator[Fault]:
    state = around.weights.get(weights)
    if state is None:
        message = f"unknown weights {weights!r}{suggest(weights, around.weights)}"
        yield document.fault((*path, "weights"), message)
    elif state != "present":
        message = f"these weights are not here yet: genaiops weights pull {weights}"
        yield document.fault((*path, "weights"), message, warning=True)


def _selection_faults(project: Project, name: str, selection: SelectionSpec) -> Iterator[Fault]:
    catalog, document = project.catalog
    path = ("selections", name)
    for place, model in enumerate(selection.require.models):
        if model not in catalog.models:
            message = f"unknown model {model!r}{suggest(model, catalog.models)}"
            yield document.fault((*path, "require", "models", place), message)
    evidence = eval_name(selection.evidence)
    if evidence not in project.evals:
        message = f"unknown evaluation {selection.evidence!r}{suggest(evidence, project.evals)}"
        yield document.fault((*path, "evidence"), message)
    elif selection.quality is not None:
        labels = [use.label for use in project.evals[evidence].spec.metrics]
        if selection.quality not in labels:
            told = f"unknown metric {selection.quality!r}{suggest(selection.quality, labels)}"
            yield document.fault((*path, "quality"), told)
