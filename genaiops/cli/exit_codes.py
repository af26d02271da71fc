"""The exit codes of `gate`, and those of another tool for who comes from there."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Annotated, Literal

import typer

from genaiops.cli.app import complain
from genaiops.errors import GenaiopsError
from genaiops.records import Decision

EXIT_FAILED = 1
EXIT_INCONCLUSIVE = 3
_BLOCKED_OF_PROMPTFOO = 100
_OTHER_OF_PROMPTFOO = 1

ExitCodeStyle = Literal["genaiops", "promptfoo"]
ExitCodeStyleOption = Annotated[
    ExitCodeStyle,
    typer.Option(
        "--exit-code-style", help="promptfoo: 100 where a gate blocks, 1 for any other error."
    ),
]


def exit_code(decision: Decision) -> int:
    """0, 1 for a failed blocking gate, 3 for one that is open and blocks."""
    if decision.word == "fail":
        return EXIT_FAILED
    return EXIT_INCONCLUSIVE if decision.blocked else 0


@contextmanager
def exit_codes_of(style: ExitCodeStyle) -> Generator[None]:
    """End with the codes of this style, whatever a command ends with inside."""
    try:
        yield
    except typer.Exit as end:
        is_other = style == "promptfoo" and end.exit_code in {EXIT_FAILED, EXIT_INCONCLUSIVE}
        raise typer.Exit(_BLOCKED_OF_PROMPTFOO if is_other else end.exit_code) from None
    except GenaiopsError as error:
        if style == "genaiops":
            raise
        complain(str(error))
        raise typer.Exit(_OTHER_OF_PROMPTFOO) from error
