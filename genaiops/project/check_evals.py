"""Evaluations against their flow, their dataset and their baseline."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from genaiops.datasets import Dataset, dataset_path
from genaiops.errors import Fault, InputError, SpecError, suggest
from genaiops.evaluations.baseline import read_baseline
from genaiops.gates.standing import NO_CALIBRATIONS, Calibrations
from genaiops.project.calibrations import calibrations_of
from genaiops.project.check_catalog import model_problem
from genaiops.project.check_code import code_problems
from genaiops.project.check_metrics import gate_faults, metric_faults, tiered_gates
from genaiops.project.check_slices import tag_problems
from genaiops.project.code import find_code, functions_of, is_python_flow, parse_code
from genaiops.project.files import Project
from genaiops.specs.evaluation import IMPORTED, EvalSpec, GateSpec
from genaiops.specs.load import Loaded
from genaiops.specs.references import Reference, find_references

_CASE_PARTS = ("inputs", "expected", "tags", "id", "cluster")


@dataclass(frozen=True, slots=True)
class _Takes:
    """What a flow takes and gives; None where only running its code would tell.

    `inputs` tells of each input whether it is required.
    """

    inputs: Mapping[str, bool] | None = None
    outputs: tuple[str, ...] | None = None


def eval_faults(
    project: Project, name: str, dataset: Dataset | tuple[Fault, ...]
) -> Iterator[Fault]:
    """The faults of an evaluation, with a dataset that was opened or the faults that it has."""
    loaded = project.evals[name]
    yield from _flow_faults(project, loaded)
    if not isinstance(dataset, Dataset):
        yield from dataset
        return
    yield from dataset.warnings
    flow = _flow_of(project, loaded.spec)
    yield from _input_faults(loaded, dataset, flow.inputs)
    yield from _tag_faults(loaded, dataset)
    yield from metric_faults(project, loaded, dataset, flow.outputs)
    calibrations: Calibrations = NO_CALIBRATIONS
    try:
        labels = [use.label for use in loaded.spec.metrics]
        calibrations = calibrations_of(project.root, name, labels)
    except SpecError as error:
        yield from error.faults
    gates = tiered_gates(project, loaded.spec, calibrations)
    yield from gate_faults(project, loaded, dataset, gates)
    yield from _baseline_faults(project, name, dataset, gates)


def missing_dataset(project: Project, loaded: Loaded[EvalSpec]) -> Fault | None:
    """The fault of a dataset that is not there or not in the project, where it is named."""
    try:
        dataset_path(project.root, loaded.spec.dataset)
    except InputError as error:
        return loaded.document.fault(("dataset",), str(error))
    return None


def _flow_faults(project: Project, loaded: Loaded[EvalSpec]) -> Iterator[Fault]:
    spec, document = loaded
    problem = model_problem(project.catalog.spec, spec.model) if spec.model else None
    if problem:
        yield document.fault(("model",), problem)
    if spec.flow == IMPORTED:
        return
    if is_python_flow(spec.flow):
        for found in code_problems(spec.flow, folder=project.root, root=project.root):
            yield document.fault(("flow",), found.message)
        if spec.variant is not None:
            yield document.fault(("variant",), "a Python flow has no variants")
        return
    try:
        variants = project.flow(spec.flow).spec.variants
    except InputError as error:
        yield document.fault(("flow",), str(error))
        return
    if spec.variant is not None and spec.variant not in variants:
        told = f"unknown variant {spec.variant!r} of {spec.flow}"
        yield document.fault(("variant",), f"{told}{suggest(spec.variant, variants)}")


def _flow_of(project: Project, spec: EvalSpec) -> _Takes:
    if spec.flow == IMPORTED:
        return _Takes()
    try:
        if is_python_flow(spec.flow):
            return _Takes(inputs=_python_inputs(project, spec.flow))
        flow = project.flow(spec.flow).spec
    except InputError:
        return _Takes()  # told with the flow
    required = {name: declared.is_required for name, declared in flow.inputs.items()}
    return _Takes(required, tuple(flow.outputs))


def _python_inputs(project: Project, text: str) -> Mapping[str, bool] | None:
    code = find_code(text, folder=project.root, root=project.root)
    if code.file is None:
        return None
    function = functions_of(parse_code(code.file, text)).get(code.attribute)
    if function is None or function.takes_any:
        return None
    return {**dict.fromkeys(function.required, True), **dict.fromkeys(function.optional, False)}


def _input_faults(
    loaded: Loaded[EvalSpec], dataset: Dataset, inputs: Mapping[str, bool] | None
) -> Iterator[Fault]:
    spec, document = loaded
    for name, value in spec.inputs.items():
        path = ("inputs", name)
        if inputs is not None and name not in inputs:
            told = f"{spec.flow} has no input {name!r}{suggest(name, inputs)}"
            yield document.fault(path, told)
        problems = _reference_problems(value, dataset)
        yield from (document.fault(path, problem) for problem in problems)
    if spec.plant is not None:
        problems = _reference_problems(spec.plant, dataset)
        yield from (document.fault(("plant",), problem) for problem in problems)
    for name, is_required in (inputs or {}).items():
        if is_required and name not in spec.inputs:
            yield from _column_faults(loaded, dataset, name)


def _column_faults(loaded: Loaded[EvalSpec], dataset: Dataset, name: str) -> Iterator[Fault]:
    """The faults of an input that the cases should give by its name."""
    having = dataset.keys.get(f"inputs.{name}", 0)
    if having == 0:
        hint = dataset.hint_at_input(name)
        told = f"no case has the input {name!r} of {loaded.spec.flow}{hint}; map one by `inputs:`"
        yield loaded.document.fault(("dataset",), told)
    elif having < dataset.count:
        told = f"{dataset.count - having} of {dataset.count} cases lack the input {name!r}"
        yield loaded.document.fault(("dataset",), told, warning=True)


def _reference_problems(value: JsonValue, dataset: Dataset) -> list[str]:
    """What is wrong with the references in a value."""
    try:
        problems = [_case_problem(each, dataset) for each in find_references(value)]
    except InputError as error:
        return [str(error)]
    return [problem for problem in problems if problem]


def _case_problem(reference: Reference, dataset: Dataset) -> str | None:
    """What is wrong with a reference to a part of the case."""
    if reference.root != "case":
        return f"{reference}: inputs come from the case, such as ${{case.inputs.question}}"
    part, name = (*reference.path, "", "")[:2]
    if part not in _CASE_PARTS:
        return f"{reference}: a case has no {part!r}{suggest(part, _CASE_PARTS)}"
    if part in ("inputs", "expected", "tags") and name:
        known = dataset.names(part)
        return None if name in known else f"{reference}: no case has it{suggest(name, known)}"
    return None


def _tag_faults(loaded: Loaded[EvalSpec], dataset: Dataset) -> Iterator[Fault]:
    """The faults of slices and filter, and of the slices of gates."""
    spec, document = loaded
    for problem in tag_problems(spec, dataset):
        yield document.fault(problem.path, problem.message)


def _baseline_faults(
    project: Project, name: str, dataset: Dataset, gates: Sequence[GateSpec]
) -> Iterator[Fault]:
    loaded = project.evals[name]
    shown = f"evals/baselines/{name}.jsonl"
    try:
        baseline = read_baseline(project.root / shown, shown)
    except SpecError as error:
        yield from error.faults
        return
    if baseline is None:
        return
    run = baseline.scores.run
    if run.digests.get("dataset") != dataset.digest:
        told = (
            f"the dataset changed since this baseline was accepted: genaiops baseline accept {name}"
        )
        yield Fault(shown, 1, 1, told, "warning")
    known = {info.name for info in run.metrics}
    for place, gate in enumerate(gates):
        if gate.no_worse_than is not None and gate.metric not in known:
            told = f"the baseline has no scores of {gate.metric!r}: genaiops baseline accept {name}"
            yield loaded.document.fault(("gates", place), told, warning=True)
        if gate.lacks_margin and gate.tier == "blocking":
            told = f"no margin yet, so that it stays open: genaiops baseline accept {name}"
            yield loaded.document.fault(("gates", place), told, warning=True)
