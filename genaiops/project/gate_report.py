"""The report of a decision, which knows what it was compared with and where its gates stand."""

from dataclasses import replace

from genaiops.errors import InputError
from genaiops.evaluations.reports import Report
from genaiops.project.evaluating import report_of
from genaiops.project.judging import reference_of
from genaiops.project.origins import origin_of
from genaiops.project.session import Session
from genaiops.records import Decision, EvalRun, RunScores
from genaiops.store import Store


def gate_report(
    session: Session, store: Store, run: EvalRun, decision: Decision, *, against: str
) -> Report:
    """What a decision on a run comes to; `against` is `baseline` or a run, as it was judged by."""

    def reference() -> RunScores:
        found = reference_of(session, store, run.eval, against)
        if found is None:
            raise InputError(f"the baseline of {run.eval!r} is gone: judge the run again")
        return found.scores

    return replace(
        report_of(store, run, decision),
        reference=reference if decision.compared is not None else None,
        origin=origin_of(session, decision),
    )
