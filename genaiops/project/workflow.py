"""`init --ci`: the file by which a CI judges each pull request, made for one evaluation."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from genaiops import __version__
from genaiops.errors import InputError, StoreError
from genaiops.project.calibrations import calibrations_of
from genaiops.project.check_metrics import tiered_gates
from genaiops.project.root import repository_of
from genaiops.project.session import Session
from genaiops.project.wants import used_by_eval
from genaiops.specs.catalog import LangchainModel, LocalEmbedder, LocalModel
from genaiops.specs.index import ChromaServer

Platform = Literal["github", "gitlab", "azure"]

_TEMPLATES = Path(__file__).parent / "workflows"
_PLACES: Mapping[Platform, tuple[str, ...]] = {
    "github": (".github/workflows/genaiops.yml",),
    "gitlab": (".gitlab-ci.yml", ".gitlab/genaiops.yml"),
    "azure": ("azure-pipelines.yml", ".azure/genaiops.yml"),
}
"""Where it goes from the root of the repository; the second where the first is somebody's own."""
_FOLDER = re.compile(r"[\w./-]+\Z")


@dataclass(frozen=True, slots=True)
class Workflow:
    """The file that was written, by its path from the repository, and what is left to do."""

    path: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WorkflowPlace:
    """Where a workflow will be written: a file of the repository that is not there yet."""

    platform: Platform
    root: Path
    path: str


def find_place(folder: Path, platform: Platform) -> WorkflowPlace:
    """Where the workflow of a project in this folder goes; without a repository, in the folder.

    Raises:
        InputError: it is there already, or the path of the project would need quotes.
    """
    root = repository_of(folder) or folder.resolve()
    inside = folder.resolve().relative_to(root).as_posix()
    if not _FOLDER.match(inside):
        raise InputError(f"{inside!r} cannot stand in a workflow: rename the folder")
    free = [path for path in _PLACES[platform] if not (root / path).exists()]
    if not free:
        raise InputError(f"{_PLACES[platform][-1]} is there already; nothing was written")
    return WorkflowPlace(platform, root, free[0])


def write_workflow(session: Session, name: str, place: WorkflowPlace) -> Workflow:
    """Write the workflow that judges an evaluation of the project.

    Raises:
        InputError: there is no such evaluation.
        SpecError: a calibration of one of its judges is damaged.
        StoreError: the file cannot be written.
    """
    needs = _needs_of(session, name)
    notes = (*_notes(place, needs), *_margin_notes(session, name))
    inside = session.root.resolve().relative_to(place.root).as_posix()
    values = {
        "EVAL": json.dumps(name),
        "FOLDER": inside,
        "INSIDE": "" if inside == "." else f"{inside}/",
        "REQUIREMENT": f"genaiops{needs.extras_text}=={__version__}",
        "WEIGHTS": _STEPS[place.platform].weights(needs.weights, inside),
        "SECRETS": _STEPS[place.platform].secrets(needs.variables),
    }
    text = (_TEMPLATES / f"{place.platform}.yml").read_text("utf-8")
    text = re.sub(r"@([A-Z]+)@", lambda found: values[found[1]], text)
    path = place.root / place.path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror}") from error
    return Workflow(place.path, notes)


@dataclass(frozen=True, slots=True)
class _Needs:
    """What a machine must be given before it can run an evaluation."""

    extras: tuple[str, ...]
    weights: tuple[str, ...]
    variables: tuple[str, ...]

    @property
    def extras_text(self) -> str:
        return f"[{','.join(self.extras)}]" if self.extras else ""


def _needs_of(session: Session, name: str) -> _Needs:
    project = session.project
    used = used_by_eval(project, name)
    catalog = project.catalog.spec
    named = {session.lock.models.get(model, model) for model in used.models}
    models = [entry for model, entry in catalog.models.items() if model in named]
    embedders = [entry for each, entry in catalog.embedders.items() if each in used.embedders]
    local = [e for e in (*models, *embedders) if isinstance(e, LocalModel | LocalEmbedder)]
    stores = [project.index(index).spec.store for index in used.indexes]
    extras = {
        "local": bool(local),
        "langchain": any(isinstance(entry, LangchainModel) for entry in models),
        "chroma": any(store == "chroma" or isinstance(store, ChromaServer) for store in stores),
    }
    wants = session.wants(used)
    return _Needs(
        extras=tuple(extra for extra, is_needed in extras.items() if is_needed),
        weights=tuple(sorted({entry.weights for entry in local})),
        variables=tuple(want.name for want in wants if want.kind == "variable"),
    )


@dataclass(frozen=True, slots=True)
class _Steps:
    """How a platform words a step that pulls weights, and a secret that becomes a variable."""

    step: str
    head: str
    secret: str

    def weights(self, names: tuple[str, ...], folder: str) -> str:
        pulls = "genaiops weights pull " + " ".join(names)
        return self.step.format(run=pulls, folder=folder) if names else ""

    def secrets(self, names: tuple[str, ...]) -> str:
        lines = "".join(self.secret.format(name=name) for name in names)
        return self.head + lines if lines else ""


_STEPS: Mapping[Platform, _Steps] = {
    "github": _Steps(
        "      - name: Pull the weights of local models\n        run: {run}\n",
        "",
        "          {name}: ${{{{ secrets.{name} }}}}\n",
    ),
    "gitlab": _Steps("    - {run}\n", "", ""),
    "azure": _Steps(
        "      - bash: {run}\n        displayName: Weights\n        workingDirectory: {folder}\n",
        "        env:\n",
        "          {name}: $({name})\n",
    ),
}


def _notes(place: WorkflowPlace, needs: _Needs) -> Iterator[str]:
    first = _PLACES[place.platform][0]
    if place.path != first and place.platform == "gitlab":
        yield f"{first} is yours: add to it  include: {place.path}"
    if place.path != first and place.platform == "azure":
        yield f"{first} is yours: make a pipeline of {place.path}"
    secrets = {"github": "a secret", "gitlab": "a masked variable", "azure": "a secret variable"}
    for name in needs.variables:
        yield f"set {name} as {secrets[place.platform]} of the repository"
    if place.platform == "gitlab":
        yield "for the comment, set GITLAB_TOKEN: a project access token with the scope api"


def _margin_notes(session: Session, name: str) -> Iterator[str]:
    spec, document = session.project.eval(name)
    calibrations = calibrations_of(session.root, name, [use.label for use in spec.metrics])
    gates = tiered_gates(session.project, spec, calibrations)
    lacking = dict.fromkeys(
        gate.metric for gate in gates if gate.lacks_margin and gate.tier == "blocking"
    )
    if lacking:
        yield (
            f"{document.shown} has no margin for {', '.join(lacking)} yet: genaiops eval {name}, "
            f"then genaiops baseline accept {name} writes one"
        )
