"""Judges against the catalog."""

from collections.abc import Iterator

from genaiops.errors import Fault
from genaiops.project.check_catalog import model_problem
from genaiops.project.files import Project


def judge_faults(project: Project) -> Iterator[Fault]:
    """The faults of judges whose model the catalog does not have."""
    for loaded in project.judges.values():
        name = loaded.spec.model
        problem = model_problem(project.catalog.spec, name) if name is not None else None
        if problem:
            yield loaded.document.fault(("model",), problem)
