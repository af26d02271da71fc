"""`genaiops import`: answers from elsewhere become a run like any other."""

from pathlib import Path
from typing import Annotated

import typer

from genaiops.cli.door import ensure_trust, note, run_code, session_anywhere
from genaiops.cli.evaluating import check_outputs, show_run, write_reports
from genaiops.cli.options import (
    ConfigOption,
    DataOption,
    JsonOption,
    OutputOption,
    TrustOption,
    new_app,
)
from genaiops.cli.paying import MaxCostOption, Paying, YesOption
from genaiops.cli.render import eval_progress
from genaiops.errors import InputError
from genaiops.project.answer_columns import parse_map
from genaiops.project.asking import only_eval
from genaiops.project.evaluating import report_of
from genaiops.project.files import eval_name
from genaiops.project.importing import (
    Import,
    cost_of_import,
    draft_imported,
    import_answers,
    write_imported,
)
from genaiops.project.session import Session
from genaiops.project.wants import used_by_metrics

app = new_app("Score answers that something else gave, and keep them as a run.")


@app.command()
def command(
    answers: Annotated[Path, typer.Argument(help="A table of answers: .csv, .tsv or .jsonl.")],
    name: Annotated[
        str | None, typer.Option("--eval", help="The evaluation; not needed where there is one.")
    ] = None,
    new: Annotated[
        str | None, typer.Option("--as", help="Write a new evaluation of this name; with -d.")
    ] = None,
    data: DataOption = None,
    metric: Annotated[
        list[str] | None, typer.Option("--metric", help="With --as: how to score; repeatable.")
    ] = None,
    map_: Annotated[
        list[str] | None,
        typer.Option("--map", help="NAME=COLUMN,… such as id=task,answer=reply; repeatable."),
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option("--where", help="COLUMN=VALUE: only such rows; repeatable."),
    ] = None,
    output: OutputOption = None,
    max_cost: MaxCostOption = None,
    yes: YesOption = False,
    json: JsonOption = False,
    config: ConfigOption = None,
    trust: TrustOption = None,
) -> None:
    """Match rows with cases by id or by inputs, and score them with the evaluation's metrics."""
    check_outputs(output or [])
    columns, chosen = parse_map(map_ or []), _where(where or [])
    session = session_anywhere(config, trust)
    if new is not None:
        session, name = _begin(session, new, name, data, metric), new
    elif data is not None or metric:
        raise InputError("-d and --metric go with --as NAME: an evaluation has its own")
    name = eval_name(name) if name else only_eval(session.project)
    uses = session.project.eval(name).spec.metrics
    ensure_trust(session, used_by_metrics(session.project, uses))
    wanted = Import(answers, name, columns, chosen)
    with session.open_store() as store:
        budget = Paying(max_cost, yes).judged(
            session, lambda: run_code(cost_of_import(session, store, wanted))
        )
        with eval_progress(name) as watcher:
            work = import_answers(
                session,
                store,
                wanted,
                budget=budget,
                on_progress=watcher.on_progress,
                on_note=note,
            )
            run = run_code(work)
        if new is not None:
            path = write_imported(session, name)
            note(f"wrote {path.relative_to(session.root)}: its gates are yours to add")
        report = report_of(store, run)
        show_run(report, json=json)
        write_reports(report, output or [])


def _begin(
    session: Session, new: str, name: str | None, data: Path | None, metric: list[str] | None
) -> Session:
    if name is not None:
        raise InputError("--as writes a new evaluation, --eval names one that is there: say one")
    if data is None:
        raise InputError(f"--as {new}: name the cases too: -d FILE")
    return draft_imported(session, new, data, metric or [])


def _where(written: list[str]) -> dict[str, str]:
    """Conditions as texts, for that is what stands in a table."""
    found: dict[str, str] = {}
    for entry in written:
        column, equals, value = entry.partition("=")
        if not (equals and column.strip()):
            raise InputError(f"--where {entry!r}: write COLUMN=VALUE")
        found[column.strip()] = value.strip()
    return found
