"""`gate --sequential`: the gates are looked at while cases come in."""

from typing import Annotated

import typer

from genaiops.cli.against import GIT
from genaiops.errors import InputError

SequentialOption = Annotated[
    bool,
    typer.Option("--sequential", help="Look at the gates as cases come in; stop once decided."),
]


def looked_beside(against: str, *, sequential: bool, batch: bool) -> str | None:
    """What the gates are looked at beside while cases come in; None where they are judged after.

    Raises:
        InputError: other options do not go with it.
    """
    if not sequential:
        return None
    if against.startswith(GIT):
        raise InputError(
            f"--sequential looks beside a baseline or a run that is there, and --against {against} "
            "has yet to be evaluated: leave one of them out"
        )
    if batch:
        raise InputError("--batch asks all cases at once, --sequential may stop: leave one out")
    return against
