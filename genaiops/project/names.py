"""The names that a project gives, as far as its files can be read: for completion."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal

from genaiops.errors import InputError, StoreError
from genaiops.metrics import METRICS
from genaiops.metrics.judges.shipped import shipped_judges
from genaiops.models.weights import WeightsCatalog
from genaiops.project.files import FLOW_FILE
from genaiops.project.root import AUDIT_FILE, PROJECT_FILE, find_project_file
from genaiops.release.audit import Audit
from genaiops.release.history import LAST, History
from genaiops.specs.catalog import CatalogSpec
from genaiops.specs.flow import FlowSpec
from genaiops.specs.load import load_spec
from genaiops.specs.project import ProjectSpec

Kind = Literal[
    "evals",
    "flows",
    "indexes",
    "metrics",
    "models",
    "releases",
    "rollouts",
    "runs",
    "selections",
    "variants",
    "weights",
]

_ANYWHERE: frozenset[Kind] = frozenset({"metrics", "weights"})
"""Kinds with names that are there without a project."""


def names_of(kind: Kind, folder: Path) -> tuple[str, ...]:
    """The names of a kind in the project around a folder, sorted; none where nothing can be read.

    A run is named by its evaluation, or `last`.
    """
    try:
        root = folder if kind in _ANYWHERE else find_project_file(folder).parent
        return tuple(sorted(name for name in _READERS[kind](root) if name.isprintable()))
    except (InputError, StoreError, OSError):
        return ()


def _evals(root: Path) -> Iterator[str]:
    return (path.stem for path in root.glob("evals/*.yaml"))


def _flows(root: Path) -> Iterator[str]:
    return (path.parent.name for path in root.glob(f"flows/*/{FLOW_FILE}"))


def _indexes(root: Path) -> Iterator[str]:
    return (path.stem for path in root.glob("indexes/*.yaml"))


def _metrics(root: Path) -> Iterator[str]:
    judges = {*shipped_judges(), *(path.stem for path in root.glob("judges/*.yaml"))}
    yield from (*METRICS, *(f"judges/{name}" for name in judges))


def _models(root: Path) -> Iterator[str]:
    catalog = _catalog(root)
    yield from (*catalog.models, *catalog.selections)


def _releases(root: Path) -> Iterable[str]:
    history = History(Audit(root / AUDIT_FILE).read().records)
    return (*history.created(), *history.flows(), LAST)


def _rollouts(root: Path) -> Iterator[str]:
    return (path.stem for path in root.glob("rollouts/*.yaml"))


def _runs(root: Path) -> Iterator[str]:
    yield from (*_evals(root), "last")


def _selections(root: Path) -> Iterator[str]:
    yield from _catalog(root).selections


def _variants(root: Path) -> set[str]:
    files = root.glob(f"flows/*/{FLOW_FILE}")
    specs = (load_spec(path, FlowSpec, FLOW_FILE).spec for path in files)
    return {variant for spec in specs for variant in spec.variants}


def _weights(_: Path) -> Iterator[str]:
    return (status.name for status in WeightsCatalog.load({}).list())


def _catalog(root: Path) -> CatalogSpec:
    shown = load_spec(root / PROJECT_FILE, ProjectSpec, PROJECT_FILE).spec.catalog
    return load_spec(root / shown, CatalogSpec, shown).spec


_READERS: Mapping[Kind, Callable[[Path], Iterable[str]]] = {
    "evals": _evals,
    "flows": _flows,
    "indexes": _indexes,
    "metrics": _metrics,
    "models": _models,
    "releases": _releases,
    "rollouts": _rollouts,
    "runs": _runs,
    "selections": _selections,
    "variants": _variants,
    "weights": _weights,
}
