"""From what a command line says to a session, an evaluation and its arms."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from genaiops.errors import InputError
from genaiops.project.arms import Arm, Way, arms_of, parse_settings
from genaiops.project.code import is_python_flow
from genaiops.project.draft import Draft, Named, draft_evaluation, session_of
from genaiops.project.files import Project, eval_name
from genaiops.project.named_models import entry_of, trusted_by_name
from genaiops.project.named_prompts import label_prompts, read_prompt
from genaiops.project.session import Session
from genaiops.project.wants import Used
from genaiops.specs.catalog import CatalogSpec


@dataclass(frozen=True, slots=True)
class Said:
    """What a command line says: words and paths as they are written."""

    name: str | None = None
    prompts: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    data: Path | None = None
    metrics: tuple[str, ...] = ()

    @property
    def function(self) -> str | None:
        """The function that is named in place of an evaluation."""
        return self.name if self.name is not None and is_python_flow(self.name) else None

    @property
    def is_draft(self) -> bool:
        """Whether the evaluation that is meant is in no file."""
        return self.function is not None or (self.name is None and self.data is not None)


@dataclass(frozen=True, slots=True)
class Setup:
    """An evaluation that can be asked for, by its name in the session.

    `draft` is there where no file says it; `dataset` stands in for that of the file. `metric` ranks
    the arms.
    """

    session: Session
    name: str
    arms: tuple[Arm, ...]
    metric: str | None = None
    draft: Draft | None = None
    dataset: str | None = None
    notes: tuple[str, ...] = ()


def set_up(session: Session, said: Said) -> Setup:
    """Find the evaluation that is meant, or draft one of what is named.

    Raises:
        InputError: words that do not fit together, or name what is not there.
    """
    return _drafted(session, said) if said.is_draft else _of_project(session, said)


def with_models(session: Session, names: Sequence[str], *, option: str = "-m") -> Session:
    """The session in which models that are named by their provider are in the catalog too.

    `option` is where they were named.

    Raises:
        InputError: a name is neither one of the catalog nor `PROVIDER:NAME`.
    """
    spec = session.project.catalog.spec
    known = {*spec.models, *spec.selections}
    named = {
        n: entry_of(n, session.environment, known, option=option) for n in names if n not in known
    }
    if not named:
        return session
    models = CatalogSpec.model_validate({"models": named}).models
    catalog = session.project.catalog._replace(
        spec=spec.model_copy(update={"models": {**spec.models, **models}})
    )
    return replace(session, project=replace(session.project, catalog=catalog)).naming(
        Used(models=trusted_by_name(models, session.filed))
    )


def _drafted(session: Session, said: Said) -> Setup:
    function = said.function
    if said.data is None:
        raise InputError(f"{function}: name the cases too: -d FILE")
    if said.variants:
        raise InputError("--variant goes with the flow of an evaluation: name it")
    if function is not None and said.prompts:
        raise InputError(f"{function} has no prompts that -p could replace; name one of both")
    named = Named(said.data, tuple(map(Path, said.prompts)), function, said.models, said.metrics)
    draft = draft_evaluation(session, named)
    draft_session = session_of(session, draft)
    return Setup(
        session=draft_session,
        name=draft.name,
        arms=arms_of(draft.ways, said.models, parse_settings(said.settings)),
        metric=ranked_metric(draft_session, draft.name, said.metrics[0] if said.metrics else None),
        draft=draft,
        notes=draft.notes,
    )


def _of_project(session: Session, said: Said) -> Setup:
    is_named = said.name is not None and session.project.evals
    name = eval_name(said.name or "") if is_named else only_eval(session.project)
    if said.metrics:
        raise InputError(f"{name!r} has its metrics in its file: leave --metric out")
    session.project.eval(name)
    ways, files = _ways(said)
    data = f"-d {said.data}" if said.data is not None else None
    if said.data is not None and data is not None:
        files[data] = said.data
    session = with_models(replace(session, files={**session.files, **files}), said.models)
    return Setup(
        session=session,
        name=name,
        arms=arms_of(ways, said.models, parse_settings(said.settings)),
        dataset=data,
    )


def ranked_metric(session: Session, name: str, written: str | None) -> str | None:
    """The label of the metric that is to rank: as written, or that of a function's use.

    Raises:
        InputError: the evaluation has no such metric.
    """
    if written is None:
        return None
    uses = session.project.eval(name).spec.metrics
    for use in uses:
        if written in {use.label, use.metric}:
            return use.label
    raise InputError.unknown("metric", written, [use.label for use in uses])


def only_eval(project: Project) -> str:
    """The evaluation of a project that has one.

    Raises:
        InputError: it has none, or several.
    """
    names = list(project.evals)
    if len(names) == 1:
        return names[0]
    if not names:
        raise InputError(
            "there is no evaluation here: write evals/NAME.yaml, begin with `genaiops init`, or "
            "name what to compare: genaiops eval -p a.md -p b.md -m openai:NAME -d questions.csv"
        )
    raise InputError(f"which evaluation? There are {', '.join(names)}")


def _ways(said: Said) -> tuple[list[Way], dict[str, Path]]:
    """Variants and prompts as ways to answer, and the files behind the prompts."""
    nodes = {text: _node_and_file(text) for text in said.prompts}
    labels = label_prompts([file for _, file in nodes.values()])
    ways = [Way(variant, variant=variant) for variant in said.variants]
    files: dict[str, Path] = {}
    for label, (node, path) in zip(labels, nodes.values(), strict=True):
        read_prompt(path)
        key = f"-p {path}"
        files[key] = path
        ways.append(Way(label, prompt=f"{node}={key}" if node else key))
    return ways, files


def _node_and_file(text: str) -> tuple[str, Path]:
    node, equals, file = text.partition("=")
    return (node, Path(file)) if equals and not Path(text).exists() else ("", Path(text))
