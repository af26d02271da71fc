"""`genaiops compare`: many arms on the same cases, ranked as far as that is proven."""

from pathlib import Path
from typing import Annotated

import typer

from genaiops.cli.compared import (
    check_compared_outputs,
    show_compared,
    show_matrix,
    write_compared,
)
from genaiops.cli.door import note, session_anywhere
from genaiops.cli.evaluating import parse_filters, run_arms_with_progress, trust_evaluation
from genaiops.cli.options import (
    ConcurrencyOption,
    ConfigOption,
    DataOption,
    FilterOption,
    JsonOption,
    ModelsOption,
    ParamOption,
    PromptsOption,
    RepeatsOption,
    TrustOption,
    VariantsOption,
    new_app,
)
from genaiops.errors import InputError
from genaiops.project.arms import beside_the_flow_as_it_is
from genaiops.project.asking import Said, set_up
from genaiops.project.comparing import compare_matrix, compare_ran, margin_of
from genaiops.project.evaluating import Asked
from genaiops.project.overrides import Overrides

app = new_app("Compare prompts, models, variants and parameters on the same cases.")

_MATRIX = (".csv", ".tsv")


@app.command()
def command(
    name: Annotated[
        str | None,
        typer.Argument(help="An evaluation, a function, or a CSV of scores: an arm a column."),
    ] = None,
    model: ModelsOption = None,
    prompt: PromptsOption = None,
    variant: VariantsOption = None,
    param: ParamOption = None,
    data: DataOption = None,
    metric: Annotated[
        list[str] | None,
        typer.Option("--metric", help="The metric that ranks; with -d also how to score."),
    ] = None,
    margin: Annotated[
        float | None,
        typer.Option("--margin", min=0, help="The drop that being cheaper or faster is worth."),
    ] = None,
    slices: Annotated[
        list[str] | None, typer.Option("--slice", help="A tag to name the leaders of; repeatable.")
    ] = None,
    max_cases: Annotated[
        int | None, typer.Option("-n", "--limit", "--max-cases", min=1, help="Only so many cases.")
    ] = None,
    filter_: FilterOption = None,
    repeats: RepeatsOption = None,
    concurrency: ConcurrencyOption = None,
    metric_range: Annotated[
        str | None,
        typer.Option("--metric-range", help="LOW,HIGH of a CSV's scores; 0,1 if all are in it."),
    ] = None,
    lower_is_better: Annotated[
        bool, typer.Option("--lower-is-better", help="Low scores of a CSV are good.")
    ] = False,
    output: Annotated[
        list[Path] | None,
        typer.Option("-o", "--output", help="Write a report: .html .json .csv .md; repeatable."),
    ] = None,
    json: JsonOption = False,
    config: ConfigOption = None,
    trust: TrustOption = None,
) -> None:
    """Run every arm on the same cases, rank them, and say what is proven."""
    check_compared_outputs(output or [])
    if name is not None and name.lower().endswith(_MATRIX):
        comparison = compare_matrix(
            Path(name),
            values=metric_range,
            direction="lower" if lower_is_better else "higher",
            slices=slices or [],
            margin=margin,
        )
        show_matrix(comparison, output or [], json=json)
        return
    if metric_range is not None or lower_is_better:
        raise InputError("--metric-range and --lower-is-better go with a CSV of scores")
    said = Said(
        name=name,
        prompts=tuple(prompt or ()),
        models=tuple(model or ()),
        variants=tuple(variant or ()),
        settings=tuple(param or ()),
        data=data,
        metrics=tuple(metric or ()) if data is not None else (),
    )
    setup = set_up(session_anywhere(config, trust), said)
    for told in setup.notes:
        note(told)
    arms = setup.arms if setup.draft else beside_the_flow_as_it_is(setup.arms)
    if len(arms) < 2:
        raise InputError("name what to compare: -m, -p, --variant or --param, more than one")
    over = Overrides(
        repeats=repeats,
        limit=max_cases,
        concurrency=concurrency,
        dataset=setup.dataset,
        filter=parse_filters(filter_ or []),
    )
    trust_evaluation(setup.session, setup.name, [arm.overrides for arm in arms])
    ranked = metric[0] if metric else setup.metric
    with setup.session.open_store() as store:
        asked = Asked(setup.name, over)
        compared = compare_ran(
            store,
            run_arms_with_progress(setup.session, store, asked, arms),
            metric=ranked,
            margin=margin if margin is not None else margin_of(setup.session, setup.name, ranked),
            slices=slices,
        )
        write_compared(compared, output or [])
        show_compared(compared, json=json)
