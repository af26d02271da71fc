"""`genaiops compare`: many arms on the same cases, ranked as far as that is proven."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from genaiops.cli.compared import (
    check_compared_outputs,
    show_compared,
    show_matrix,
    write_compared,
)
from genaiops.cli.door import session_anywhere
from genaiops.cli.evaluating import (
    parse_filters,
    said_of,
    set_up_aloud,
    trust_evaluation,
)
from genaiops.cli.options import (
    ConcurrencyOption,
    ConfigOption,
    DataOption,
    FilterOption,
    JsonOption,
    LimitOption,
    ModelsOption,
    ParamOption,
    PromptsOption,
    RepeatsOption,
    TrustOption,
    VariantsOption,
    new_app,
)
from genaiops.cli.paying import BatchOption, MaxCostOption, Paying, YesOption
from genaiops.cli.several import run_arms_with_progress
from genaiops.errors import ExecutionError, InputError
from genaiops.project.arms import beside_the_flow_as_it_is
from genaiops.project.asking import Said, ranked_metric
from genaiops.project.comparing import (
    compare_matrix,
    compare_ran,
    margin_of,
    unanswered_by_all,
    uncompared_reason,
)
from genaiops.project.evaluating import Asked
from genaiops.project.overrides import Overrides
from genaiops.project.paying import unpaid_reason
from genaiops.project.session import Session

app = new_app("Compare prompts, models, variants and parameters on the same cases.")

NameArgument = Annotated[
    str | None,
    typer.Argument(help="An evaluation, a function, or a CSV of scores: an arm a column."),
]
MetricOption = Annotated[
    list[str] | None,
    typer.Option("--metric", help="The metric that ranks; with -d also how to score."),
]
MarginOption = Annotated[
    float | None,
    typer.Option("--margin", min=0, help="The drop that being cheaper or faster is worth."),
]
SlicesOption = Annotated[
    list[str] | None, typer.Option("--slice", help="A tag to name the leaders of; repeatable.")
]
RangeOption = Annotated[
    str | None,
    typer.Option("--metric-range", help="LOW,HIGH of a CSV's scores; 0,1 if all are in it."),
]
LowerOption = Annotated[
    bool, typer.Option("--lower-is-better", help="Low scores of a CSV are good.")
]
ReportOption = Annotated[
    list[Path] | None,
    typer.Option("-o", "--output", help="Write a report: .html .json .csv .md; repeatable."),
]

_MATRIX = (".csv", ".tsv")


@dataclass(frozen=True, slots=True)
class _How:
    """How to score and rank, as it was said (else as the evaluation does), to pay, and to tell."""

    metrics: Sequence[str]
    margin: float | None
    is_batched: bool
    paying: Paying
    paths: Sequence[Path]
    is_json: bool


@app.command()
def command(
    name: NameArgument = None,
    model: ModelsOption = None,
    prompt: PromptsOption = None,
    variant: VariantsOption = None,
    param: ParamOption = None,
    data: DataOption = None,
    metric: MetricOption = None,
    margin: MarginOption = None,
    slices: SlicesOption = None,
    limit: LimitOption = None,
    filter_: FilterOption = None,
    repeats: RepeatsOption = None,
    concurrency: ConcurrencyOption = None,
    batch: BatchOption = False,
    max_cost: MaxCostOption = None,
    yes: YesOption = False,
    metric_range: RangeOption = None,
    lower_is_better: LowerOption = False,
    output: ReportOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
    trust: TrustOption = None,
) -> None:
    """Run every arm on the same cases, rank them, and say what is proven."""
    paths = output or []
    check_compared_outputs(paths)
    said = said_of(name, prompt, model, variant, param, data=data)
    filters = parse_filters(filter_ or [])
    over = Overrides(repeats=repeats, limit=limit, concurrency=concurrency, filter=filters)
    how = _How(metric or [], margin, batch, Paying(max_cost, yes), paths, is_json=json)
    matrix = _Matrix(metric_range, lower_is_better, slices or [])
    if name is not None and name.lower().endswith(_MATRIX):
        if metric or (said, over) != (Said(name=name), Overrides()):
            raise InputError(f"{name} has its scores already: leave out what says how to get them")
        _compare_matrix(Path(name), matrix, how)
        return
    if metric_range is not None or lower_is_better:
        raise InputError("--metric-range and --lower-is-better go with a CSV of scores")
    over = replace(over, slices=tuple(slices) if slices else None)
    _compare(session_anywhere(config, trust), said, over, how)


@dataclass(frozen=True, slots=True)
class _Matrix:
    """What the command line says of a CSV of scores."""

    values: str | None
    lower_is_better: bool
    slices: Sequence[str]


def _compare_matrix(path: Path, matrix: _Matrix, how: _How) -> None:
    """Rank the arms of a CSV of scores."""
    comparison = compare_matrix(
        path,
        values=matrix.values,
        direction="lower" if matrix.lower_is_better else "higher",
        slices=matrix.slices,
        margin=how.margin,
    )
    show_matrix(comparison, how.paths, json=how.is_json)


def _compare(session: Session, said: Said, over: Overrides, how: _How) -> None:
    """Run the arms that are meant, and tell what they came to."""
    setup = set_up_aloud(session, _scored(said, how.metrics))
    arms = setup.arms if setup.draft else beside_the_flow_as_it_is(setup.arms)
    if len(arms) < 2:
        raise InputError("name what to compare: -m, -p, --variant or --param, more than one")
    flows = [arm.overrides for arm in arms]
    trust_evaluation(setup.session, setup.name, flows)
    metric = ranked_metric(setup.session, setup.name, next(iter(how.metrics), None))
    asked = Asked(setup.name, replace(over, dataset=setup.dataset), batched=how.is_batched)
    asked = how.paying.agreed(setup.session, asked, flows)
    margin = how.margin
    if margin is None:
        margin = margin_of(setup.session, setup.name, metric)
    with setup.session.open_store() as store:
        ran = run_arms_with_progress(setup.session, store, asked, arms)
        compared = compare_ran(store, ran, metric=metric, margin=margin)
        show_compared(compared, json=how.is_json)
        write_compared(compared, how.paths)
        reason = unanswered_by_all(store, ran) or unpaid_reason(asked.budget)
        reason = reason or uncompared_reason(ran)
        if reason is not None:
            raise ExecutionError(reason)


def _scored(said: Said, metrics: Sequence[str]) -> Said:
    """What was said, with how to score what is in no file."""
    if said.is_draft:
        return replace(said, metrics=tuple(metrics))
    if len(metrics) > 1:
        raise InputError("one --metric ranks; the others of the evaluation stand beside it")
    return said
