"""`genaiops release prune`: remove releases that nobody needs."""

from collections.abc import Iterable
from typing import Annotated

import typer

from genaiops.cli.door import note, show, show_json, trusted_session
from genaiops.cli.options import ConfigOption, JsonOption
from genaiops.cli.person import AsOption, ReasonOption, act_of
from genaiops.cli.release_text import record_text
from genaiops.project.pruning import prune_releases, releases_to_prune
from genaiops.project.release_home import release_home
from genaiops.records.releases import AuditRecord
from genaiops.text.quantities import counted

KeepOption = Annotated[
    int, typer.Option("--keep", min=1, help="So many of the newest of each flow stay.")
]
YesOption = Annotated[bool, typer.Option("--yes", help="Remove them; without it they are listed.")]


def prune(
    keep: KeepOption,
    yes: YesOption = False,
    as_: AsOption = None,
    reason: ReasonOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """List the releases that nobody needs; with --yes remove them.

    What stands in a stage stays, what stood there before it, what was approved since, and the arms
    of a rollout under way.
    """
    act = act_of(as_, reason)
    session = trusted_session(config, None)
    home = release_home(session)
    if not yes:
        would = releases_to_prune(session, home, keep)
        _tell(would, json=json, done=False)
        how = ": --yes does it" if would else ""
        note(f"{counted(len(would), 'release')} would be removed{how}")
        return
    done = prune_releases(session, home, keep, act)
    _tell(done, json=json, done=True)
    note(f"{counted(len(done), 'release')} removed")
    if done:
        note(f"audit: record {done[-1].generation}, head {done[-1].hash}")


def _tell(records: Iterable[AuditRecord], *, json: bool, done: bool) -> None:
    if json:
        released = [record.event.release for record in records]
        show_json({"done": done, "releases": released})
        return
    for record in records:
        show(record_text(record))
