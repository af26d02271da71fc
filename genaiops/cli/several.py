"""Evaluations of several arms: running them with bars, and what their comparison shows."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from genaiops.cli.compared import show_compared, write_compared
from genaiops.cli.door import note, run_code
from genaiops.cli.evaluating import telling_what_is_kept
from genaiops.cli.interrupting import stoppable
from genaiops.cli.render import eval_progress
from genaiops.errors import ExecutionError
from genaiops.evaluations.stopping import Stop
from genaiops.project.arms import Arm
from genaiops.project.asking import Setup
from genaiops.project.comparing import (
    RanArm,
    compare_ran,
    margin_of,
    run_arms,
    unanswered_by_all,
    uncompared_reason,
)
from genaiops.project.evaluating import Asked
from genaiops.project.paying import unpaid_reason
from genaiops.project.session import Session
from genaiops.store import Store


def run_arms_with_progress(
    session: Session, store: Store, asked: Asked, arms: Sequence[Arm]
) -> tuple[RanArm, ...]:
    """Run an evaluation for each arm, each with a bar; an interruption says what was kept."""
    notes: set[str] = set()

    def note_once(message: str) -> None:
        if message not in notes:
            notes.add(message)
            note(message)

    stop = Stop()
    asked = replace(asked, stop=stop)
    with telling_what_is_kept(store):
        work = run_arms(session, store, asked, arms, watch=eval_progress, on_note=note_once)
        return run_code(stoppable(work, stop))


def evaluate_several(
    setup: Setup, store: Store, asked: Asked, output: Sequence[Path], *, json: bool
) -> None:
    """Run an evaluation for each arm, compare them, and show and write it.

    Raises:
        ExecutionError: no case of any arm was answered, or arms failed so that none is compared.
    """
    ran = run_arms_with_progress(setup.session, store, asked, setup.arms)
    margin = margin_of(setup.session, setup.name, setup.metric)
    compared = compare_ran(store, ran, metric=setup.metric, margin=margin)
    show_compared(compared, json=json)
    write_compared(compared, output)
    reason = unanswered_by_all(store, ran) or unpaid_reason(asked.budget) or uncompared_reason(ran)
    if reason is not None:
        raise ExecutionError(reason)
