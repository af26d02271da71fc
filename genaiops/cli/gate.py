"""`genaiops gate`: evaluate what is not recorded yet, then judge."""

import shlex
from dataclasses import dataclass
from typing import Annotated

import typer

from genaiops.cli.against import BasePythonOption, Commit, commit_of, gate_against
from genaiops.cli.ci import CommentOption, Pipeline, ReportUrlOption, checked_address
from genaiops.cli.door import note, show, show_json, trusted_session
from genaiops.cli.evaluating import (
    check_outputs,
    parse_filters,
    run_with_progress,
    show_failures,
    trust_evaluation,
    write_reports,
)
from genaiops.cli.exit_codes import ExitCodeStyleOption, exit_code, exit_codes_of
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
from genaiops.digests import canonical_json
from genaiops.errors import InputError
from genaiops.evaluations.reports.terminal.decision import decision_text
from genaiops.project.asking import only_eval, with_models
from genaiops.project.evaluating import Asked
from genaiops.project.files import eval_name
from genaiops.project.gate_report import gate_report
from genaiops.project.judging import judge_run, load_baseline, scores_of
from genaiops.project.overrides import FlowOverrides, Overrides
from genaiops.project.session import Session
from genaiops.records import Decision, EvalRun
from genaiops.store import Store

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
    only: Annotated[str | None, typer.Option("--run", help="Only judge this stored run.")] = None,
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
    comment: CommentOption = False,
    report_url: ReportUrlOption = None,
    exit_code_style: ExitCodeStyleOption = "genaiops",
    json: JsonOption = False,
    config: ConfigOption = None,
    trust: TrustOption = None,
) -> None:
    """Exit 0 unless a blocking gate failed (1), or was left open and the policy blocks (3)."""
    with exit_codes_of(exit_code_style):
        session = with_models(trusted_session(config, trust), [model] if model else [])
        check_outputs(output or [])
        page = checked_address(report_url)
        name = _known(session, name)
        flow, filters = FlowOverrides(variant, model), parse_filters(filter_ or [])
        overrides = Overrides(flow, repeats, limit, concurrency, filter=filters)
        if only is not None and (overrides != Overrides() or batch or max_cost is not None):
            raise InputError(f"--run {only} is judged as it was run; leave the other options out")
        asked, paying = Asked(name, overrides, batched=batch), Paying(max_cost, yes)
        beside = _Beside(against, commit_of(against, base_python, only), only)
        pipeline = Pipeline.of_process()
        with session.open_store() as store:
            run, decision = _judged(session, store, asked, paying, beside)
            report = pipeline.linked(
                gate_report(session, store, run, decision, against=beside.run_of(decision)),
                command=_again(asked, against),
                page=page,
            )
            write_reports(report, output or [])
            if json:
                show_json(decision.model_dump(mode="json"))
            else:
                show(decision_text(decision, run))
                show_failures(report)
                _offer_baseline(session, run, decision, against)
            pipeline.tell(report, comment=comment)
        _end(decision)


@dataclass(frozen=True, slots=True)
class _Beside:
    """What a run is judged beside: `against`, which may name a commit; `run` is there already."""

    against: str
    commit: Commit | None
    run: str | None

    def run_of(self, decision: Decision) -> str:
        """The run that was compared with, or `baseline`."""
        return self.against if self.commit is None else decision.compared or self.against


def _known(session: Session, name: str | None) -> str:
    """The name of an evaluation that is there; where none is named, of the only one."""
    known = eval_name(name) if name else only_eval(session.project)
    session.project.eval(known)
    return known


def _judged(
    session: Session, store: Store, asked: Asked, paying: Paying, beside: _Beside
) -> tuple[EvalRun, Decision]:
    """The decision on a run, which is made where it is not there yet."""
    if beside.commit is not None:
        return gate_against(session, store, asked, paying, beside.commit)
    run = _stored(store, asked.name, beside.run) if beside.run else None
    run = run or _ran(session, store, asked, paying)
    return run, judge_run(session, store, run, against=beside.against)


def _ran(session: Session, store: Store, asked: Asked, paying: Paying) -> EvalRun:
    flows = [asked.overrides.flow]
    trust_evaluation(session, asked.name, flows)
    return run_with_progress(session, store, paying.agreed(session, asked, flows))


def _end(decision: Decision) -> None:
    code = exit_code(decision)
    if code:
        raise typer.Exit(code)


def _again(asked: Asked, against: str) -> str:
    """The command that makes the same decision elsewhere."""
    over = asked.overrides
    said = {
        "--variant": over.flow.variant,
        "-m": over.flow.model,
        "--repeats": over.repeats,
        "-n": over.limit,
        "--against": against if against != "baseline" else None,
    }
    words = ["genaiops", "gate", asked.name]
    for option, value in said.items():
        words += [option, str(value)] if value is not None else []
    for tag, value in over.filter.items():
        words += ["--filter", f"{tag}={value if isinstance(value, str) else canonical_json(value)}"]
    return shlex.join(words)


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
