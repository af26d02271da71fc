"""Metrics and gates of an evaluation: known, bound to what is there, and able to decide."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from genaiops.datasets import Dataset
from genaiops.errors import Fault, InputError
from genaiops.gates import can_pass
from genaiops.gates.sample import Sample
from genaiops.gates.standing import Calibrations, as_declared, tiered_before
from genaiops.gates.two_looks import gates_at_a_look
from genaiops.metrics import Surroundings, plan_metric
from genaiops.project.check_code import code_problems
from genaiops.project.check_gates import gate_problems
from genaiops.project.code import is_python_flow
from genaiops.project.files import Project
from genaiops.project.judges import judge_functions
from genaiops.records import MetricInfo
from genaiops.specs.evaluation import EvalSpec, GateSpec
from genaiops.specs.load import Loaded


def metric_faults(
    project: Project, loaded: Loaded[EvalSpec], dataset: Dataset, outputs: Collection[str] | None
) -> Iterator[Fault]:
    """The faults of metrics; those of the user's own code are looked at without running it.

    `outputs` are None where only running the flow's code would tell.
    """
    judges = judge_functions(project, loaded.spec.metrics)
    catalog = project.catalog.spec
    around = Surroundings(
        outputs=outputs,
        expected=dataset.names("expected"),
        inputs=dataset.names("inputs"),
        embedders=catalog.embedders,
        models=(*catalog.models, *catalog.selections),
    )
    for place, use in enumerate(loaded.spec.metrics):
        path = ("metrics", place)
        if is_python_flow(use.metric):
            for found in code_problems(use.metric, folder=project.root, root=project.root):
                yield loaded.document.fault(path, found.message)
            continue
        try:
            plan = plan_metric(use, around, judges)
        except InputError as error:
            yield loaded.document.fault(path, str(error))
        else:
            yield from (loaded.document.fault(path, told) for told in plan.faults)


def gate_faults(
    project: Project, loaded: Loaded[EvalSpec], dataset: Dataset, gates: Sequence[GateSpec]
) -> Iterator[Fault]:
    """Gates on unknown metrics, rules that do not fit a metric, and gates that cannot pass.

    `gates` are those of the evaluation, each in its tier.
    """
    spec, document = loaded
    labels = [use.label for use in spec.metrics]
    infos = known_infos(project, spec)
    sample = _sample(spec, dataset) if spec.gates else Sample(0)
    for path, told in gate_problems(spec.gates, labels, infos):
        yield document.fault(path, told)
    for place, gate in enumerate(gates_at_a_look(gates, spec.on_inconclusive)):
        warning = can_pass(gate, infos[gate.metric], sample) if gate.metric in infos else None
        if warning:
            yield document.fault(("gates", place), warning, warning=True)


def tiered_gates(project: Project, spec: EvalSpec, calibrations: Calibrations) -> list[GateSpec]:
    """The gates in their tiers, as far as they can be told before a run."""
    infos = {
        label: as_declared(info, calibrations) for label, info in known_infos(project, spec).items()
    }
    return [tiered_before(gate, infos.get(gate.metric), calibrations) for gate in spec.gates]


def known_infos(project: Project, spec: EvalSpec) -> Mapping[str, MetricInfo]:
    """Range, direction and judge of the metrics that are not the user's own code."""
    infos: dict[str, MetricInfo] = {}
    catalog = project.catalog.spec
    around = Surroundings(models=(*catalog.models, *catalog.selections))
    judges = judge_functions(project, spec.metrics)
    for use in spec.metrics:
        if not is_python_flow(use.metric):
            try:
                plan = plan_metric(use, around, judges)
            except InputError:
                continue  # told with the metrics
            if plan.declaration.range is not None:
                infos[use.label] = plan.info()
    return infos


def _sample(spec: EvalSpec, dataset: Dataset) -> Sample:
    """The cases that filter and limit leave."""
    if dataset.clusters == dataset.count:
        return Sample(dataset.count_cases(spec.filter, spec.limit))
    return Sample.of(case.cluster for case in dataset.cases(spec.filter, spec.limit))
