"""`genaiops audit`: who did what with releases, and whether that is as it was written."""

from pathlib import Path
from typing import Annotated

import typer

from genaiops.cli.app import print_out
from genaiops.cli.door import show, show_json
from genaiops.cli.exit_codes import EXIT_FAILED
from genaiops.cli.options import ConfigOption, JsonOption, new_app
from genaiops.cli.release_text import record_line
from genaiops.errors import InputError
from genaiops.project.release_home import find_release_home
from genaiops.project.root import AUDIT_FILE
from genaiops.release import verifier
from genaiops.release.chain import Trail
from genaiops.text.quantities import counted

_HEAD_DIGITS = 64
_REMOVED = (
    "there is no record, but files of releases are kept: the file was removed, or the creation of "
    "the first release was cut off"
)

app = new_app("See who did what with releases, and verify the record of it.")


@app.command("show")
def show_trail(
    count: Annotated[
        int | None, typer.Option("-n", "--limit", min=1, help="Only the last records.")
    ] = None,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Show the records, the oldest first."""
    records = find_release_home(config).audit.read().records
    shown = records[-count:] if count else records
    if json:
        show_json([record.model_dump(mode="json") for record in shown])
        return
    for record in shown:
        show(record_line(record))
    if not records:
        show("nothing was done yet: genaiops release create FLOW")


@app.command()
def verify(
    head: Annotated[
        str | None, typer.Option("--head", help="A head that you kept (64 hex digits).")
    ] = None,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Exit 0 if every record is as it was written, and follows the one before; else 1."""
    if head is not None and (len(head) != _HEAD_DIGITS or set(head) - set("0123456789abcdef")):
        raise InputError(f"--head {head!r}: a head has {_HEAD_DIGITS} hex digits")
    home = find_release_home(config)
    trail = home.audit.read()
    fault = _fault(trail, head)
    if fault is None and not trail.records and not home.shelf.is_empty:
        fault = _REMOVED
    if json:
        show_json(
            {"ok": fault is None, "fault": fault, "records": trail.length, "head": trail.head}
        )
    elif fault is not None:
        show(f"BROKEN  {AUDIT_FILE}: {fault}")
    else:
        since = trail.since(head) if head is not None else None
        after = f", {len(since)} of them after the head" if since is not None else ""
        show(f"INTACT  {counted(trail.length, 'record')}{after}; head {trail.head}")
    if fault is not None:
        raise typer.Exit(EXIT_FAILED)


@app.command("verifier")
def print_verifier() -> None:
    """Print a program that verifies the file alone, for who does not want to trust genaiops."""
    print_out(Path(verifier.__file__).read_text("utf-8"))


def _fault(trail: Trail, head: str | None) -> str | None:
    if trail.fault is not None:
        return trail.fault
    if trail.is_cut:
        return f"record {trail.endless} has no end: the file was cut, or its writing"
    if head is not None and trail.since(head) is None:
        return f"no record has the hash {head}: the file was cut, or written anew"
    return None
