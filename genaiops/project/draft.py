"""An evaluation without files: what the command line names, as files would say it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from pydantic import JsonValue

from genaiops.datasets import Dataset, open_dataset
from genaiops.errors import InputError
from genaiops.project.arms import Way
from genaiops.project.code import is_python_flow
from genaiops.project.named_models import entry_of, trusted_by_name
from genaiops.project.named_prompts import (
    label_prompts,
    notes_on,
    read_prompt,
    slug,
    variables_from,
)
from genaiops.project.own_function import map_columns, read_function
from genaiops.project.session import Session
from genaiops.project.suggested import suggest_for
from genaiops.project.wants import Used
from genaiops.specs.base import Spec
from genaiops.specs.catalog import CatalogSpec
from genaiops.specs.document import Document
from genaiops.specs.evaluation import EvalSpec
from genaiops.specs.flow import FlowSpec
from genaiops.specs.load import Loaded, validate

SpecT = TypeVar("SpecT", bound=Spec)


@dataclass(frozen=True, slots=True)
class Named:
    """What the command line names: data, and prompts for models or a function."""

    data: Path
    prompts: tuple[Path, ...] = ()
    function: str | None = None
    models: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """The files that would say what the command line says; `name` is that of the evaluation.

    `copies` are the prompts and the data, by the path from the root that they would have. `flow` is
    None for a function. `ways` has the arms' prompts, `code` the Python functions that are named.
    """

    name: str
    evaluation: dict[str, JsonValue]
    flow: dict[str, JsonValue] | None
    catalog: dict[str, JsonValue]
    copies: Mapping[str, Path]
    ways: tuple[Way, ...] = ()
    notes: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    files: Mapping[str, Path] = field(default_factory=dict[str, Path])


def draft_evaluation(session: Session, named: Named) -> Draft:
    """Work out what is meant, and see that prompts, columns and models fit together.

    Raises:
        InputError: a file is missing or wrong, a prompt needs what is no column, or no model is
            named.
    """
    dataset = open_dataset(named.data, str(named.data))
    name = _name(named.data.stem, taken=session.project.evals)
    data = f"datasets/{named.data.name}"
    metrics: list[JsonValue] = [*(named.metrics or suggest_for(dataset).metrics)]
    evaluation: dict[str, JsonValue] = {
        "flow": named.function or f"flows/{name}",
        "dataset": data,
        "metrics": metrics if "latency" in metrics else [*metrics, "latency"],
    }
    draft = Draft(
        name=name,
        evaluation=evaluation,
        flow=None,
        catalog={"models": {model: _entry(session, model) for model in named.models}},
        copies={data: named.data},
        files={data: named.data},
        code=tuple(filter(is_python_flow, (named.function or "", *named.metrics))),
    )
    if named.function is not None:
        inputs = _inputs_of_function(session, named.function, dataset)
        return replace(draft, evaluation={**evaluation, **({"inputs": inputs} if inputs else {})})
    return _with_flow(draft, named, dataset)


def session_of(session: Session, draft: Draft) -> Session:
    """The session in which the draft is part of the project; what it names is trusted by that."""
    project = session.project
    evaluation = _loaded(draft.evaluation, f"evals/{draft.name}.yaml", EvalSpec)
    flows = dict(project.flows)
    if draft.flow is not None:
        shown = f"flows/{draft.name}/flow.yaml"
        flows[draft.name] = _loaded(draft.flow, shown, FlowSpec)
    known = project.catalog.spec
    named = CatalogSpec.model_validate(draft.catalog).models
    new = {name: entry for name, entry in named.items() if name not in known.models}
    catalog = Loaded(
        known.model_copy(update={"models": {**known.models, **new}}), project.catalog.document
    )
    functions = {(text, session.root) for text in draft.code}
    return replace(
        session,
        project=replace(
            project,
            catalog=catalog,
            flows=flows,
            evals={**project.evals, draft.name: evaluation},
        ),
        files={**session.files, **draft.files},
    ).naming(Used(functions=frozenset(functions), models=trusted_by_name(new, session.filed)))


def _with_flow(draft: Draft, named: Named, dataset: Dataset) -> Draft:
    if not named.prompts:
        raise InputError("name a prompt: -p FILE, or a function such as app:answer")
    if not named.models:
        raise InputError(
            "name a model: -m openai:gpt-4o-mini (OPENAI_API_KEY, OPENAI_BASE_URL), "
            "-m local:smollm2-135m, or one of catalog.yaml"
        )
    prompts = {label: read_prompt(path) for label, path in label_prompts(named.prompts).items()}
    files = {label: f"prompts/{label}.md" for label in prompts}
    columns = dataset.names("inputs")
    values = {
        label: variables_from(prompt, columns, dataset.shown) for label, prompt in prompts.items()
    }
    first = next(iter(prompts))
    used = sorted({name for prompt in prompts.values() for name in prompt.variables} & {*columns})
    flow: dict[str, JsonValue] = {
        "inputs": {**_types(dataset, used)},
        "nodes": {
            "answer": {
                "prompt": files[first],
                "model": named.models[0],
                "with": {**values[first]},
            }
        },
        "outputs": {"answer": "${answer.text}"},
    }
    if len(prompts) > 1:
        flow["variants"] = {
            label: {"answer": {"prompt": file, "with": {**values[label]}}}
            for label, file in files.items()
        }
    paths = dict(zip(prompts, named.prompts, strict=True))
    return replace(
        draft,
        flow=flow,
        copies={
            **draft.copies,
            **{f"flows/{draft.name}/{files[label]}": paths[label] for label in prompts},
        },
        files={**draft.files, **{files[label]: paths[label] for label in prompts}},
        ways=tuple(Way(label, label if len(prompts) > 1 else None) for label in prompts),
        notes=notes_on(prompts),
    )


def _types(dataset: Dataset, names: Sequence[str]) -> dict[str, str]:
    """The type of each input, as all cases have it.

    Raises:
        InputError: an input has values of several types.
    """
    found: dict[str, str] = {}
    for case in dataset.cases():
        for name in names:
            kind = _kind(case.inputs.get(name, ""))
            before = found.setdefault(name, kind)
            if kind != before:
                raise InputError(
                    f"{dataset.shown}: {name!r} is {before} in some cases and {kind} in {case.id!r}"
                )
    return found


def _kind(value: JsonValue) -> str:
    match value:
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case list():
            return "list"
        case dict():
            return "object"
        case _:
            return "string"


def _inputs_of_function(session: Session, text: str, dataset: Dataset) -> dict[str, JsonValue]:
    """The columns that arguments of another name get, as the evaluation maps them.

    Raises:
        InputError: there is no such function, or it needs what is no column.
    """
    function = read_function(text, session.root)
    mapped = map_columns(text, function.declared, dataset)
    return {name: f"${{case.inputs.{column}}}" for name, column in mapped.items()}


def _entry(session: Session, model: str) -> JsonValue:
    catalog = session.project.catalog.spec
    if model in catalog.models:
        return catalog.models[model].model_dump(mode="json", exclude_unset=True, by_alias=True)
    return dict(entry_of(model, session.environment, catalog.models))


def _loaded(value: dict[str, JsonValue], shown: str, kind: type[SpecT]) -> Loaded[SpecT]:
    document = Document(shown, value, {})
    return Loaded(validate(document, kind), document)


def _name(stem: str, *, taken: Mapping[str, object]) -> str:
    """A name for the evaluation of a file of data that no file has yet."""
    name = slug(stem)
    return name if name not in taken else f"{name}-trial"
