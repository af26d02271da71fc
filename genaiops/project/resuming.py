"""Use cases around runs that did not finish: find one, ask for it again as it was asked for."""

from dataclasses import replace

from pydantic import ValidationError

from genaiops.errors import InputError
from genaiops.project.asking import Setup, set_up
from genaiops.project.evaluating import Asked
from genaiops.project.overrides import Overrides
from genaiops.project.session import Session
from genaiops.project.wish import Wish
from genaiops.store import Store, StoredRun


def unfinished_run(store: Store, reference: str | None) -> StoredRun:
    """The run to go on with: by its id, else the newest unfinished one, of an evaluation or of all.

    Raises:
        InputError: there is none, or it cannot be gone on with.
    """
    runs = store.runs()
    stored = next((each for each in runs if each.run.id == reference), None)
    if stored is None:
        open_runs = [each for each in runs if each.state != "finished" and each.asked is not None]
        names = {each.run.eval for each in runs}
        if reference is not None and reference not in names:
            known = [each.run.id for each in open_runs]
            raise InputError.unknown("run", reference, known, in_order=True)
        meant = [each for each in open_runs if reference in (None, each.run.eval)]
        if not meant:
            of = f" of {reference!r}" if reference else ""
            raise InputError(f"there is no unfinished run{of} to go on with: genaiops runs list")
        stored = meant[0]
    if stored.state == "finished":
        raise InputError(f"run {stored.run.id!r} is finished: there is nothing left to do in it")
    if stored.asked is None:
        raise InputError(
            f"run {stored.run.id!r} was not asked for by eval or gate, but from Python, by an "
            "import, or as the base of another: start it again as it was begun (in Python with "
            "evaluate(…, resume=True)); its recorded calls are reused"
        )
    return stored


def unfinished_in(session: Session, reference: str | None) -> StoredRun:
    """The run of a project to go on with; see `unfinished_run`."""
    with session.read_store() as store:
        return unfinished_run(store, reference)


def last_unfinished(store: Store, name: str) -> StoredRun | None:
    """The last run of an evaluation, if it did not finish."""
    runs = store.runs(name)
    return runs[0] if runs and runs[0].state != "finished" else None


def going_on(store: Store, stored: StoredRun) -> str:
    """What is told of a run that is gone on with."""
    done = sum(1 for _ in store.places(stored.run.id))
    return f"going on with run {stored.run.id}: {done} of {stored.run.planned} cases are done"


def asked_again(
    session: Session, stored: StoredRun, *, concurrency: int | None
) -> tuple[Setup, Asked]:
    """The evaluation of a run that did not finish, as it was asked for.

    Raises:
        InputError: what it was asked of is no longer there.
    """
    try:
        wish = Wish.model_validate_json(stored.asked or "")
    except ValidationError as error:
        raise InputError(
            f"run {stored.run.id!r} was asked for in a way that this version does not know; "
            "start it again as before: its recorded calls are reused"
        ) from error
    setup = set_up(session, wish.said)
    if wish.arm >= len(setup.arms):
        raise InputError(f"run {stored.run.id!r} cannot go on: its arm is no longer there")
    overrides = Overrides(
        flow=setup.arms[wish.arm].overrides,
        repeats=wish.repeats,
        limit=wish.limit,
        concurrency=wish.concurrency if concurrency is None else concurrency,
        dataset=setup.dataset,
        filter=wish.filter,
    )
    asked = Asked(
        setup.name,
        overrides,
        reuse=wish.reuse,
        replace=wish.replace,
        batched=wish.batched,
        unfinished=stored,
        sequential=wish.sequential,
    )
    return replace(setup, arms=(setup.arms[wish.arm],)), asked
