"""`genaiops eval`: run prompts, models, a flow or a function over data, and score the answers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from shlex import join, quote
from typing import Annotated, cast

import typer

from genaiops.cli.door import note, run_code, session_anywhere, show
from genaiops.cli.evaluating import (
    check_outputs,
    parse_filters,
    run_with_progress,
    said_of,
    set_up_aloud,
    show_run,
    trust_evaluation,
    trust_saved,
    write_reports,
)
from genaiops.cli.options import (
    ConcurrencyOption,
    ConfigOption,
    DataOption,
    FilterOption,
    JsonOption,
    LimitOption,
    ModelsOption,
    OutputOption,
    ParamOption,
    PromptsOption,
    RepeatsOption,
    TrustOption,
    VariantsOption,
    new_app,
)
from genaiops.cli.paying import BatchOption, MaxCostOption, Paying, YesOption
from genaiops.cli.plan import plan_text
from genaiops.cli.resuming import ResumeOption, taken_up
from genaiops.errors import ExecutionError, InputError
from genaiops.evaluations.reports import check_suffix
from genaiops.evaluations.reports.comparison_write import check_comparison_suffix
from genaiops.project.arms import Arm
from genaiops.project.asking import Said, Setup
from genaiops.project.evaluating import Asked, report_of, unanswered_reason
from genaiops.project.overrides import Overrides
from genaiops.project.planning import plan_evaluation
from genaiops.project.resuming import unfinished_run
from genaiops.project.saving import save_draft
from genaiops.project.session import Session
from genaiops.project.wish import Wish
from genaiops.resolve import load_attribute
from genaiops.store import Store

app = new_app("Run prompts, models, a flow or a function over data, and score the answers.")

NameArgument = Annotated[
    str | None, typer.Argument(help="An evaluation by name, or a function: app:answer.")
]
MetricOption = Annotated[
    list[str] | None,
    typer.Option("--metric", help="How to score what -d names; the first one ranks."),
]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Show prompts and counts; call no model.")
]
NoCacheOption = Annotated[
    bool, typer.Option("--no-cache", help="Make every call anew; recorded answers stay.")
]
RefreshOption = Annotated[
    bool, typer.Option("--refresh", help="Make every call anew and replace recorded answers.")
]
SaveOption = Annotated[
    Path | None, typer.Option("--save", help="Write what is said here as a project.")
]


@app.command()
def command(
    name: NameArgument = None,
    prompt: PromptsOption = None,
    model: ModelsOption = None,
    variant: VariantsOption = None,
    param: ParamOption = None,
    data: DataOption = None,
    metric: MetricOption = None,
    repeats: RepeatsOption = None,
    limit: LimitOption = None,
    filter_: FilterOption = None,
    concurrency: ConcurrencyOption = None,
    dry_run: DryRunOption = False,
    no_cache: NoCacheOption = False,
    refresh: RefreshOption = False,
    resume: ResumeOption = False,
    batch: BatchOption = False,
    max_cost: MaxCostOption = None,
    yes: YesOption = False,
    output: OutputOption = None,
    save: SaveOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
    trust: TrustOption = None,
) -> None:
    """Run every case, score it, and show the scores with their intervals.

    Several prompts, models, variants or parameters are compared on the same cases.
    """
    said = said_of(name, prompt, model, variant, param, data=data, metric=metric)
    filters = parse_filters(filter_ or [])
    overrides = Overrides(repeats=repeats, limit=limit, concurrency=concurrency, filter=filters)
    calls = _Calls.of(no_cache=no_cache, refresh=refresh, batch=batch)
    how = _How(Paying(max_cost, yes), calls, output or [], save, dry_run=dry_run, is_json=json)
    session = session_anywhere(config, trust)
    if resume:
        _resume(session, said, overrides, how)
    else:
        _evaluate(session, said, overrides, how)


@dataclass(frozen=True, slots=True)
class _Calls:
    """Whether recorded calls are taken, whether new ones take their place, and are batched."""

    reuse: bool = True
    replace: bool = False
    batched: bool = False

    @classmethod
    def of(cls, *, no_cache: bool, refresh: bool, batch: bool) -> "_Calls":
        """As the options say.

        Raises:
            InputError: they contradict each other.
        """
        if no_cache and refresh:
            raise InputError(
                "--no-cache keeps recorded answers and --refresh replaces them: say one"
            )
        if batch and (no_cache or refresh):
            raise InputError("--batch takes recorded answers: leave --no-cache and --refresh out")
        return cls(reuse=not (no_cache or refresh), replace=refresh, batched=batch)


@dataclass(frozen=True, slots=True)
class _How:
    """What the command line says besides of what to evaluate."""

    paying: Paying
    calls: _Calls
    output: list[Path]
    save: Path | None
    dry_run: bool
    is_json: bool


def _evaluate(session: Session, said: Said, overrides: Overrides, how: _How) -> None:
    """Run the arms that are meant, in new runs."""
    setup = set_up_aloud(session, said)
    overrides = replace(overrides, dataset=setup.dataset)
    check = check_suffix if len(setup.arms) == 1 else check_comparison_suffix
    for path in how.output:
        check(path.name)
    calls = how.calls
    asked = Asked(
        setup.name,
        overrides,
        reuse=calls.reuse,
        replace=calls.replace,
        batched=calls.batched,
        wish=Wish.of(
            said, overrides, reuse=calls.reuse, replace=calls.replace, batched=calls.batched
        ),
    )
    flows = [arm.overrides for arm in setup.arms]
    trust_evaluation(setup.session, setup.name, flows)
    if how.save is not None:
        _save(setup, said, how.save)
    if how.dry_run:
        _show_plans(setup.session, asked, setup.arms)
        return
    asked = how.paying.agreed(setup.session, asked, flows)
    with setup.session.open_store() as store:
        if len(setup.arms) == 1:
            _one(setup.session, store, _with(asked, setup.arms[0]), how.output, json=how.is_json)
        else:
            _several(setup, store, asked, how.output, json=how.is_json)


def _resume(session: Session, said: Said, overrides: Overrides, how: _How) -> None:
    """Go on with a run as it began; how many cases run at once changes nothing.

    Raises:
        InputError: something else is said, too.
    """
    as_it_was = Overrides(concurrency=overrides.concurrency)
    is_changed = said != Said(name=said.name) or overrides != as_it_was or how.calls != _Calls()
    if is_changed or how.dry_run or how.save is not None:
        raise InputError(
            "--resume goes on with what the run was asked for: leave out other options than -j, "
            "-o, --json, --max-cost, --yes, -c and --trust"
        )
    check_outputs(how.output)
    with session.open_store() as store:
        stored = unfinished_run(store, said.name)
        session, asked = taken_up(session, stored, concurrency=overrides.concurrency)
        flows = [asked.overrides.flow]
        trust_evaluation(session, asked.name, flows)
        asked = how.paying.agreed(session, asked, flows)
        _one(session, store, asked, how.output, json=how.is_json)


def _with(asked: Asked, arm: Arm) -> Asked:
    return replace(asked, overrides=replace(asked.overrides, flow=arm.overrides))


def _one(session: Session, store: Store, asked: Asked, output: list[Path], *, json: bool) -> None:
    run = run_with_progress(session, store, asked, resume="genaiops eval --resume")
    report = report_of(store, run)
    show_run(report, json=json)
    write_reports(report, output)
    reason = unanswered_reason(store, run)
    if reason is not None:
        raise ExecutionError(reason)


def _several(setup: Setup, store: Store, asked: Asked, output: list[Path], *, json: bool) -> None:
    evaluate = load_attribute("genaiops.cli.several:evaluate_several")
    cast("Callable[..., None]", evaluate)(setup, store, asked, output, json=json)


def _show_plans(session: Session, asked: Asked, arms: Sequence[Arm]) -> None:
    for arm in arms:
        if len(arms) > 1:
            show(f"== {arm.label}")
        show(plan_text(run_code(plan_evaluation(session, _with(asked, arm)))))


def _save(setup: Setup, said: Said, folder: Path) -> None:
    if setup.draft is None:
        raise InputError("--save goes with -d and -p, or with a function: there is nothing to save")
    for path in save_draft(setup.draft, folder):
        note(f"wrote {folder / path}")
    trust_saved(folder, setup.draft.name)
    ways = [word for way in setup.draft.ways if way.variant for word in ("--variant", way.variant)]
    models = [word for model in said.models if len(said.models) > 1 for word in ("-m", model)]
    settings = [word for setting in said.settings for word in ("--param", setting)]
    again = ["genaiops", "eval", setup.draft.name, *ways, *models, *settings]
    note(f"the same again: cd {quote(str(folder))}; {join(again)}")
