"""`genaiops trust`: what a project wants to run, reach and read."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from typing import Annotated

import typer

from genaiops.cli.door import note, show, show_json, trusted_session
from genaiops.cli.options import ConfigOption, JsonOption, new_app
from genaiops.trust import OWN_CODE, Want, is_trusted, wants_digest

app = new_app("See what a project wants to run, reach and read, and allow it.")


@app.command()
def command(
    config: ConfigOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Trust all that is listed.")] = False,
    own: Annotated[
        bool, typer.Option("--own", help="Trust its Python files as you edit them: you wrote them.")
    ] = False,
    forget: Annotated[bool, typer.Option("--forget", help="Trust nothing any more.")] = False,
    json: JsonOption = False,
) -> None:
    """List the wants of the whole project with their digest; --yes trusts exactly these."""
    session = trusted_session(config, None)
    if forget:
        session.book.forget(session.root)
        note("nothing of this project is trusted any more")
        if not json:
            return
    if own:
        session.book.trust(session.root, [OWN_CODE])
        note("its Python files are trusted as you edit them; hosts and variables are asked for")
    wants = session.all_wants()
    trusted = session.book.trusted(session.root)
    if not json:
        _show_wants(wants, trusted)
    if yes and wants:
        session.book.trust(session.root, wants)
        note("trusted; a changed file, host or variable will be asked for again")
    if json:
        show_json(_as_json(wants, session.book.trusted(session.root)))


def _show_wants(wants: Sequence[Want], trusted: Collection[Want]) -> None:
    if not wants:
        note("this project holds only data: it wants nothing")
        return
    for want in wants:
        show(f"{'trusted' if is_trusted(want, trusted) else 'new    '}  {want}")
    note(f"digest for CI: --trust {wants_digest(wants)}")


def _as_json(wants: Sequence[Want], trusted: Collection[Want]) -> dict[str, object]:
    return {
        "wants": [{**asdict(want), "trusted": is_trusted(want, trusted)} for want in wants],
        "digest": wants_digest(wants) if wants else None,
    }
