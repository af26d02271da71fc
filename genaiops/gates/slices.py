"""The parts of a run that a gate on slices judges, each by itself."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from genaiops.errors import InputError
from genaiops.gates.estimates import NO_VALUE, cases_by_value, tag_text
from genaiops.gates.finding import Finding, Remedy, Sentences
from genaiops.records import RunScores
from genaiops.specs.evaluation import GateSpec
from genaiops.text.quantities import counted

LEAST_CASES = 20
"""A slice of fewer cases is shown and not tested."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Some of the cases, and what they are called: `topic billing`."""

    name: str
    ids: frozenset[str]


def slices_of(gate: GateSpec, run: RunScores) -> Iterator[Slice]:
    """The slices that a gate is about, by the values of its tag.

    Raises:
        InputError: the run does not know the tag.
    """
    tag = gate.slice_tag
    if tag is None:
        return
    if tag not in run.run.slices:
        raise InputError(
            f"run {run.run.id!r} kept no tag {tag!r} of its cases, by which the gate on "
            f"{gate.metric} tells slices: evaluate again"
        )
    by_value = cases_by_value(run.cases, tag)
    by_value.pop(NO_VALUE, None)
    wanted = sorted(by_value)
    if isinstance(gate.slice, dict):
        wanted = [tag_text(value) for value in gate.slice.values()]
    for value in wanted:
        yield Slice(f"{tag} {value}", frozenset(by_value.get(value, ())))


def in_slice(found: Finding, name: str) -> Finding:
    """The finding of a slice: named, and open where there are too few cases to infer from."""
    found = replace(found, slice=name)
    shown = found.comparison.difference if found.comparison else found.estimate
    if found.p_fail is None or shown.n >= LEAST_CASES:
        return found
    verb = "is" if shown.n == 1 else "are"
    sentence = (
        f"{counted(shown.n, 'case')} {verb} too few for a slice: {LEAST_CASES} are the least."
    )
    return replace(
        found,
        sentences=Sentences(passed=sentence, failed=sentence, undecided=sentence),
        remedy=Remedy(f"{LEAST_CASES} cases of {name}"),
        p_fail=None,
        is_open=True,
    )
