"""Rollouts against their flow, and the metrics that they watch against their evaluation."""

from collections.abc import Iterator, Mapping

from genaiops.errors import Fault, InputError, suggest
from genaiops.flow.side_effects import acts_of
from genaiops.gates.ranges import bounded_range, range_text
from genaiops.metrics import Surroundings, plan_metric
from genaiops.project.code import is_python_flow
from genaiops.project.files import Project, flow_name
from genaiops.project.judges import judge_functions
from genaiops.records import MetricInfo
from genaiops.specs.evaluation import EvalSpec, MetricUse
from genaiops.specs.load import Loaded
from genaiops.specs.rollout import EXTERNAL, SERVED, GoalSpec, GuardSpec, RolloutSpec
from genaiops.specs.rollout_faults import watched_paths

_HAS_NO_LABELS = "a live request has no expected answer"


def rollout_project_faults(project: Project, name: str) -> Iterator[Fault]:
    """The faults of a rollout that other files tell."""
    loaded = project.rollouts[name]
    spec, document = loaded
    if spec.flow == EXTERNAL:
        return
    try:
        flow = project.flow(spec.flow).spec
        acts = acts_of(flow, lambda name: project.flow(name).spec)
    except InputError as error:
        yield document.fault(("flow",), str(error))
        return
    if spec.is_shadowed and acts is not None:
        yield document.fault(("steps", 0), f"a shadow asks the flow twice, and {acts}")
    if spec.eval is None:
        return
    try:
        evaluation = project.eval(spec.eval).spec
    except InputError as error:
        yield document.fault(("eval",), str(error))
        return
    if is_python_flow(evaluation.flow) or flow_name(evaluation.flow) != flow_name(spec.flow):
        told = f"{spec.eval} evaluates {evaluation.flow}, and this rollout is of {spec.flow}"
        yield document.fault(("eval",), told)
        return
    yield from _metric_faults(project, loaded, evaluation)


def _metric_faults(
    project: Project, loaded: Loaded[RolloutSpec], evaluation: EvalSpec
) -> Iterator[Fault]:
    spec, document = loaded
    uses = {use.label: use for use in evaluation.metrics}
    infos, problems = _live(project, spec, uses)
    for watched, path in zip(spec.watched, watched_paths(spec), strict=True):
        if watched.metric in SERVED:
            continue
        if watched.metric not in uses:
            known = [*SERVED, *uses]
            told = f"unknown metric {watched.metric!r}{suggest(watched.metric, known)}"
            yield document.fault(path, told)
        elif watched.metric in problems:
            yield document.fault(path, problems[watched.metric])
        elif watched.metric in infos:
            info = infos[watched.metric]
            problem = _limit_problem(watched, info)
            if problem:
                yield document.fault(path, problem)
            if info.judge and watched.sample == 1 and spec.judge_budget_usd is None:
                told = f"{info.judge} judges every user: say a `sample`, or `judge_budget_usd`"
                yield document.fault(path, told, warning=True)


def _live(
    project: Project, spec: RolloutSpec, uses: Mapping[str, MetricUse]
) -> tuple[Mapping[str, MetricInfo], Mapping[str, str]]:
    """The metrics that can score a live request, and why others cannot."""
    flow, catalog = project.flow(spec.flow).spec, project.catalog.spec
    around = Surroundings(
        outputs=tuple(flow.outputs),
        inputs=tuple(flow.inputs),
        embedders=catalog.embedders,
        models=(*catalog.models, *catalog.selections),
    )
    judges = judge_functions(project, tuple(uses.values()))
    infos: dict[str, MetricInfo] = {}
    problems: dict[str, str] = {}
    for label, use in uses.items():
        if is_python_flow(use.metric):
            continue
        try:
            plan = plan_metric(use, around, judges)
        except InputError:
            continue  # told with the evaluation
        if plan.faults:
            problems[label] = f"{_HAS_NO_LABELS}: {plan.faults[0]}"
        elif plan.declaration.range is not None:
            infos[label] = plan.info()
    return infos, problems


def _limit_problem(watched: GuardSpec | GoalSpec, info: MetricInfo) -> str | None:
    """Why what is said of a metric cannot be told of its scores."""
    if isinstance(watched, GoalSpec) and watched.margin is not None:
        return _margin_problem(info)
    side = "at_least" if info.direction == "higher" else "at_most"
    limit = watched.at_least if side == "at_least" else watched.at_most
    if limit is not None:
        return _empty_limit(side, limit, info)
    if watched.at_least is not None or watched.at_most is not None:
        return f"the best scores of {info.name} would be bad events: say `{side}`"
    if info.binary:
        return None
    return f"{info.name} is graded: say by `{side}` which scores are bad events"


def _margin_problem(info: MetricInfo) -> str | None:
    values = bounded_range(info)
    if values is not None and values.span == 1:
        return None
    told = f"{info.name} ranges from {range_text(info)}, and a margin is of scores from 0 to 1"
    return f"{told}: give margin_ratio, and by at_least or at_most what is bad"


def _empty_limit(side: str, limit: float, info: MetricInfo) -> str | None:
    """Why a limit says nothing: all scores are bad events, or none is."""
    low = float("-inf") if info.low is None else info.low
    high = float("inf") if info.high is None else info.high
    if low < limit <= high if side == "at_least" else low <= limit < high:
        return None
    is_all = limit > high if side == "at_least" else limit < low
    told = f"{'every' if is_all else 'no'} score of {info.name} is a bad event"
    return f"{told} by {side} {limit:g}: it ranges from {range_text(info)}"
