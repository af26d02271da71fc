"""`genaiops select`: a model by constraints and evidence."""

from typing import Annotated

import typer

from genaiops.cli.door import note, show, trusted_session
from genaiops.cli.options import ConfigOption, new_app
from genaiops.cli.text import money, seconds, table
from genaiops.errors import InputError
from genaiops.evaluations.selection import Candidate
from genaiops.project.lock import LOCK_FILE
from genaiops.project.selecting import check_selection, resolve_selection

app = new_app("Choose a model by constraints and evidence, and lock the choice.")


@app.command()
def command(
    name: Annotated[str, typer.Argument(help="A selection of the catalog.")],
    check: Annotated[
        bool, typer.Option("--check", help="Only tell whether the locked choice still holds.")
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Resolve a selection from the newest runs of its evidence; every exclusion is explained."""
    session = trusted_session(config, None)
    with session.read_store() as store:
        if check:
            problem = check_selection(session, store, name)
            if problem is not None:
                raise InputError(problem)
            show(f"{name} -> {session.lock.models[name]}: holds")
            return
        choice = resolve_selection(session, store, name)
    head = ("model", "quality", "$ per 1,000", "p95", "why not")
    show(table([head, *map(_row, choice.candidates)], right=(1, 2, 3)))
    if choice.model is None:
        raise InputError(f"selection {name!r}: no model fits; nothing was locked")
    note(f"{name} -> {choice.model}; wrote {LOCK_FILE}: commit it")


def _row(candidate: Candidate) -> tuple[str, ...]:
    found = candidate.evidence
    return (
        candidate.model,
        f"{found.quality:.3f}" if found and found.quality is not None else "",
        money(found.usd_per_1k_cases) if found else "",
        seconds(found.latency_p95_s) if found and found.latency_p95_s is not None else "",
        candidate.excluded or "",
    )
