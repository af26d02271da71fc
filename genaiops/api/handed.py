"""What was handed in, as an evaluation of a project: specs, files and functions in a session."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from pydantic import JsonValue

from genaiops.api.functions import Functions, declared_by, name_of
from genaiops.api.rows import Rows
from genaiops.datasets import open_dataset
from genaiops.errors import CallError, InputError, SpecError
from genaiops.flow.values import plain_json
from genaiops.project.asking import with_models
from genaiops.project.code import is_python_flow
from genaiops.project.files import eval_name, flow_name
from genaiops.project.own_function import map_columns
from genaiops.project.session import Session
from genaiops.project.suggested import suggest_for
from genaiops.project.wants import Used, used_by_eval
from genaiops.specs.document import Document, Place
from genaiops.specs.evaluation import EvalSpec
from genaiops.specs.load import Loaded, validate

FlowLike = str | Callable[..., object]
MetricLike = str | Mapping[str, object] | Callable[..., object]
Metrics = Sequence[MetricLike]
Gates = Sequence[Mapping[str, object]]
_NAME = re.compile(r"\w[\w.-]*\Z")


@dataclass(frozen=True, slots=True)
class Handed:
    """What an evaluation was asked for with; None is what was left out."""

    flow: FlowLike
    rows: Rows | None
    metrics: Metrics | None
    gates: Gates | None
    name: str | None
    options: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Setup:
    """An evaluation that can be run, by its name in the session."""

    session: Session
    name: str


def set_up(session: Session, handed: Handed) -> Setup:
    """Put what was handed in into the project of a session, in memory.

    What a caller names, and the Python files behind it, run in the caller's own process: they are
    trusted by that, and so is a model by its provider. Hosts and variables of the catalog are not.

    Raises:
        InputError: something does not fit; all that is wrong with keys and values.
    """
    functions = Functions()
    name, said = _of_rows(session, handed, functions) if handed.rows else _of_file(session, handed)
    said |= _json({**handed.options}, "")
    if isinstance(handed.metrics, str | Mapping):
        raise InputError(f"metrics={handed.metrics!r}: write a list, [{handed.metrics!r}]")
    if handed.metrics is not None:
        said["metrics"] = [_metric(metric, functions) for metric in handed.metrics]
    if handed.gates is not None:
        said["gates"] = [_json(gate, "a gate") for gate in handed.gates]
    spec = _validated(said)
    project = replace(
        session.project,
        evals={**session.project.evals, name: spec},
        functions=functions.by_reference,
    )
    files = {handed.rows.shown: handed.rows.path} if handed.rows else {}
    session = replace(session, project=project, files={**session.files, **files})
    models = [spec.spec.model] if "model" in handed.options and spec.spec.model else []
    session = with_models(session, models, option="model")
    used = used_by_eval(session.project, name)
    return Setup(session.naming(Used(functions=used.functions)), name)


def _of_rows(
    session: Session, handed: Handed, functions: Functions
) -> tuple[str, dict[str, JsonValue]]:
    """A flow over cases: what follows from both, where nothing else is said."""
    rows = cast("Rows", handed.rows)
    dataset = open_dataset(rows.path, rows.shown)
    said: dict[str, JsonValue] = {"dataset": rows.shown}
    if isinstance(handed.flow, str):
        said["flow"] = handed.flow
        if not is_python_flow(handed.flow):
            session.project.flow(handed.flow)
    else:
        reference = functions.take(handed.flow)
        said["flow"] = reference
        if "inputs" not in handed.options:
            mapped = map_columns(reference, declared_by(reference, handed.flow), dataset)
            said["inputs"] = {to: f"${{case.inputs.{column}}}" for to, column in mapped.items()}
    if handed.metrics is None:
        said["metrics"] = [*suggest_for(dataset).metrics]
    return _name(session, handed), said


def _of_file(session: Session, handed: Handed) -> tuple[str, dict[str, JsonValue]]:
    """An evaluation of the project, by its name."""
    if not isinstance(handed.flow, str) or is_python_flow(handed.flow):
        raise InputError("a function needs cases: evaluate(function, data)")
    if handed.name is not None:
        raise InputError(f"the evaluation {handed.flow!r} has its name; name= goes with data")
    name = eval_name(handed.flow)
    spec = session.project.eval(name).spec
    return name, spec.model_dump(mode="json", by_alias=True, exclude_unset=True)


def _name(session: Session, handed: Handed) -> str:
    if handed.name is not None:
        if not _NAME.match(handed.name):
            raise InputError(f"name={handed.name!r}: a name has letters, digits, `-`, `_` and `.`")
        return handed.name
    if not isinstance(handed.flow, str):
        name = name_of(handed.flow)
    elif is_python_flow(handed.flow):
        name = handed.flow.rpartition(":")[2]
    else:
        name = flow_name(handed.flow)
    return f"{name}-trial" if name in session.project.evals else name


def _metric(metric: MetricLike, functions: Functions) -> JsonValue:
    if isinstance(metric, str):
        return metric
    if isinstance(metric, Mapping):
        return _json(cast("Mapping[str, object]", metric), "a metric")
    if getattr(metric, "__name__", "<lambda>") == "<lambda>":
        raise InputError("a metric needs a name for reports: write it with `def`")
    return functions.take(metric)


def _json(value: Mapping[str, object], what: str) -> dict[str, JsonValue]:
    try:
        plain = {key: plain_json(item, f"{what} {key}".strip()) for key, item in value.items()}
    except CallError as error:
        raise InputError(str(error)) from error
    return plain


def _validated(said: dict[str, JsonValue]) -> Loaded[EvalSpec]:
    document = Document("evaluate", said, dict.fromkeys(_paths(said, ()), Place(1, 1)))
    try:
        return Loaded(validate(document, EvalSpec), Document(document.shown, said, {}))
    except SpecError as error:
        told = "\n".join(fault.message for fault in error.faults)
        raise InputError(told) from error


def _paths(value: JsonValue, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    """The path of each part, by which faults name it."""
    yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _paths(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _paths(item, (*path, number))


def absolute(project: str | Path | None) -> Path | None:
    """The project that is named, if one is."""
    return None if project is None else Path(project).absolute()
