"""`gate --against git:REF`: the base in its own process, then the branch, then the verdict."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from genaiops.cli.door import ensure_trust, note
from genaiops.cli.evaluating import run_with_progress
from genaiops.cli.paying import Paying
from genaiops.errors import InputError
from genaiops.project.against import (
    Against,
    has_other_metrics,
    judge_against,
    request_of,
    rescoring_of,
    set_against,
)
from genaiops.project.base_process import evaluate_base
from genaiops.project.base_tree import base_tree
from genaiops.project.evaluating import Asked
from genaiops.project.git_base import find_base
from genaiops.project.overrides import FlowOverrides
from genaiops.project.session import Session
from genaiops.project.wants import used_by_eval
from genaiops.records import Decision, EvalRun
from genaiops.store import Store

BasePythonOption = Annotated[
    Path | None,
    typer.Option("--base-python", help="With git:REF, the interpreter for the base commit."),
]
GIT = "git:"
"""What a commit to be judged against is named by, before its own name."""


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit to be judged against, and the interpreter that it is evaluated with."""

    ref: str
    python: Path | None = None


def commit_of(against: str, python: Path | None, run: str | None) -> Commit | None:
    """The commit that `--against git:REF` names; None where it names something else.

    Raises:
        InputError: other options do not go with it, or need it.
    """
    if not against.startswith(GIT):
        if python is not None:
            raise InputError("--base-python goes with --against git:REF")
        return None
    if run is not None:
        raise InputError(f"--against {against} evaluates both commits: leave --run out")
    return Commit(against.removeprefix(GIT), python)


def gate_against(
    session: Session, store: Store, asked: Asked, paying: Paying, commit: Commit
) -> tuple[EvalRun, Decision]:
    """Evaluate the base and the branch, and judge the branch by the policy of the base.

    Raises:
        InputError: the commit, or what it holds, does not fit.
        TrustError: one of both wants what is not trusted yet.
        ExecutionError: one of both could not be evaluated.
    """
    if asked.overrides.flow != FlowOverrides():
        raise InputError("--against git:REF compares commits as they are: no --variant, no -m")
    base = find_base(session.root, commit.ref)
    with base_tree(session.root, base) as tree:
        against = set_against(session, base, tree, asked.name)
        for told in against.first:
            note(told)
        _trust(against, asked.name)
        asked = paying.agreed(against.session, asked, [asked.overrides.flow])
        if against.there is None:
            run = run_with_progress(against.session, store, asked)
            return run, judge_against(against, store, run, None)
        note(f"evaluating {base.shown} first, then this branch")
        request = request_of(against, against.there, asked, yes=paying.yes)
        theirs = evaluate_base(request, base.shown, python=commit.python)
        if asked.budget is not None:
            asked = replace(asked, budget=replace(asked.budget, spent_usd=theirs.spent_usd))
        run = run_with_progress(against.session, store, asked)
        if has_other_metrics(run, store.run(theirs.id).run):
            told = f"this branch changes the code of metrics: scored by {base.ref}'s"
            against = replace(against, told=(*against.told, told))
            again = rescoring_of(against, request, run)
            scored = evaluate_base(again, base.shown, python=commit.python)
            run = store.run(scored.id).run
        return run, judge_against(against, store, run, theirs.id)


def _trust(against: Against, name: str) -> None:
    session = against.session
    used = used_by_eval(session.project, name)
    own = replace(session, beside=()).wants(used)
    if set(against.wants) - {*own}:
        note(f"{against.base.shown} runs as well, and wants what it holds; trust is for both")
    ensure_trust(session, used)
