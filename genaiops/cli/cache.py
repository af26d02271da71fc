"""`genaiops cache`: the recorded calls of a project."""

from dataclasses import asdict
from typing import Annotated

import typer

from genaiops.cli.door import confirmed, note, show, show_json, trusted_session
from genaiops.cli.options import ConfigOption, JsonOption, new_app
from genaiops.errors import InputError
from genaiops.project.upkeep import count_unwanted, facts_of, prune, unwanted_of
from genaiops.store import ModelCalls
from genaiops.text.layout import table
from genaiops.text.quantities import counted

app = new_app("See what is recorded, and remove calls that are no longer needed.")


@app.command()
def stats(config: ConfigOption = None, json: JsonOption = False) -> None:
    """Count runs, results and recorded calls, by model; check each call for damage."""
    facts = facts_of(trusted_session(config, None))
    if json:
        models = [
            {**asdict(m), "first": m.first.isoformat(), "last": m.last.isoformat()}
            for m in facts.models
        ]
        show_json({**asdict(facts), "models": models})
        return
    show(
        f"{facts.path}: {_size(facts.file_bytes)}, {counted(facts.runs, 'run')}, "
        f"{counted(facts.results, 'result')}, {counted(facts.calls, 'recorded call')}"
    )
    if facts.models:
        head = ("model", "calls", "size", "first (UTC)", "last (UTC)")
        show(table([head, *map(_row, facts.models)], right=(1, 2), flexible=0))
    if facts.damaged_calls:
        note(f"{counted(facts.damaged_calls, 'call')} cannot be read: genaiops cache prune")


@app.command("prune")
def prune_(
    config: ConfigOption = None,
    older_than: Annotated[
        str | None, typer.Option("--older-than", help="Made before so long: 12h, 30d, 8w.")
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", "-m", help="Only of this model, by its name.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    json: JsonOption = False,
) -> None:
    """Remove recorded calls: damaged ones, and with an option those that it names.

    Runs and their results stay; a call that is needed again is made and paid for again.
    """
    session = trusted_session(config, None)
    unwanted = unwanted_of(session, model=model, older_than=older_than)
    count = count_unwanted(session, unwanted)
    is_named = model is not None or older_than is not None
    question = f"Remove {counted(count, 'recorded call')}?"
    if count and is_named and not yes and not confirmed(question):
        raise InputError("nothing was removed; --yes does it without a question")
    before = facts_of(session).file_bytes
    removed = prune(session, unwanted) if before else 0
    left = facts_of(session)
    if json:
        show_json({"removed": removed, "left": left.calls, "file_bytes": left.file_bytes})
    else:
        show(
            f"removed {counted(removed, 'call')}, {left.calls} left; "
            f"{_size(before)} -> {_size(left.file_bytes)}"
        )


def _row(calls: ModelCalls) -> tuple[str, ...]:
    first, last = (f"{time:%Y-%m-%d %H:%M}" for time in (calls.first, calls.last))
    return (calls.model, f"{calls.calls}", _size(calls.text_bytes), first, last)


def _size(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{size / 1000:.1f} kB"
