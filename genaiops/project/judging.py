"""What becomes of a run: judged beside its baseline, or accepted as the next one."""

from pathlib import Path

from genaiops.errors import InputError, SpecError
from genaiops.evaluations.baseline import read_baseline, write_baseline
from genaiops.evaluations.budget import Budget
from genaiops.evaluations.scores import run_scores
from genaiops.gates import decide
from genaiops.project.consent import refuse_surprise
from genaiops.project.evaluating import Asked, run_evaluation
from genaiops.project.files import eval_name
from genaiops.project.session import Session, open_session
from genaiops.records import Baseline, Decision, EvalRun, RunScores
from genaiops.store import Store, StoredRun


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


def judge_run(
    session: Session, store: Store, run: EvalRun, *, against: str = "baseline"
) -> Decision:
    """Judge a stored run by the gates of its evaluation.

    `against` is `baseline`, or a run that takes its place.

    Raises:
        InputError: the evaluation has no gates, or there is no such run.
    """
    return judge_beside(session, store, run, reference_of(session, store, run.eval, against))


def reference_of(session: Session, store: Store, name: str, against: str) -> Baseline | None:
    """What the gates of an evaluation compare with: its baseline, if there is one, or a run.

    Raises:
        InputError: there is no such run, or it proves nothing.
        SpecError: the file of the baseline is damaged.
    """
    if against == "baseline":
        return load_baseline(session, name)
    return Baseline(scores=scores_of(store, store.run(against)))


def judge_beside(
    session: Session, store: Store, run: EvalRun, reference: Baseline | None
) -> Decision:
    """Judge a stored run beside what its gates compare with.

    Raises:
        InputError: the evaluation has no gates, or they do not fit the run.
    """
    spec = session.project.eval(run.eval).spec
    candidate = run_scores(run, store.results(run.id, with_nodes=False))
    return decide(spec.gates, candidate, reference, policy=spec.on_inconclusive)


def scores_of(store: Store, stored: StoredRun) -> RunScores:
    """The scores of a finished run.

    Raises:
        InputError: the run did not finish, or scored nothing.
    """
    if stored.state != "finished":
        raise InputError(f"run {stored.run.id!r} is {stored.state}: run the evaluation again")
    if not stored.run.scored:
        raise InputError(f"run {stored.run.id!r} has no case that was scored: it proves nothing")
    return run_scores(stored.run, store.results(stored.run.id, with_nodes=False))


def accept_baseline(session: Session, store: Store, stored: StoredRun, reason: str | None) -> Path:
    """Write a run as the baseline of its evaluation, in place of a damaged one too.

    Raises:
        InputError: the run did not finish, a gate fails and no reason is given, or it is empty.
        ExecutionError: the file cannot be written.
    """
    if reason is not None and not reason.strip():
        raise InputError("--reason is empty: say why this run is accepted")
    scores = scores_of(store, stored)
    spec = session.project.eval(stored.run.eval).spec
    if reason is None and spec.gates:
        known = _sound_baseline(session, stored.run.eval)
        decision = decide(spec.gates, scores, known, policy=spec.on_inconclusive)
        failed = [v.gate for v in decision.verdicts if v.word == "fail" and v.tier == "blocking"]
        if failed:
            raise InputError(
                f"run {stored.run.id!r} fails {'; '.join(failed)}: accept it with --reason WHY"
            )
    path = baseline_path(session.root, stored.run.eval)
    write_baseline(path, Baseline(scores=scores, reason=reason))
    return path


def _sound_baseline(session: Session, name: str) -> Baseline | None:
    try:
        return load_baseline(session, name)
    except SpecError:
        return None


async def gate_project(root: Path, name: str, budget: Budget | None, remedy: str) -> Decision:
    """Run an evaluation of a project without a word, and judge it.

    Without a budget it may cost no more than the project spends without a question; `remedy` is how
    its caller allows more.

    Raises:
        InputError: it may cost more; and as for `run_evaluation`.
        TrustError, ExecutionError: as for `run_evaluation`.
    """
    session = open_session(root)
    asked = Asked(name, budget=budget)
    if budget is None:
        await refuse_surprise(session, asked, remedy)
    with session.open_store() as store:
        work = run_evaluation(session, store, asked, on_note=lambda _: None)
        return judge_run(session, store, await work)
