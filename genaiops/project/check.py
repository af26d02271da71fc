"""All that can be known to be wrong before anything runs and any money is spent."""

from collections.abc import Iterator, Mapping
from datetime import date

from genaiops.datasets import Dataset, open_dataset
from genaiops.errors import Fault, SpecError
from genaiops.models.weights import WeightsCatalog
from genaiops.project.check_catalog import Surroundings, catalog_faults
from genaiops.project.check_evals import eval_faults, missing_dataset
from genaiops.project.check_flows import flow_faults
from genaiops.project.check_indexes import index_faults
from genaiops.project.check_judges import judge_faults
from genaiops.project.check_rollouts import rollout_project_faults
from genaiops.project.environment import read_environment, routing_in
from genaiops.project.files import Project, flow_name, unread_files
from genaiops.project.lock import CatalogLock, read_lock


def check_project(project: Project, around: Surroundings) -> list[Fault]:
    """The errors and warnings of all files together, sorted by place, each once.

    No model is called, no code of the project is imported, and no host is reached.
    """
    return sorted(set(_faults(project, around)))


def check_evaluation(project: Project, name: str) -> list[Fault]:
    """The errors and warnings of an evaluation and its flow, sorted by place, each once."""
    loaded = project.evals[name]
    missing = missing_dataset(project, loaded)
    opened = (missing,) if missing else _opened(project, loaded.spec.dataset)
    flow = flow_name(loaded.spec.flow)
    faults = [*eval_faults(project, name, opened)]
    if flow in project.flows:
        try:
            faults += flow_faults(project, flow, read_lock(project.root).models)
        except SpecError as error:
            faults += error.faults
    return sorted(set(faults))


def look_around(project: Project, process: Mapping[str, str], today: date) -> Surroundings:
    """What lies around a project, for `check_project`; an env file with faults is left out here.

    Raises:
        SpecError: the mirror file that `GENAIOPS_WEIGHT_MIRRORS` names does not fit.
    """
    try:
        environment = read_environment(project.root, project.spec.env_file, process)
    except SpecError:
        environment = process
    listed = WeightsCatalog.load(environment).list()
    return Surroundings(environment, today, {status.name: status.state for status in listed})


def _faults(project: Project, around: Surroundings) -> Iterator[Fault]:
    yield from unread_files(project.root)
    yield from _env_file_faults(project)
    try:
        lock = read_lock(project.root)
    except SpecError as error:
        yield from error.faults
        lock = CatalogLock()
    yield from catalog_faults(project, around, lock)
    for name in project.flows:
        yield from flow_faults(project, name, lock.models)
    for name in project.indexes:
        yield from index_faults(project, name)
    yield from judge_faults(project)
    for faults in project.broken_rollouts.values():
        yield from faults
    for name in project.rollouts:
        yield from rollout_project_faults(project, name)
    opened: dict[str, Dataset | tuple[Fault, ...]] = {}
    for name, loaded in project.evals.items():
        shown = loaded.spec.dataset
        missing = missing_dataset(project, loaded)
        if missing is None and shown not in opened:
            opened[shown] = _opened(project, shown)
        yield from eval_faults(project, name, (missing,) if missing else opened[shown])


def _env_file_faults(project: Project) -> Iterator[Fault]:
    named = project.spec.env_file
    if named is None:
        return
    if not (project.root / named).is_file():
        told = f"there is no file {named!r}; write it, or leave env_file out"
        yield project.project.document.fault(("env_file",), told)
        return
    try:
        for name in routing_in(project.root, named):
            told = f"{name} is not taken from a file of the project: set it in the shell or in CI"
            yield Fault(named, 0, 0, told, "warning")
    except SpecError as error:
        yield from error.faults


def _opened(project: Project, shown: str) -> Dataset | tuple[Fault, ...]:
    try:
        return open_dataset(project.root / shown, shown)
    except SpecError as error:
        return error.faults
