"""A run judged beside its baseline, or beside another run."""

from pathlib import Path

from genaiops.errors import InputError
from genaiops.evaluations.baseline import read_baseline
from genaiops.evaluations.scores import run_scores
from genaiops.gates import decide
from genaiops.gates.standing import Calibrations
from genaiops.project.calibrations import load_calibrations
from genaiops.project.files import eval_name
from genaiops.project.session import Session
from genaiops.records import Baseline, Decision, EvalRun, RunScores
from genaiops.store import Store, StoredRun

BASELINE = "baseline"
"""What stands for the accepted baseline where a run can be named."""


def baseline_path(root: Path, name: str) -> Path:
    """The file of an evaluation's baseline."""
    return root / "evals" / "baselines" / f"{eval_name(name)}.jsonl"


def load_baseline(session: Session, name: str) -> Baseline | None:
    """The accepted baseline of an evaluation, or None.

    Raises:
        SpecError: the file is damaged.
    """
    path = baseline_path(session.root, name)
    return read_baseline(path, path.relative_to(session.root).as_posix())


def judge_run(session: Session, store: Store, run: EvalRun, *, against: str = BASELINE) -> Decision:
    """Judge a stored run by the gates of its evaluation.

    `against` is `baseline`, or a run that takes its place.

    Raises:
        InputError: the evaluation has no gates, or there is no such run.
    """
    reference = reference_of(session, store, run.eval, against)
    return judge_beside(
        session, store, run, reference, calibrations=load_calibrations(session, run)
    )


def reference_of(session: Session, store: Store, name: str, against: str) -> Baseline | None:
    """What the gates of an evaluation compare with: its baseline, if there is one, or a run.

    Raises:
        InputError: there is no such run, or it proves nothing.
        SpecError: the file of the baseline is damaged.
    """
    if against == BASELINE:
        return load_baseline(session, name)
    return Baseline(scores=whole_scores_of(store, _run_to_compare(store, against)))


def named_reference(store: Store, against: str) -> str:
    """The same, whatever is run from now on: `baseline`, or the id of the run that is named.

    Raises:
        InputError: there is no such run.
    """
    return against if against == BASELINE else _run_to_compare(store, against).run.id


def _run_to_compare(store: Store, reference: str) -> StoredRun:
    try:
        return store.run(reference)
    except InputError:
        known = [BASELINE, *(stored.run.id for stored in store.runs())]
        raise InputError.unknown("run", reference, known, in_order=True) from None


def judge_beside(
    session: Session,
    store: Store,
    run: EvalRun,
    reference: Baseline | None,
    *,
    calibrations: Calibrations,
) -> Decision:
    """Judge a stored run beside what its gates compare with, and what people said of answers.

    Raises:
        InputError: the evaluation has no gates, or they do not fit the run.
    """
    spec = session.project.eval(run.eval).spec
    candidate = run_scores(run, store.results(run.id, with_nodes=False))
    return decide(
        spec.gates,
        candidate,
        reference,
        policy=spec.on_inconclusive,
        calibrations=calibrations,
    )


def scores_of(store: Store, stored: StoredRun) -> RunScores:
    """The scores of a finished run.

    Raises:
        InputError: the run did not finish, or scored nothing.
    """
    if stored.state != "finished":
        raise InputError(f"run {stored.run.id!r} is {stored.state}: {_finishing(stored)}")
    if not stored.run.scored:
        raise InputError(f"run {stored.run.id!r} has no case that was scored: it proves nothing")
    return run_scores(stored.run, store.results(stored.run.id, with_nodes=False))


def _finishing(stored: StoredRun) -> str:
    """What finishes a run that did not."""
    if stored.state == "running":
        return "wait until it is done"
    if stored.asked is None:
        return "run the evaluation again"
    return f"genaiops eval --resume {stored.run.id} goes on with it"


def whole_scores_of(store: Store, stored: StoredRun) -> RunScores:
    """The scores of a finished run of all its cases, which others can be compared with.

    Raises:
        InputError: the run did not finish, scored nothing, or left cases out once it was decided.
    """
    run = stored.run
    if run.looks is not None and run.is_cut_short:
        cases = run.planned // run.repeats
        raise InputError(
            f"run {run.id!r} was stopped after {run.looks.cases} of {cases} cases, once its gates "
            f"wanted no more: genaiops eval {run.eval} runs all, and reuses the calls made"
        )
    found = scores_of(store, stored)
    # All cases are there: what compares with them need not know that they were looked at before.
    return RunScores(run=found.run.model_copy(update={"looks": None}), cases=found.cases)
