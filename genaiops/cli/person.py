"""Who does something, and why: options of commands that are recorded."""

import getpass
from typing import Annotated

import typer

from genaiops.errors import InputError
from genaiops.project.act import Act
from genaiops.records.releases import Stage
from genaiops.release.approvals import said_name, said_reason

AsOption = Annotated[
    str | None, typer.Option("--as", help="Who you are; by default the name of your login.")
]
ReasonOption = Annotated[str | None, typer.Option("--reason", help="Why; kept in the record.")]
ToStageOption = Annotated[Stage, typer.Option("--to", help="Where.")]
SeenOption = Annotated[
    int | None,
    typer.Option(
        "--seen",
        min=0,
        help="The last audit record that you saw: nothing is done if a release moved since.",
    ),
]


def act_of(as_: str | None, reason: str | None, seen: int | None = None) -> Act:
    """What somebody decides, as the options say.

    Raises:
        InputError: a name or a reason cannot be one.
    """
    return Act(person(as_), said_reason(reason) if reason is not None else None, seen)


def person(as_: str | None) -> str:
    """Who does it: as they say, or by the name of their login.

    Raises:
        InputError: the name cannot be one, or this login has none.
    """
    if as_ is not None:
        return said_name(as_)
    try:
        return said_name(getpass.getuser())
    except (KeyError, OSError) as error:
        raise InputError("this login has no name: say who you are by --as NAME") from error
