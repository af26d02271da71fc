"""`gate --against git:REF`: a branch judged by the policy of its base, on runs of both commits."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from genaiops.errors import InputError
from genaiops.gates.baselines import comparison_notes
from genaiops.project.base_request import BaseRequest
from genaiops.project.base_tree import BaseTree
from genaiops.project.calibrations import calibration_path, load_calibrations
from genaiops.project.code import is_python_flow
from genaiops.project.evaluating import Asked
from genaiops.project.git_base import Base
from genaiops.project.judging import baseline_path, judge_beside, scores_of
from genaiops.project.policy_changes import policy_changes, under_policy
from genaiops.project.root import KEPT_FOLDER
from genaiops.project.session import Session, open_session
from genaiops.project.wants import used_by_eval
from genaiops.records import Baseline, Decision, EvalRun
from genaiops.specs.evaluation import EvalSpec
from genaiops.store import Store
from genaiops.trust import Want, wants_digest

_DEPENDENCIES = (
    "pyproject.toml", "requirements*.txt", "requirements*.in", "constraints*.txt", "*.lock",
    "setup.py", "setup.cfg", "environment.y*ml",
)  # fmt: skip
_INDEXES = Path(KEPT_FOLDER, "indexes")


@dataclass(frozen=True, slots=True)
class Against:
    """A branch beside its base, before anything is run.

    `session` is the one of the branch, with the policy that decides. `told` is what to read before
    the verdict, `first` what to know before the calls are made. `wants` is what the base wants, and
    `there` its project; None where it has no such evaluation.
    """

    base: Base
    session: Session
    there: Session | None
    wants: tuple[Want, ...]
    told: tuple[str, ...]
    first: tuple[str, ...]


def set_against(session: Session, base: Base, tree: BaseTree | None, name: str) -> Against:
    """Read the base, and put its policy in the place of the branch's own.

    Raises:
        InputError: the base does not validate.
    """
    there = _session_of(session, base, tree, name)
    if tree is None or there is None:
        new = f"the evaluation {name} is new: {base.shown} has none, so its own gates judge it"
        alone = f"{new}, and no gate has anything to compare with"
        return Against(base, session, None, (), (base.told, alone), ())
    own, theirs = session.project.evals[name], there.project.eval(name).spec
    project = replace(
        session.project,
        evals={
            **session.project.evals,
            name: own._replace(spec=under_policy(own.spec, theirs)),
        },
    )
    wants = _wants_of(there, base, name)
    _take_indexes(session, there, name)
    told = (
        base.told,
        *policy_changes(own.spec, theirs, base.ref),
        *_baseline_change(session, there, name),
        *_calibration_changes(session, there, name, base),
        *tree.notes,
        *_dependency_changes(session, there, base),
    )
    judged = replace(session, project=project, beside=wants)
    return Against(base, judged, there, wants, told, _doubled(own.spec, theirs))


def request_of(against: Against, there: Session, asked: Asked, *, yes: bool) -> BaseRequest:
    """What the process of the base is asked for: the evaluation as it is asked for here."""
    over, budget = asked.overrides, asked.budget
    return BaseRequest(
        config=str(_config(there)),
        home=str(against.session.root),
        commit=against.base.commit,
        name=asked.name,
        trust=wants_digest(against.wants),
        repeats=over.repeats,
        limit=over.limit,
        concurrency=over.concurrency,
        filter=dict(over.filter),
        batched=asked.batched,
        max_cost_usd=budget.cap_usd if budget else None,
        yes=yes,
    )


def has_other_metrics(run: EvalRun, base: EvalRun) -> bool:
    """Whether a branch has other code behind the metrics of its base, by which it was scored."""
    return {info.digest for info in run.metrics} != {info.digest for info in base.metrics}


def rescoring_of(against: Against, request: BaseRequest, run: EvalRun) -> BaseRequest:
    """What the process of the base is asked for, to score the answers of a branch by its code."""
    session = against.session
    dataset = session.dataset_path(session.project.eval(run.eval).spec.dataset).resolve()
    return request.model_copy(update={"rescored": run.id, "dataset": str(dataset)})


def judge_against(against: Against, store: Store, run: EvalRun, base_run: str | None) -> Decision:
    """Judge the run of a branch by the policy of its base, and by its run where there is one.

    The calibrations of judges are policy, too.

    Raises:
        InputError: the evaluation has no gates.
        SpecError: a calibration of the base is damaged.
    """
    session, known = against.session, load_calibrations(against.there or against.session, run)
    if base_run is None:
        decision = judge_beside(session, store, run, None, calibrations=known)
        return decision.model_copy(update={"against": against.told})
    baseline = Baseline(scores=scores_of(store, store.run(base_run)))
    decision = judge_beside(session, store, run, baseline, calibrations=known)
    candidate = scores_of(store, store.run(run.id))
    cases = comparison_notes(candidate, baseline.scores)
    notes = tuple(note for note in decision.notes if note not in cases)
    return decision.model_copy(update={"against": (*against.told, *cases), "notes": notes})


def _session_of(session: Session, base: Base, tree: BaseTree | None, name: str) -> Session | None:
    """The project at the base; None where it has no such evaluation."""
    if tree is None:
        return None
    _link_variables(session, tree.root)
    file = tree.root / session.project.project.document.shown
    try:
        there = open_session(file if file.exists() else tree.root)
    except InputError as error:
        if not file.exists() and not (tree.root / "evals").exists():
            return None
        raise _invalid(base, error) from error
    return there if name in there.project.evals else None


def _invalid(base: Base, error: InputError) -> InputError:
    return InputError(
        f"{base.shown} does not validate, so nothing is compared; mend it there, or judge this "
        f"branch alone, without --against git:{base.ref}\n{error}"
    )


def _config(session: Session) -> Path:
    file = session.root / session.project.project.document.shown
    return file if file.exists() else session.root


def _link_variables(session: Session, root: Path) -> None:
    """The file of variables is the user's own, and no commit holds it."""
    env_file = session.project.spec.env_file
    if env_file is None:
        return
    own, there = session.root / env_file, root / env_file
    if own.is_file() and not there.exists() and there.resolve().is_relative_to(root):
        there.parent.mkdir(parents=True, exist_ok=True)
        there.symlink_to(own.resolve())


def _wants_of(there: Session, base: Base, name: str) -> tuple[Want, ...]:
    try:
        return there.wants(used_by_eval(there.project, name))
    except InputError as error:
        raise _invalid(base, error) from error


def _take_indexes(session: Session, there: Session, name: str) -> None:
    """Begin with the indexes of the branch: only what differs in the base is embedded again."""
    for index in used_by_eval(there.project, name).indexes:
        own = session.root / _INDEXES / index
        if own.is_dir():
            shutil.copytree(
                own,
                there.root / _INDEXES / index,
                ignore=shutil.ignore_patterns("chroma-*", ".*"),
                copy_function=_linked,
            )


def _linked(source: str, target: str) -> None:
    """The same file under another name where that goes; none of these is ever written again."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _baseline_change(session: Session, there: Session, name: str) -> tuple[str, ...]:
    path = baseline_path(session.root, name)
    if _bytes(path) == _bytes(baseline_path(there.root, name)):
        return ()
    shown = path.relative_to(session.root).as_posix()
    return (f"this branch changes {shown}: not used here, for both commits are evaluated",)


def _calibration_changes(session: Session, there: Session, name: str, base: Base) -> Iterator[str]:
    labels = dict.fromkeys(use.label for use in there.project.eval(name).spec.metrics)
    for label in labels:
        path = calibration_path(session.root, name, label)
        if _bytes(path) != _bytes(calibration_path(there.root, name, label)):
            shown = path.relative_to(session.root).as_posix()
            yield f"this branch changes {shown}: {base.ref}'s still counts"


def _dependency_changes(session: Session, there: Session, base: Base) -> tuple[str, ...]:
    roots = (session.root, there.root)
    names = {path.name for root in roots for part in _DEPENDENCIES for path in root.glob(part)}
    names -= {"catalog.lock"}
    changed = [name for name in sorted(names) if len({_bytes(r / name) for r in roots}) > 1]
    if not changed:
        return ()
    named = ", ".join(changed)
    told = f"dependencies differ ({named}): both commits run with what is installed here"
    return (f"{told}; --base-python names an interpreter with those of {base.shown}",)


def _doubled(own: EvalSpec, theirs: EvalSpec) -> tuple[str, ...]:
    functions = sorted({spec.flow for spec in (own, theirs) if is_python_flow(spec.flow)})
    if not functions:
        return ()
    told = f"{', '.join(functions)}: a Python function, whose own calls are not recorded"
    return (f"{told}: both commits answer every case, at twice the calls and the cost of a run",)


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
