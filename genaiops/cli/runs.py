"""`genaiops runs`: the evaluations in the store."""

from pathlib import Path
from typing import Annotated

import typer

from genaiops.cli.door import confirmed, note, run_async, show, show_json, trusted_session
from genaiops.cli.options import ConfigOption, JsonOption, new_app
from genaiops.errors import InputError
from genaiops.evaluations.reports import write_report
from genaiops.evaluations.reports.terminal.summary import failures_text, run_text
from genaiops.project.evaluating import report_of
from genaiops.records import EvalRun
from genaiops.store import Store, StoredRun
from genaiops.text.layout import table
from genaiops.text.quantities import money

app = new_app("List, show, export or delete evaluations.")

RunArgument = Annotated[str, typer.Argument(help="A run's id, an evaluation's name, or last.")]


@app.command("list")
def list_(
    config: ConfigOption = None,
    name: Annotated[str | None, typer.Option("--eval", help="Only of this evaluation.")] = None,
    json: JsonOption = False,
) -> None:
    """List the runs, the newest first."""
    with trusted_session(config, None).read_store() as store:
        runs = store.runs(name)
        kept = {each.run.id: _kept(store, each) for each in runs}
    if json:
        show_json([{"state": r.state, **r.run.model_dump(mode="json")} for r in runs])
    elif not runs:
        note("no runs yet: genaiops eval NAME")
    else:
        head = ("run", "scored", "cost", "started (UTC)", "state", "models")
        rows = [_row(each, kept[each.run.id]) for each in runs]
        show(table([head, *rows], right=(1, 2), flexible=5))


@app.command("show")
def show_run(run: RunArgument, config: ConfigOption = None, json: JsonOption = False) -> None:
    """Show the counts, scores and digests of a run."""
    with trusted_session(config, None).read_store() as store:
        stored = store.run(run)
        if json:
            show_json({"state": stored.state, **stored.run.model_dump(mode="json")})
            return
        report = report_of(store, stored.run)
        show(run_text(stored.run, report.estimates))
        failures = failures_text(report.results())
        if failures:
            show(failures)
        show(table([(f"  {name}", digest[:16]) for name, digest in _made_of(stored.run).items()]))


@app.command()
def export(
    run: RunArgument,
    output: Annotated[
        Path, typer.Option("-o", "--output", help=".html .json .jsonl .csv .md .junit.xml")
    ],
    config: ConfigOption = None,
) -> None:
    """Write a run as a report."""
    with trusted_session(config, None).read_store() as store:
        for written in write_report(report_of(store, store.run(run).run), output):
            note(f"wrote {written}")


@app.command()
def delete(
    run: RunArgument,
    config: ConfigOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove a run with its results; recorded calls stay in the ledger."""
    with trusted_session(config, None).open_store() as store:
        stored = store.run(run)
        if not yes and not confirmed(f"Delete {stored.run.id} with its results?"):
            raise InputError("nothing was deleted; --yes does it without a question")
        run_async(store.delete(stored.run.id))
    note(f"deleted {stored.run.id}")


def _made_of(run: EvalRun) -> dict[str, str]:
    """The digests of a run, and the commit that was checked out."""
    return {**run.digests, **({"git commit": run.git_commit} if run.git_commit else {})}


def _kept(store: Store, stored: StoredRun) -> int:
    """The cases that were scored; of a run that was killed, those that have a result."""
    run = stored.run
    if stored.state == "finished" or run.scored + run.errored + run.skipped:
        return run.scored
    return sum(1 for _ in store.places(run.id))


def _row(stored: StoredRun, kept: int) -> tuple[str, ...]:
    run = stored.run
    cost = run.usage.cost_usd
    return (
        run.id,
        f"{kept}/{run.planned}",
        "unknown" if cost is None else money(cost),
        run.started_at[:16].replace("T", " "),
        "" if stored.state == "finished" else stored.state,
        ", ".join([*run.models, *([f"variant {run.variant}"] if run.variant else [])]),
    )
