"""Runs whose gates are looked at as cases come in, for tests."""

from collections.abc import Sequence

from genaiops.gates import decide
from genaiops.gates.sequential import SequentialGates
from genaiops.records import Baseline, CaseScores, Decision, Looks, RunScores
from genaiops.specs.evaluation import GateSpec
from tests.gates.build import accepted


def planned(run: RunScores) -> tuple[CaseScores, ...]:
    """The cases of a run before any is scored."""
    return tuple(case.model_copy(update={"scores": {}, "calls": ""}) for case in run.cases)


def watching(
    gates: Sequence[GateSpec], run: RunScores, baseline: RunScores | None
) -> SequentialGates:
    return SequentialGates(
        gates, run.run, _accepted(baseline), planned(run), policy="block_if_worse"
    )


def followed(
    gates: Sequence[GateSpec], run: RunScores, baseline: RunScores | None, *, batch: int = 16
) -> tuple[Decision, Looks]:
    """Show the gates a run batch by batch; the decision where they wanted no more."""
    watched, by_id = watching(gates, run, baseline), {case.case_id: case for case in run.cases}
    seen: list[CaseScores] = []
    for ids in watched.batches(batch):
        cases = [by_id[case_id] for case_id in ids]
        seen += cases
        if looks := watched.look(cases):
            return decided(gates, run, seen, looks, baseline), looks
    raise AssertionError("the last look ends it")


def decided(
    gates: Sequence[GateSpec],
    run: RunScores,
    seen: Sequence[CaseScores],
    looks: Looks,
    baseline: RunScores | None,
) -> Decision:
    """The decision on what was seen of a run."""
    record = run.run.model_copy(update={"looks": looks})
    candidate = RunScores(run=record, cases=tuple(seen))
    return decide(gates, candidate, _accepted(baseline), policy="block_if_worse")


def _accepted(baseline: RunScores | None) -> Baseline | None:
    return None if baseline is None else accepted(baseline)
