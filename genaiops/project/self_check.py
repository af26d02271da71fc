"""An evaluation checked by itself: its baseline as candidate, and what a new draw would give."""

from dataclasses import dataclass

from genaiops.errors import InputError
from genaiops.gates import decide
from genaiops.project.calibrations import load_calibrations
from genaiops.project.judging import load_baseline
from genaiops.project.power import Power, foresee
from genaiops.project.session import Session
from genaiops.records import Decision, EvalRun, RunScores
from genaiops.store import Store


@dataclass(frozen=True, slots=True)
class SelfCheck:
    """What the gates say of the baseline itself, which is `run`, and of unchanged candidates."""

    run: EvalRun
    decision: Decision
    power: Power


def check_itself(session: Session, store: Store, name: str) -> SelfCheck:
    """Judge the accepted baseline beside itself; no model is called.

    Every score is the same then, so no gate with a margin can fail, and it passes where the number
    of cases alone is enough. That nothing changed by construction is not taken as a proof here.

    Raises:
        InputError: there is no baseline, or the evaluation has no gates.
        SpecError: the dataset, or the file of the baseline or of a calibration is damaged.
    """
    power = foresee(session, store, name)
    baseline = load_baseline(session, name)
    if baseline is None:
        raise InputError(
            f"evaluation {name!r} has no baseline to check by itself: genaiops eval {name}, "
            f"then genaiops baseline accept {name}"
        )
    run, cases = baseline.scores.run, baseline.scores.cases
    drawn = tuple(case.model_copy(update={"calls": ""}) for case in cases)
    spec = session.project.eval(name).spec
    decision = decide(
        spec.gates,
        RunScores(run=run, cases=drawn),
        baseline,
        policy=spec.on_inconclusive,
        calibrations=load_calibrations(session, run),
    )
    return SelfCheck(run, decision, power)
