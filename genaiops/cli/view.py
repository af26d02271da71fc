"""`genaiops view`: a run, or two runs side by side, as a page in the browser."""

import sys
import webbrowser
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from genaiops.cli.door import note, show, trusted_session
from genaiops.cli.options import ConfigOption, new_app
from genaiops.errors import InputError
from genaiops.evaluations.reports import write_page
from genaiops.project.environment import process_environment
from genaiops.project.viewing import view_of
from genaiops.text.quantities import counted

app = new_app("Look at a run, or at two side by side, as a page.")

_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY")


@app.command()
def command(
    run: Annotated[str, typer.Argument(help="A run's id, an evaluation's name, or last.")] = "last",
    other: Annotated[
        str | None, typer.Argument(help="Another run, compared with the first.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write the page here: FILE.html.")
    ] = None,
    no_open: Annotated[bool, typer.Option("--no-open", help="Write it, open no browser.")] = False,
    config: ConfigOption = None,
) -> None:
    """Write a page of answers, scores and passages, and open it."""
    if output is not None and output.suffix.lower() != ".html":
        raise InputError(f"-o {output}: a page ends in .html; other reports: genaiops runs export")
    session = trusted_session(config, None)
    with session.read_store() as store:
        view = view_of(session, store, run, other)
        path = output or session.root / ".genaiops" / "view" / f"{view.name}.html"
        page, *more = write_page(view.arms, view.comparison, path)
    for told in view.notes:
        note(told)
    show(str(page))
    if more:
        note(f"it goes on in {counted(len(more), 'more file')} beside it")
    if not no_open and _can_open(process_environment()):
        webbrowser.open(page.resolve().as_uri())


def _can_open(environment: Mapping[str, str]) -> bool:
    """Whether a person sits before a screen: then a browser may come up."""
    if not sys.stdout.isatty():
        return False
    return sys.platform in {"darwin", "win32"} or any(map(environment.get, _DISPLAYS))
