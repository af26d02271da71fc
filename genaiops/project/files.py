"""The files of a project, read: every spec with its document, or all faults of all files."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TypeVar

from genaiops.errors import Fault, InputError, SpecError
from genaiops.project.root import PROJECT_FILE
from genaiops.specs.base import Spec
from genaiops.specs.catalog import CatalogSpec
from genaiops.specs.document import Document
from genaiops.specs.evaluation import EvalSpec
from genaiops.specs.flow import FlowSpec
from genaiops.specs.index import IndexSpec
from genaiops.specs.judge import JudgeSpec
from genaiops.specs.load import Loaded, load_spec
from genaiops.specs.project import ProjectSpec
from genaiops.specs.rollout import RolloutSpec
from genaiops.specs.rollout_faults import rollout_faults
from genaiops.specs.rubric import rubric_faults

SpecT = TypeVar("SpecT", bound=Spec)

FLOW_FILE = "flow.yaml"


@dataclass(frozen=True, slots=True)
class Project:
    """A folder of specs that could be read; whether they fit together, `check_project` says.

    Nothing depends on a rollout file: one with faults is none of `rollouts` and stands in nobody's
    way, `broken_rollouts` has what is wrong with it. `functions` were handed in as objects, by how
    a spec names them: `app:answer`.
    """

    root: Path
    project: Loaded[ProjectSpec]
    catalog: Loaded[CatalogSpec]
    flows: Mapping[str, Loaded[FlowSpec]]
    indexes: Mapping[str, Loaded[IndexSpec]]
    evals: Mapping[str, Loaded[EvalSpec]]
    judges: Mapping[str, Loaded[JudgeSpec]]
    rollouts: Mapping[str, Loaded[RolloutSpec]]
    broken_rollouts: Mapping[str, Sequence[Fault]] = field(
        default_factory=dict[str, Sequence[Fault]]
    )
    functions: Mapping[str, object] = field(default_factory=dict[str, object])

    @property
    def spec(self) -> ProjectSpec:
        """What `genaiops.yaml` says."""
        return self.project.spec

    def flow(self, name: str) -> Loaded[FlowSpec]:
        """A flow as `assistant`, `flows/assistant` or the path of its file.

        Raises:
            InputError: there is none of this name; the message has the nearest.
        """
        return _named("flow", flow_name(name), self.flows)

    def index(self, name: str) -> Loaded[IndexSpec]:
        """An index as `handbook` or `indexes/handbook.yaml`.

        Raises:
            InputError: there is none of this name; the message has the nearest.
        """
        return _named("index", index_name(name), self.indexes)

    def eval(self, name: str) -> Loaded[EvalSpec]:
        """An evaluation as `assistant` or `evals/assistant.yaml`.

        Raises:
            InputError: there is none of this name; the message has the nearest.
        """
        return _named("evaluation", eval_name(name), self.evals)

    def rollout(self, name: str) -> Loaded[RolloutSpec]:
        """A rollout as `assistant` or `rollouts/assistant.yaml`.

        Raises:
            InputError: there is none of this name; the message has the nearest.
            SpecError: its file has faults.
        """
        name = rollout_name(name)
        if name in self.broken_rollouts:
            raise SpecError(self.broken_rollouts[name])
        return _named("rollout", name, self.rollouts)

    def flow_folder(self, name: str) -> Path:
        """The folder of a flow: its prompts and Python files stand there."""
        return self.root / "flows" / flow_name(name)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads files under a root, and gathers the faults of those that it cannot."""

    root: Path
    faults: list[Fault] = field(default_factory=list[Fault])

    def read(self, shown: str, kind: type[SpecT]) -> Loaded[SpecT] | None:
        path = self.root / shown
        if path.exists() and not path.resolve().is_relative_to(self.root.resolve()):
            told = "lies outside of the project; copy it into the project"
            self.faults.append(Fault(shown, 0, 0, told))
            return None
        try:
            return load_spec(path, kind, shown)
        except SpecError as error:
            self.faults.extend(error.faults)
            return None

    def read_all(
        self, pattern: str, kind: type[SpecT], name_of: Callable[[Path], str]
    ) -> dict[str, Loaded[SpecT]]:
        found: dict[str, Loaded[SpecT]] = {}
        for path in sorted(self.root.glob(pattern)):
            loaded = self.read(path.relative_to(self.root).as_posix(), kind)
            if loaded is not None:
                found[name_of(path)] = loaded
        return found


def load_project(root: Path, file: str = PROJECT_FILE) -> Project:
    """Read all specs of a project; an absent catalog is an empty one.

    A folder without a project file is a project of all defaults, called as the folder.

    Raises:
        SpecError: the faults of all files, with paths from the root; not of rollouts alone.
    """
    reader = _Reader(root)
    project = _read_project(reader, file)
    catalog = _read_catalog(reader, project)
    flows = reader.read_all(f"flows/*/{FLOW_FILE}", FlowSpec, lambda path: path.parent.name)
    indexes = reader.read_all("indexes/*.yaml", IndexSpec, lambda path: path.stem)
    evals = reader.read_all("evals/*.yaml", EvalSpec, lambda path: path.stem)
    judges = reader.read_all("judges/*.yaml", JudgeSpec, lambda path: path.stem)
    reader.faults.extend(fault for judge in judges.values() for fault in rubric_faults(judge))
    rollouts, broken = _read_rollouts(root)
    if project is None or catalog is None or reader.faults:
        raise SpecError([*reader.faults, *(fault for each in broken.values() for fault in each)])
    return Project(root, project, catalog, flows, indexes, evals, judges, rollouts, broken)


def empty_project(root: Path) -> Project:
    """A project of all defaults, called as its folder, of which no file is read."""
    catalog = Loaded(CatalogSpec(), Document(ProjectSpec.model_fields["catalog"].default, {}, {}))
    return Project(root, _default_project(root), catalog, {}, {}, {}, {}, {})


def flow_name(written: str) -> str:
    """`assistant` of `assistant`, `flows/assistant` and `flows/assistant/flow.yaml`."""
    path = PurePosixPath(written)
    path = path.parent if path.name == FLOW_FILE else path
    return str(path.relative_to("flows")) if path.is_relative_to("flows") else str(path)


def eval_name(written: str) -> str:
    """`assistant` of `assistant` and `evals/assistant.yaml`."""
    return _file_name(written, "evals")


def index_name(written: str) -> str:
    """`handbook` of `handbook` and `indexes/handbook.yaml`."""
    return _file_name(written, "indexes")


def rollout_name(written: str) -> str:
    """`assistant` of `assistant` and `rollouts/assistant.yaml`."""
    return _file_name(written, "rollouts")


def unread_files(root: Path) -> Iterator[Fault]:
    """Files that look like specs but are not read, because of their name."""
    for pattern, wanted in (
        ("flows/*/flow.yml", "flow.yaml"),
        ("indexes/*.yml", "<name>.yaml"),
        ("evals/*.yml", "<name>.yaml"),
        ("judges/*.yml", "<name>.yaml"),
        ("rollouts/*.yml", "<name>.yaml"),
        ("flows/*.y*ml", "flows/<name>/flow.yaml"),
        ("genaiops.yml", PROJECT_FILE),
    ):
        for path in sorted(root.glob(pattern)):
            shown = path.relative_to(root).as_posix()
            yield Fault(shown, 0, 0, f"is not read; call it {wanted}", "warning")


def _read_rollouts(
    root: Path,
) -> tuple[Mapping[str, Loaded[RolloutSpec]], Mapping[str, Sequence[Fault]]]:
    """The rollouts by name, and the faults of those that have some."""
    reader = _Reader(root)
    found = reader.read_all("rollouts/*.yaml", RolloutSpec, lambda path: path.stem)
    reader.faults.extend(fault for each in found.values() for fault in rollout_faults(each))
    broken: dict[str, list[Fault]] = {}
    for fault in reader.faults:
        broken.setdefault(rollout_name(fault.file), []).append(fault)
    return {name: each for name, each in found.items() if name not in broken}, broken


def _read_project(reader: _Reader, file: str) -> Loaded[ProjectSpec] | None:
    if file == PROJECT_FILE and not (reader.root / file).exists():
        return _default_project(reader.root)
    return reader.read(file, ProjectSpec)


def _default_project(root: Path) -> Loaded[ProjectSpec]:
    name = root.resolve().name or "project"
    return Loaded(ProjectSpec(name=name), Document(PROJECT_FILE, {}, {}))


def _read_catalog(
    reader: _Reader, project: Loaded[ProjectSpec] | None
) -> Loaded[CatalogSpec] | None:
    shown = project.spec.catalog if project else ProjectSpec.model_fields["catalog"].default
    if (reader.root / shown).exists():
        return reader.read(shown, CatalogSpec)
    if project and "catalog" in project.spec.model_fields_set:
        message = f"there is no file {shown!r}"
        reader.faults.append(project.document.fault(("catalog",), message))
    return Loaded(CatalogSpec(), Document(shown, {}, {}))


def _named(what: str, name: str, known: Mapping[str, Loaded[SpecT]]) -> Loaded[SpecT]:
    if name not in known:
        raise InputError.unknown(what, name, known)
    return known[name]


def _file_name(written: str, folder: str) -> str:
    path = PurePosixPath(written)
    inside = path.relative_to(folder) if path.is_relative_to(folder) else path
    return str(inside.with_suffix("") if inside.suffix == ".yaml" else inside)
