"""The gates of an evaluation, to be looked at while its cases are run."""

from collections.abc import Sequence

from genaiops.errors import InputError
from genaiops.evaluations.evaluation import Evaluation
from genaiops.gates import SequentialGates, is_followed
from genaiops.gates.standing import Calibrated, Calibrations, gate_standing, with_tiers
from genaiops.gates.two_looks import looks_of
from genaiops.project.calibrations import load_calibrations
from genaiops.project.judging import reference_of
from genaiops.project.session import Session
from genaiops.records import Baseline, Case, CaseScores, EvalRun
from genaiops.specs.evaluation import EvalSpec, GateSpec
from genaiops.store import Store


def sequential_gates(
    session: Session, store: Store, evaluation: Evaluation, planned: EvalRun, against: str
) -> SequentialGates:
    """The gates of an evaluation before its first case.

    Args:
        session: of the project.
        store: holds the run that is compared with, if `against` names one.
        evaluation: ready to run.
        planned: its run.
        against: `baseline`, or a run that takes its place.

    Raises:
        InputError: no gate could be decided early, or there is no such run.
    """
    spec = evaluation.spec
    baseline = reference_of(session, store, planned.eval, against)
    calibrations = load_calibrations(session, planned)
    gates = with_tiers(spec.gates, planned, calibrations)
    _refuse_calibrated(gates, planned, calibrations)
    _refuse_idle(gates, spec, planned.eval, baseline)
    cases = tuple(_planned(case) for case in evaluation.dataset.cases(spec.filter, spec.limit))
    return SequentialGates(gates, planned, baseline, cases, policy=spec.on_inconclusive)


def _refuse_calibrated(gates: Sequence[GateSpec], run: EvalRun, calibrations: Calibrations) -> None:
    for gate in gates:
        if gate.tier == "blocking" and isinstance(
            gate_standing(gate, run, calibrations), Calibrated
        ):
            raise InputError(
                f"the gate on {gate.metric} is corrected by labels of people, which takes all "
                "cases: leave --sequential out"
            )


def _refuse_idle(
    gates: Sequence[GateSpec], spec: EvalSpec, name: str, baseline: Baseline | None
) -> None:
    if looks_of(gates, spec.on_inconclusive) > 1:
        raise InputError(
            f"a gate of {name!r} says on_inconclusive: extend, which divides the error otherwise "
            "than early stops do: leave --sequential out"
        )
    blocking = [gate for gate in gates if gate.tier == "blocking"]
    early = [gate for gate in blocking if is_followed(gate) or gate.max_cases is not None]
    if not early:
        never = "those on slices, quantiles and ratios never are"
        if any(gate.tier != said.tier for gate, said in zip(gates, spec.gates, strict=True)):
            never = f"{never}, those on judges that nobody calibrated are advisory"
        raise InputError(
            f"no blocking gate of {name!r} can be decided before all cases are run ({never}): "
            "leave --sequential out"
        )
    if baseline is None and all(gate.no_worse_than for gate in early):
        raise InputError(
            f"evaluation {name!r} has no baseline to look beside: genaiops eval {name}, "
            f"then genaiops baseline accept {name}"
        )


def _planned(case: Case) -> CaseScores:
    return CaseScores(case_id=case.id, cluster=case.cluster, tags=case.tags, scores={})
