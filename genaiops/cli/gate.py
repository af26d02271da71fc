"""`genaiops gate`: evaluate what is not recorded yet, then judge."""

import shlex
from dataclasses import dataclass, field, replace
from pathlib import Path
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
    EvalArgument,
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
from genaiops.cli.resuming import ResumeOption, taken_up
from genaiops.cli.same_again import same_again
from genaiops.cli.self_check import SelfCheckOption, show_self_check
from genaiops.cli.sequential import SequentialOption, looked_beside
from genaiops.errors import InputError
from genaiops.evaluations.reports import Report
from genaiops.evaluations.reports.terminal.decision import decision_text
from genaiops.evaluations.reports.terminal.explained import explained_text
from genaiops.gates.decide import refuse_none
from genaiops.project.asking import Said, only_eval, with_models
from genaiops.project.evaluating import Asked
from genaiops.project.extending import extension_of
from genaiops.project.files import eval_name
from genaiops.project.gate_report import gate_report
from genaiops.project.judging import (
    BASELINE,
    judge_run,
    load_baseline,
    named_reference,
    reference_of,
    scores_of,
)
from genaiops.project.overrides import FlowOverrides, Overrides
from genaiops.project.resuming import unfinished_in
from genaiops.project.session import Session
from genaiops.project.wish import Wish
from genaiops.records import Decision, EvalRun
from genaiops.store import Store, StoredRun

AgainstOption = Annotated[
    str, typer.Option("--against", help="`baseline`, a run, or git:REF: a commit, evaluated too.")
]
OnlyOption = Annotated[str | None, typer.Option("--run", help="Only judge this stored run.")]
ExplainOption = Annotated[
    bool, typer.Option("--explain", help="Tell in sentences why, and what would change it.")
]

app = new_app("Evaluate, then judge with the gates of the evaluation.")


@app.command()
def command(
    name: EvalArgument = None,
    against: AgainstOption = BASELINE,
    base_python: BasePythonOption = None,
    self_check: SelfCheckOption = False,
    only: OnlyOption = None,
    sequential: SequentialOption = False,
    resume: ResumeOption = False,
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
    explain: ExplainOption = False,
    json: JsonOption = False,
    config: ConfigOption = None,
    trust: TrustOption = None,
) -> None:
    """Exit 0 unless a blocking gate failed (1), or was left open and the policy blocks (3)."""
    with exit_codes_of(exit_code_style):
        filters = parse_filters(filter_ or [])
        over = Overrides(FlowOverrides(variant, model), repeats, limit, concurrency, filter=filters)
        how = _How(over, Paying(max_cost, yes), batch=batch, sequential=sequential, resume=resume)
        beside = _Beside(against, commit_of(against, base_python, only), only)
        page = checked_address(report_url)
        told = _Told(tuple(output or ()), page, comment=comment, explain=explain, is_json=json)
        session = with_models(trusted_session(config, trust), [model] if model else [])
        if not self_check:
            _end(_gate(session, name, how, beside, told))
        elif (how, beside, told) == (_How(), _Beside(), _Told(is_json=json)):
            _end(show_self_check(session, _known(session, name), json=json))
        else:
            only_itself = "--self-check judges the baseline beside itself"
            raise InputError(f"{only_itself}; leave the other options out")


@dataclass(frozen=True, slots=True)
class _How:
    """How to evaluate what is to be judged."""

    overrides: Overrides = field(default_factory=Overrides)
    paying: Paying = field(default_factory=Paying)
    batch: bool = False
    sequential: bool = False
    resume: bool = False


@dataclass(frozen=True, slots=True)
class _Beside:
    """What a run is judged beside: `against`, which may name a commit; `run` is there already."""

    against: str = BASELINE
    commit: Commit | None = None
    run: str | None = None

    def named(self, store: Store) -> "_Beside":
        """The same, whatever the newest run is once this one is made."""
        if self.commit is not None:
            return self
        return replace(self, against=named_reference(store, self.against))

    def run_of(self, decision: Decision) -> str:
        """The run that was compared with, or `baseline`."""
        return self.against if self.commit is None else decision.compared or self.against


@dataclass(frozen=True, slots=True)
class _Told:
    """Where, and how, the decision is told; `page` is where the page will be."""

    output: tuple[Path, ...] = ()
    page: str | None = None
    comment: bool = False
    explain: bool = False
    is_json: bool = False


def _gate(session: Session, name: str | None, how: _How, beside: _Beside, told: _Told) -> Decision:
    """Judge a run, which is made where it is not there yet, and tell what it comes to."""
    if beside.run is not None and how != _How(paying=Paying(yes=how.paying.yes)):
        raise InputError(f"--run {beside.run} is judged as it was run; leave the other options out")
    check_outputs(told.output)
    left = unfinished_in(session, name) if how.resume else None
    known = _known(session, left.run.eval if left is not None else name)
    looked = looked_beside(beside.against, sequential=how.sequential, batch=how.batch)
    session, asked = _asked(
        session, Asked(known, how.overrides, batched=how.batch, sequential=looked), left
    )
    pipeline, command_ = Pipeline.of_process(), same_again(asked, beside.against)
    with session.open_store() if beside.run is None else session.read_store() as store:
        beside = beside.named(store)
        run, decision = _judged(session, store, asked, how.paying, beside)
        found = gate_report(session, store, run, decision, against=beside.run_of(decision))
        report = pipeline.linked(found, command=command_, page=told.page)
        write_reports(report, told.output)
        _show(session, report, decision, beside, told)
        pipeline.tell(report, comment=told.comment)
    return decision


def _known(session: Session, name: str | None) -> str:
    """The name of an evaluation that is there; where none is named, of the only one."""
    known = eval_name(name) if name else only_eval(session.project)
    session.project.eval(known)
    return known


def _asked(session: Session, asked: Asked, left: StoredRun | None) -> tuple[Session, Asked]:
    """What is asked for, with what is kept of it to resume; or what was, of a run that is left.

    Raises:
        InputError: something else is said of that, too.
    """
    over = asked.overrides
    if left is None:
        models, variants = (
            (word,) if word else () for word in (over.flow.model, over.flow.variant)
        )
        said = Said(asked.name, models=models, variants=variants)
        wish = Wish.of(
            said,
            over,
            reuse=True,
            replace=False,
            batched=asked.batched,
            sequential=asked.sequential,
        )
        return session, replace(asked, wish=wish)
    if over != Overrides(concurrency=over.concurrency) or asked.batched or asked.sequential:
        raise InputError(
            "--resume goes on with what the run was asked for: leave out what else says that"
        )
    return taken_up(session, left, concurrency=over.concurrency)


def _judged(
    session: Session, store: Store, asked: Asked, paying: Paying, beside: _Beside
) -> tuple[EvalRun, Decision]:
    """The decision on a run, which is made where it is not there yet."""
    if beside.commit is not None:
        return gate_against(session, store, asked, paying, beside.commit)
    run = _stored(store, asked.name, beside.run) if beside.run else None
    if run is None:
        # that it cannot be judged is told before anything is paid for
        refuse_none(session.project.eval(asked.name).spec.gates, asked.name)
        reference_of(session, store, asked.name, beside.against)
    run = run or _ran(session, store, asked, paying, against=beside.against)
    return run, judge_run(session, store, run, against=beside.against)


def _ran(session: Session, store: Store, asked: Asked, paying: Paying, *, against: str) -> EvalRun:
    flows = [asked.overrides.flow]
    trust_evaluation(session, asked.name, flows)
    words = ["--against", against] if against != BASELINE else []
    resume = shlex.join(["genaiops", "gate", *words, "--resume"])
    asked = paying.agreed(session, asked, flows)
    run = run_with_progress(session, store, asked, resume=resume)
    more = extension_of(session, store, run, asked, against=against)
    if more is not None:
        note(more.told)
    if more is None or more.asked is None or not paying.allows(more.session, more.cost_usd):
        return run
    return run_with_progress(more.session, store, more.asked, resume=resume)


def _show(
    session: Session, report: Report, decision: Decision, beside: _Beside, told: _Told
) -> None:
    if told.is_json:
        show_json(decision.model_dump(mode="json"))
        return
    show(decision_text(decision, report.run))
    if told.explain:
        show(explained_text(decision))
    show_failures(report)
    _offer_baseline(session, report.run, decision, beside.against)


def _end(decision: Decision) -> None:
    code = exit_code(decision)
    if code:
        raise typer.Exit(code)


def _stored(store: Store, name: str, reference: str) -> EvalRun:
    stored = store.run(reference)
    if stored.run.eval != eval_name(name):
        raise InputError(f"run {stored.run.id!r} is one of {stored.run.eval!r}, not of {name!r}")
    scores_of(store, stored)
    return stored.run


def _offer_baseline(session: Session, run: EvalRun, decision: Decision, against: str) -> None:
    """Say how to accept a first run; one that is blocked is accepted with a reason only."""
    compares = any(gate.no_worse_than for gate in session.project.eval(run.eval).spec.gates)
    if compares and against == BASELINE and load_baseline(session, run.eval) is None:
        why = " --reason WHY" if decision.blocked else ""
        note(f"no baseline yet; to accept this run: genaiops baseline accept {run.id}{why}")
