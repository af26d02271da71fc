"""`genaiops baseline`: what gates compare with."""

from typing import Annotated

import typer

from genaiops.cli.door import note, show, show_json, trusted_session
from genaiops.cli.options import ConfigOption, JsonOption, new_app
from genaiops.errors import InputError, SpecError
from genaiops.evaluations.reports.figures import estimate_text
from genaiops.evaluations.reports.terminal.summary import run_text
from genaiops.gates import estimate_run
from genaiops.project.judging import accept_baseline, load_baseline, scores_of
from genaiops.project.session import Session
from genaiops.records import RunScores
from genaiops.text.layout import table

app = new_app("Accept or show the baseline of an evaluation.")


@app.command()
def accept(
    run: Annotated[str, typer.Argument(help="A run's id, or an evaluation's name: its newest.")],
    reason: Annotated[
        str | None, typer.Option("--reason", help="Why a failing run is accepted.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what changes.")] = False,
    config: ConfigOption = None,
) -> None:
    """Make a run the baseline, after showing what that changes."""
    session = trusted_session(config, None)
    with session.read_store() as store:
        stored = store.run(run)
        show(_changes(session, scores_of(store, stored)))
        if dry_run:
            return
        path = accept_baseline(session, store, stored, reason)
    note(f"wrote {path.relative_to(session.root)}: commit it")


@app.command("show")
def show_baseline(
    name: Annotated[str, typer.Argument(help="An evaluation.")],
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """Show the accepted baseline of an evaluation."""
    session = trusted_session(config, None)
    session.project.eval(name)
    baseline = load_baseline(session, name)
    if baseline is None:
        raise InputError(
            f"evaluation {name!r} has no baseline yet: genaiops eval {name}, "
            f"then genaiops baseline accept {name}"
        )
    if json:
        show_json(baseline.scores.run.model_dump(mode="json"))
        return
    show(run_text(baseline.scores.run, estimate_run(baseline.scores)))
    if baseline.reason:
        show(f"  accepted with the reason: {baseline.reason}")


def _changes(session: Session, scores: RunScores) -> str:
    """Each metric of the new baseline beside that of the old one."""
    try:
        old = load_baseline(session, scores.run.eval)
    except SpecError as error:
        note(f"{error}\nan accepted run takes its place")
        old = None
    before = {entry.info.name: entry for entry in estimate_run(old.scores)} if old else {}
    rows = [("metric", "baseline now", f"after accepting {scores.run.id}")]
    for entry in estimate_run(scores):
        known = before.get(entry.info.name)
        was = estimate_text(known.estimate, known.info) if known else "none"
        rows.append((entry.info.name, was, estimate_text(entry.estimate, entry.info)))
    return table(rows)
