"""The tags by which an evaluation filters its cases and tells slices, against its dataset."""

from collections.abc import Iterator

from genaiops.datasets import Dataset, TagProblem, check_tags
from genaiops.specs.evaluation import EvalSpec


def tag_problems(spec: EvalSpec, dataset: Dataset) -> Iterator[TagProblem]:
    """Tags and values that no case has: of filter, slices, and the slices of gates."""
    yield from check_tags(dataset, spec.filter, spec.slices)
    for place, gate in enumerate(spec.gates):
        value = gate.slice if isinstance(gate.slice, dict) else {}
        tags = () if gate.slice is None or value else (str(gate.slice),)
        for problem in check_tags(dataset, value, tags):
            yield TagProblem(("gates", place, "slice"), problem.message)
