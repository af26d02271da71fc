"""`genaiops token`: who may ask the server of a project."""

from datetime import datetime, timedelta
from typing import Annotated

import typer

from genaiops.cli.door import note, show, show_json, trusted_session
from genaiops.cli.options import ConfigOption, JsonOption, new_app
from genaiops.project.tokens import add_token, read_tokens, remove_token
from genaiops.serve.access import Role, TokenEntry
from genaiops.text.layout import table

app = new_app("Give out tokens for `genaiops serve`, and take them back.")


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="Who it is for; stands in the records of runs.")],
    role: Annotated[
        Role,
        typer.Option(
            "--role",
            help="caller asks flows, observer reads figures and verdicts, reporter also tells "
            "outcomes.",
        ),
    ] = "caller",
    days: Annotated[
        int | None, typer.Option("--days", min=1, max=3650, help="It expires after so many days.")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Print a new token, this once: only its hash is kept. A running server needs a SIGHUP."""
    session = trusted_session(config, None)
    expires = session.clock() + timedelta(days=days) if days is not None else None
    show(add_token(session, name, role, expires))
    note(f"{name} may use it as {role}{_until(expires)}; it cannot be shown again")


@app.command("list")
def list_(config: ConfigOption = None, json: JsonOption = False) -> None:
    """List the tokens by name; none of them can be shown."""
    session = trusted_session(config, None)
    entries = read_tokens(session)
    if json:
        show_json([entry.model_dump(mode="json", exclude={"sha256"}) for entry in entries])
    elif entries:
        now = session.clock()
        show(table([("name", "role", "expires"), *(_row(entry, now) for entry in entries)]))
    else:
        note("there are none; genaiops token add NAME gives one out")


@app.command()
def remove(
    name: Annotated[str, typer.Argument(help="A token by name.")], config: ConfigOption = None
) -> None:
    """Take a token back. A running server needs a SIGHUP."""
    remove_token(trusted_session(config, None), name)
    note(f"token {name} is removed")


def _row(entry: TokenEntry, now: datetime) -> tuple[str, ...]:
    if entry.expires is None:
        return (entry.name, entry.role, "never")
    gone = ", expired" if entry.expires <= now else ""
    return (entry.name, entry.role, f"{entry.expires:%Y-%m-%d %H:%M} UTC{gone}")


def _until(expires: datetime | None) -> str:
    return "" if expires is None else f" until {expires:%Y-%m-%d %H:%M} UTC"
