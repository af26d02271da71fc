"""Gates with `on_inconclusive: extend`: judged, and once more after more repeats; pure."""

from collections.abc import Sequence

from genaiops.records import EvalRun
from genaiops.specs.evaluation import GateSpec, OnInconclusive
from genaiops.text.quantities import counted

LOOKS = 2
"""The first, and the last after a top-up. Each has an equal part of the error."""


def is_extending(gate: GateSpec, policy: OnInconclusive) -> bool:
    """Whether a gate, once left open, has each case asked again: one that is blocking."""
    return gate.tier == "blocking" and (gate.on_inconclusive or policy) == "extend"


def looks_of(gates: Sequence[GateSpec], policy: OnInconclusive) -> int:
    """How often at most the gates of an evaluation are judged, as its file says before any look."""
    return LOOKS if any(is_extending(gate, policy) for gate in gates) else 1


def gates_at_a_look(gates: Sequence[GateSpec], policy: OnInconclusive) -> list[GateSpec]:
    """The gates with the part of their error that each look has.

    The first look ends it where it decides the evaluation, else only the last one counts. A wrong
    word is wrong at one of both, so its chance is at most the sum of both parts, however the looks
    depend on each other: the union bound.
    """
    looks = looks_of(gates, policy)
    return [gate.model_copy(update={"alpha": gate.alpha / looks}) for gate in gates]


def two_looks_notes(run: EvalRun, looks: int) -> list[str]:
    """How verdicts of more looks than one are to be read; none where there is one."""
    if looks == 1:
        return []
    told = "on_inconclusive: extend allows two looks, so each has half of the error"
    if run.extended_from is None:
        return [told]
    return [
        f"open at {counted(run.extended_from, 'repeat')}, judged again at {run.repeats}; {told}"
    ]
