"""`genaiops eval`: run a flow over a dataset and score it."""

from pathlib import Path
from typing import Annotated

import typer
from pydantic import JsonValue

from genaiops.cli.door import ensure_trust, note, run_async, show, show_json, trusted_session
from genaiops.cli.options import (
    ConcurrencyOption,
    ConfigOption,
    FilterOption,
    JsonOption,
    LimitOption,
    ModelOption,
    OutputOption,
    RepeatsOption,
    TrustOption,
    VariantOption,
    new_app,
)
from genaiops.cli.plan import plan_text
from genaiops.cli.render import eval_progress
from genaiops.cli.summary import failures_text, run_text
from genaiops.errors import InputError
from genaiops.evaluations.reports import Report, check_suffix, write_report
from genaiops.project.evaluating import Asked, report_of, run_evaluation
from genaiops.project.overrides import FlowOverrides, Overrides
from genaiops.project.planning import plan_evaluation
from genaiops.project.session import Session
from genaiops.project.wants import used_by_eval
from genaiops.records import EvalRun
from genaiops.specs.load import plain_value
from genaiops.store import Store

app = new_app("Run a flow over a dataset and score it.")


@app.command()
def command(
    name: Annotated[str, typer.Argument(help="An evaluation by name.")],
    variant: VariantOption = None,
    model: ModelOption = None,
    repeats: RepeatsOption = None,
    limit: LimitOption = None,
    filter_: FilterOption = None,
    concurrency: ConcurrencyOption = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show prompts and counts; call no model.")
    ] = False,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Make every call anew.")] = False,
    output: OutputOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
    trust: TrustOption = None,
) -> None:
    """Run every case, score it, and show the scores with their intervals."""
    session = trusted_session(config, trust)
    overrides = Overrides(
        FlowOverrides(variant, model), repeats, limit, concurrency, parse_filters(filter_ or [])
    )
    asked = Asked(name, overrides, reuse=not no_cache)
    trust_evaluation(session, asked)
    check_outputs(output or [])
    if dry_run:
        show(plan_text(run_async(plan_evaluation(session, asked))))
        return
    with session.open_store() as store:
        run = run_with_progress(session, store, asked)
        report = report_of(store, run)
        write_reports(report, output or [])
        if json:
            show_json(run.model_dump(mode="json"))
            return
        show(run_text(run, report.estimates))
        show_failures(report)


def run_with_progress(session: Session, store: Store, asked: Asked) -> EvalRun:
    """Run an evaluation with a bar; an interruption says what was kept."""
    with eval_progress(asked.name) as on_progress:
        try:
            return run_async(
                run_evaluation(session, store, asked, on_progress=on_progress, on_note=note)
            )
        except KeyboardInterrupt:
            kept = [stored for stored in store.runs() if stored.state == "interrupted"][:1]
            for stored in kept:
                done = stored.run.scored + stored.run.errored + stored.run.skipped
                note(
                    f"{done} of {stored.run.planned} cases are kept in run {stored.run.id}; the "
                    "same command again reuses their calls"
                )
            raise


def write_reports(report: Report, paths: list[Path]) -> None:
    """Write a report to each path, and say so."""
    for path in paths:
        write_report(report, path)
        note(f"wrote {path}")


def show_failures(report: Report) -> None:
    """Print what failed and what is missing, if anything."""
    failures = failures_text(report.results())
    if failures:
        show(failures)


def trust_evaluation(session: Session, asked: Asked) -> None:
    """See that all that an evaluation uses is trusted.

    Raises:
        TrustError: it is not.
    """
    over = asked.overrides.flow
    ensure_trust(
        session,
        used_by_eval(session.project, asked.name, variant=over.variant, model=over.model),
    )


def check_outputs(paths: list[Path]) -> None:
    """Refuse a report that cannot be written before anything is run.

    Raises:
        InputError: no report has that suffix.
    """
    for path in paths:
        check_suffix(path.name)


def parse_filters(written: list[str]) -> dict[str, JsonValue]:
    """`topic=bills` to a tag and its value; true, false and numbers are meant as such.

    Raises:
        InputError: an entry has no `=`.
    """
    found: dict[str, JsonValue] = {}
    for entry in written:
        tag, equals, value = entry.partition("=")
        if not equals:
            raise InputError(f"--filter {entry!r}: write TAG=VALUE")
        found[tag] = plain_value(value)
    return found
