"""The answers of a stored run, scored again by the metrics of another session: nothing is asked."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from genaiops.evaluations.counting_ledger import CountingLedger
from genaiops.evaluations.recorded_flow import Draw, RecordedFlow
from genaiops.evaluations.runner import Runner
from genaiops.project.overrides import Overrides
from genaiops.project.session import Session
from genaiops.project.wiring import Wiring
from genaiops.records import EvalRun, FlowRun
from genaiops.records.flow_runs import Untold
from genaiops.store import Store, StoredResult

_OF_THE_EVALUATION = frozenset({"genaiops", "dataset", "cases", "metrics"})
"""Digests that the evaluation tells itself; the others are those of the flow that answered."""


async def rescore(
    session: Session, store: Store, run: EvalRun, overrides: Overrides, dataset: Path
) -> EvalRun:
    """Score the answers of a run by the session's own evaluation of its name, as another run.

    `overrides` are those of that run, and `dataset` has the cases that were answered.

    Raises:
        InputError: the evaluation or its dataset does not fit.
        TrustError: a metric wants what is not trusted yet.
    """
    spec = overrides.over(session.project.eval(run.eval).spec)
    own = replace(session, files={**session.files, spec.dataset: dataset})
    recorded = RecordedFlow(
        name=run.eval,
        parts={k: v for k, v in run.digests.items() if k not in _OF_THE_EVALUATION},
        runs=_runs(store, run),
        source=f"run {run.id}",
        models=run.models,
    )
    ledger = CountingLedger(store, reuse=True)
    async with Wiring(own, ledger) as wiring:
        evaluation = wiring.scoring(run.eval, spec.model_copy(update={"inputs": {}}), recorded)
        planned = evaluation.planned_run(started_at=run.started_at, git_commit=run.git_commit)
        return await Runner(evaluation, store, ledger, lambda _: None).run(planned)


def _runs(store: Store, run: EvalRun) -> Mapping[Draw, FlowRun]:
    return {
        (stored.case.id, stored.result.repeat): recorded_run(stored, run.eval)
        for stored in store.results(run.id)
    }


def recorded_run(stored: StoredResult, name: str) -> FlowRun:
    """A stored answer as the run of a flow that it was; `name` is that of the flow."""
    result = stored.result
    untold: tuple[Untold, ...] = ("latency",) if result.latency_s is None else ()
    return FlowRun(
        flow=name,
        inputs=stored.case.inputs,
        outputs=result.outputs,
        failure=result.failure,
        nodes=stored.nodes,
        latency_s=result.latency_s or 0.0,
        usage=result.usage,
        untold=untold,
    )
