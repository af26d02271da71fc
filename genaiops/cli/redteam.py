"""`genaiops redteam`: attack a flow with our own probes, and judge what came through."""

from dataclasses import replace
from shlex import quote
from typing import Annotated, cast

import typer

from genaiops.cli.door import note, session_anywhere, show, show_json
from genaiops.cli.evaluating import (
    check_outputs,
    run_with_progress,
    show_failures,
    trust_evaluation,
    write_reports,
)
from genaiops.cli.exit_codes import exit_code
from genaiops.cli.inputs import read_inputs, text_inputs
from genaiops.cli.options import (
    ConcurrencyOption,
    ConfigOption,
    JsonOption,
    ModelOption,
    OutputOption,
    TrustOption,
    VariantOption,
    new_app,
)
from genaiops.cli.paying import MaxCostOption, Paying, YesOption
from genaiops.evaluations.reports import Report
from genaiops.evaluations.reports.terminal.attacks import attacks_text
from genaiops.evaluations.reports.terminal.decision import decision_text
from genaiops.evaluations.reports.terminal.summary import run_text
from genaiops.project.asking import with_models
from genaiops.project.attack_target import attacked_flow
from genaiops.project.draft import Draft, session_of
from genaiops.project.evaluating import Asked
from genaiops.project.gate_report import gate_report
from genaiops.project.judging import judge_run
from genaiops.project.overrides import FlowOverrides, Overrides
from genaiops.project.redteaming import Redteam, draft_redteam, save_redteam
from genaiops.project.session import Session
from genaiops.records import Decision
from genaiops.redteam import Choice, Technique

FlowArgument = Annotated[
    str | None, typer.Argument(help="A flow by name, or a function: app:answer.")
]
HazardOption = Annotated[
    list[str] | None, typer.Option("--hazard", help="Only probes of this hazard; repeatable.")
]
TechniqueOption = Annotated[
    list[str] | None, typer.Option("--technique", help="Only this technique; repeatable.")
]
LimitOption = Annotated[
    int | None, typer.Option("-n", "--limit", min=1, help="So many probes, evenly of all.")
]
SeedOption = Annotated[
    int, typer.Option("--seed", min=0, help="Of what is drawn: techniques, words, misspellings.")
]
InputOption = Annotated[
    list[str] | None,
    typer.Option("-i", "--input", help="NAME=VALUE: an input that is not attacked; repeatable."),
]
JudgeOption = Annotated[
    str | None,
    typer.Option("--judge", help="A catalog model that tells how harmful answers are."),
]
SaveOption = Annotated[
    bool, typer.Option("--save", help="Write evals/redteam.yaml and its dataset; run nothing.")
]

app = new_app("Attack a flow with our own probes, and judge what came through.")


@app.command()
def command(
    flow: FlowArgument = None,
    model: ModelOption = None,
    variant: VariantOption = None,
    hazard: HazardOption = None,
    technique: TechniqueOption = None,
    limit: LimitOption = None,
    seed: SeedOption = 0,
    inputs: InputOption = None,
    judge: JudgeOption = None,
    concurrency: ConcurrencyOption = None,
    max_cost: MaxCostOption = None,
    yes: YesOption = False,
    output: OutputOption = None,
    save: SaveOption = False,
    json: JsonOption = False,
    config: ConfigOption = None,
    trust: TrustOption = None,
) -> None:
    """Exit 0 unless a gate failed (1), or was left open on the wrong side (3)."""
    session = with_models(session_anywhere(config, trust), [model] if model else [])
    session = with_models(session, [judge] if judge else [], option="--judge")
    check_outputs(output or [])
    name = attacked_flow(session, flow)
    given = read_inputs(None, inputs or [], texts=text_inputs(session, name))
    techniques = cast("tuple[Technique, ...]", tuple(technique or ()))
    choice = Choice(tuple(hazard or ()), techniques, limit, seed)
    draft = draft_redteam(session, Redteam(name, choice, given, judge))
    if save:
        _save(session, draft)
        return
    over = Overrides(FlowOverrides(variant, model), concurrency=concurrency)
    asked = Asked(draft.name, over)
    attacked = session_of(session, draft)
    trust_evaluation(attacked, draft.name, [over.flow])
    asked = Paying(max_cost, yes).agreed(attacked, asked, [over.flow])
    with attacked.open_store() as store:
        run = run_with_progress(attacked, store, asked)
        decision = judge_run(attacked, store, run)
        report = gate_report(attacked, store, run, decision, against="baseline")
        write_reports(report, output or [])
        _show(report, decision, json=json)
    code = exit_code(decision)
    if code:
        raise typer.Exit(code)


def _show(report: Report, decision: Decision, *, json: bool) -> None:
    if json:
        show_json(decision.model_dump(mode="json"))
        return
    wholes = [replace(each, slices=()) for each in report.estimates]
    show(run_text(report.run, wholes))
    show(attacks_text(report.estimates))
    show(decision_text(decision, report.run))
    show_failures(report)


def _save(session: Session, draft: Draft) -> None:
    for path in save_redteam(session, draft):
        note(f"wrote {path}")
    note(f"judge it by: genaiops gate {quote(draft.name)}")
