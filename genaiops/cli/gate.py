"""`genaiops gate`: evaluate what is not recorded yet, then judge."""

from typing import Annotated

import typer

from genaiops.cli.against import BasePythonOption, commit_of, gate_against
from genaiops.cli.door import note, show, show_json, trusted_session
from genaiops.cli.evaluating import (
    check_outputs,
    parse_filters,
    run_with_progress,
    show_failures,
    trust_evaluation,
    write_reports,
)
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
from genaiops.cli.paying import BatchOption, MaxCostOption, Paying, YesOption
from genaiops.errors import InputError
from genaiops.evaluations.reports.terminal.decision import decision_text
from genaiops.project.asking import only_eval, with_models
from genaiops.project.evaluating import Asked, report_of
from genaiops.project.files import eval_name
from genaiops.project.judging import judge_run, load_baseline, scores_of
from genaiops.project.overrides import FlowOverrides, Overrides
from genaiops.project.session import Session
from genaiops.records import Decision, EvalRun
from genaiops.store import Store

EXIT_FAILED = 1
EXIT_INCONCLUSIVE = 3

app = new_app("Evaluate, then judge with the gates of the evaluation.")


@app.command()
def command(
    name: Annotated[
        str | None, typer.Argument(help="An evaluation by name; not needed where there is one.")
    ] = None,
    against: Annotated[
        str,
        typer.Option("--against", help="`baseline`, a run, or git:REF: a commit, evaluated too."),
    ] = "baseline",
    base_python: BasePythonOption = None,
    run: Annotated[str | None, typer.Option("--run", help="Only judge this stored run.")] = None,
    variant: VariantOption = None,
    model: ModelOption = None,
    repeats: RepeatsOption = None,
    limit: LimitOption = None,
    filter_: FilterOption = None,
    concurrency: ConcurrencyOption = None,
    batch: BatchOption = False,
    max_cost: MaxCostOption = None,
    yes: YesOption = False,
    output: OutputOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
    trust: TrustOption = None,
) -> None:
    """Exit 0 unless a blocking gate failed (1), or was left open and the policy blocks (3)."""
    session = with_models(trusted_session(config, trust), [model] if model else [])
    check_outputs(output or [])
    name = eval_name(name) if name else only_eval(session.project)
    session.project.eval(name)
    overrides = Overrides(
        FlowOverrides(variant, model),
        repeats,
        limit,
        concurrency,
        filter=parse_filters(filter_ or []),
    )
    if run is not None and (overrides != Overrides() or batch or max_cost is not None):
        raise InputError(f"--run {run} is judged as it was run; leave the other options out")
    commit = commit_of(against, base_python, run)
    asked, paying = Asked(name, overrides, batched=batch), Paying(max_cost, yes)
    with session.open_store() as store:
        if commit is not None:
            judged, decision = gate_against(session, store, asked, paying, commit)
        else:
            judged = _stored(store, name, run) if run else _ran(session, store, asked, paying)
            decision = judge_run(session, store, judged, against=against)
        report = report_of(store, judged, decision)
        write_reports(report, output or [])
        if json:
            show_json(decision.model_dump(mode="json"))
        else:
            show(decision_text(decision, judged))
            show_failures(report)
            _offer_baseline(session, judged, decision, against)
    _end(decision)


def _ran(session: Session, store: Store, asked: Asked, paying: Paying) -> EvalRun:
    flows = [asked.overrides.flow]
    trust_evaluation(session, asked.name, flows)
    return run_with_progress(session, store, paying.agreed(session, asked, flows))


def _end(decision: Decision) -> None:
    code = exit_code(decision)
    if code:
        raise typer.Exit(code)


def exit_code(decision: Decision) -> int:
    """0, 1 for a failed blocking gate, 3 for one that is open and blocks."""
    if decision.word == "fail":
        return EXIT_FAILED
    return EXIT_INCONCLUSIVE if decision.blocked else 0


def _stored(store: Store, name: str, reference: str) -> EvalRun:
    stored = store.run(reference)
    if stored.run.eval != eval_name(name):
        raise InputError(f"run {stored.run.id!r} is one of {stored.run.eval!r}, not of {name!r}")
    scores_of(store, stored)
    return stored.run


def _offer_baseline(session: Session, run: EvalRun, decision: Decision, against: str) -> None:
    """Say how to accept a first run; one that fails a gate is accepted with a reason only."""
    compares = any(gate.no_worse_than for gate in session.project.eval(run.eval).spec.gates)
    if compares and against == "baseline" and load_baseline(session, run.eval) is None:
        why = " --reason WHY" if decision.word == "fail" else ""
        note(f"no baseline yet; to accept this run: genaiops baseline accept {run.id}{why}")
