"""Stored runs as a page shows them: one with what its gates say, or two side by side."""

from dataclasses import dataclass

from genaiops.errors import InputError
from genaiops.evaluations.comparison import Comparison
from genaiops.evaluations.reports import ArmReport
from genaiops.project.comparing import RanArm, compare_ran
from genaiops.project.evaluating import report_of
from genaiops.project.judging import judge_run
from genaiops.project.session import Session
from genaiops.records import Decision
from genaiops.store import Store, StoredRun


@dataclass(frozen=True, slots=True)
class View:
    """What a page is made of; `name` is for its file, `notes` say what it lacks."""

    name: str
    arms: tuple[ArmReport, ...]
    comparison: Comparison | None
    notes: tuple[str, ...] = ()


def view_of(session: Session, store: Store, run: str, other: str | None = None) -> View:
    """The view of a run, or of two runs compared, the first of which is what the other is held to.

    Raises:
        InputError: there is no such run, or none at all.
    """
    if not store.runs():
        raise InputError("there is no run to look at yet: genaiops eval NAME")
    first = store.run(run)
    if other is None:
        return _one(session, store, first)
    second = store.run(other)
    if second.run.id == first.run.id:
        raise InputError(f"both are the run {first.run.id!r}: genaiops view {first.run.id}")
    return _two(store, first, second)


def _one(session: Session, store: Store, stored: StoredRun) -> View:
    run, notes = stored.run, list(_unfinished(stored))
    decision: Decision | None = None
    try:
        decision = _decision(session, store, stored)
    except InputError as error:
        notes.append(f"the page has no verdicts: {error}")
    arm = ArmReport(_label(stored), report_of(store, run, decision))
    return View(run.id, (arm,), None, tuple(notes))


def _two(store: Store, first: StoredRun, second: StoredRun) -> View:
    labels = (_label(first), _label(second))
    if labels[0] == labels[1]:
        labels = (first.run.id, second.run.id)
    name = f"{first.run.id}-{second.run.id}"
    notes = (*_unfinished(first), *_unfinished(second))
    ran = [RanArm(labels[0], first.run), RanArm(labels[1], second.run)]
    try:
        compared = compare_ran(store, ran)
    except InputError as error:
        arms = [ArmReport(arm.label, report_of(store, arm.run)) for arm in ran if arm.run]
        return View(name, tuple(arms), None, (*notes, f"nothing is compared: {error}"))
    return View(name, compared.arms, compared.comparison, notes)


def _label(stored: StoredRun) -> str:
    """What tells a run from another: its variant, else its models, else its number."""
    return stored.run.variant or ", ".join(stored.run.models) or stored.run.id


def _unfinished(stored: StoredRun) -> tuple[str, ...]:
    if stored.state == "finished":
        return ()
    return (f"run {stored.run.id} is {stored.state}: the page shows the cases that it has",)


def _decision(session: Session, store: Store, stored: StoredRun) -> Decision | None:
    """What the gates say today; None where the evaluation has none, or the run did not finish."""
    loaded = session.project.evals.get(stored.run.eval)
    if loaded is None or not loaded.spec.gates or stored.state != "finished":
        return None
    return judge_run(session, store, stored.run)
