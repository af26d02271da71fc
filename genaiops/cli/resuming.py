"""Going on with a run that did not finish, for the commands that evaluate."""

from typing import Annotated

import typer

from genaiops.cli.door import note
from genaiops.project.evaluating import Asked
from genaiops.project.resuming import asked_again, going_on
from genaiops.project.session import Session
from genaiops.store import StoredRun

ResumeOption = Annotated[
    bool, typer.Option("--resume", help="Go on with an unfinished run: RUN, or the newest one.")
]


def taken_up(
    session: Session, stored: StoredRun, *, concurrency: int | None
) -> tuple[Session, Asked]:
    """The evaluation of a run that did not finish, as it was asked for, and its session.

    Raises:
        InputError: what it was asked of is no longer there.
    """
    setup, asked = asked_again(session, stored, concurrency=concurrency)
    with session.read_store() as store:
        note(going_on(store, stored))
    return setup.session, asked
