"""`genaiops trust`: what a project wants to run, reach and read."""

from typing import Annotated

import typer

from genaiops.cli.door import note, show, trusted_session
from genaiops.cli.options import ConfigOption, new_app
from genaiops.project.session import used_by_project
from genaiops.project.wants import wants_of
from genaiops.trust import wants_digest

app = new_app("See what a project wants to run, reach and read, and allow it.")


@app.command()
def command(
    config: ConfigOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Trust all that is listed.")] = False,
    forget: Annotated[bool, typer.Option("--forget", help="Trust nothing any more.")] = False,
) -> None:
    """List the wants of the whole project with their digest; --yes trusts exactly these."""
    session = trusted_session(config, None)
    if forget:
        session.book.forget(session.root)
        note("nothing of this project is trusted any more")
        return
    wants = wants_of(session.project, used_by_project(session.project), session.lock.models)
    if not wants:
        note("this project holds only data: it wants nothing")
        return
    trusted = session.book.trusted(session.root)
    for want in wants:
        show(f"{'trusted' if want in trusted else 'new    '}  {want}")
    note(f"digest for CI: --trust {wants_digest(wants)}")
    if yes:
        session.book.trust(session.root, wants)
        note("trusted; a changed file, host or variable will be asked for again")
