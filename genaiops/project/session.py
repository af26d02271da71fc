"""A project as one command sees it: read, with its variables, its lock and what is trusted."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from genaiops.datasets import dataset_path
from genaiops.errors import InputError
from genaiops.project.environment import filed_variables, process_environment
from genaiops.project.files import Project, empty_project, load_project
from genaiops.project.git import Git
from genaiops.project.kept_folder import keep_out_of_git, refuse_planted
from genaiops.project.lock import CatalogLock, read_lock
from genaiops.project.root import KEPT_FOLDER, STORE_FILE, find_project_file
from genaiops.project.wants import (
    Used,
    used_by_any_code,
    used_by_eval,
    used_by_flow,
    wants_of,
)
from genaiops.protocols import Clock
from genaiops.store import Store
from genaiops.trust import TrustBook, Want, require, wants_digest


@dataclass(frozen=True, slots=True)
class Session:
    """What commands share.

    `allowed` is the digest of wants that came with the command: its own, or the whole project's. It
    `is_said` by the command itself, or comes by a variable, which stands for many commands.
    `named` is what the command line itself names, which is trusted by that; `files` are the prompts
    and data among it, by what a spec says in their place: they may lie outside of the project.
    `filed` are the variables that a file of the project gives. `granted` is what a digest allowed:
    a part of it may be used later.

    The files of a base commit stand in a folder of their own: `home` is the project that they are
    of, which keeps what is stored, and `commit` theirs. `beside` is what such a folder wants, where
    the same command evaluates it too. A release, too, has a folder of its own: `pinned` are the
    versions of its indexes, and `release` is its id where it is served from a package. Where it
    `is_live`, users ask, and no trace of what they ask is left.
    """

    project: Project
    environment: Mapping[str, str]
    lock: CatalogLock
    book: TrustBook
    clock: Clock
    allowed: str | None = None
    is_said: bool = False
    named: Used = field(default_factory=Used)
    files: Mapping[str, Path] = field(default_factory=dict[str, Path])
    filed: Mapping[str, str] = field(default_factory=dict[str, str])
    granted: set[Want] = field(default_factory=set[Want])
    home: Path | None = None
    commit: str | None = None
    beside: tuple[Want, ...] = ()
    pinned: Mapping[str, str] = field(default_factory=dict[str, str])
    release: str | None = None
    is_live: bool = False

    @property
    def root(self) -> Path:
        """The project root."""
        return self.project.root

    @property
    def kept(self) -> Path:
        """The folder in which results are kept: the root, but for a base commit or a release."""
        return self.home or self.root

    def open_store(self) -> Store:
        """The store of the project, made where it is missing, in a folder that git leaves out.

        Raises:
            StoreError: it cannot be opened.
        """
        keep_out_of_git(self.kept / KEPT_FOLDER)
        return Store(self.kept / STORE_FILE)

    def read_store(self) -> Store:
        """The store of the project, to read only; it is empty where there is none yet.

        Raises:
            StoreError: it cannot be read.
        """
        return Store(self.kept / STORE_FILE, read_only=True)

    def dataset_path(self, written: str) -> Path:
        """The file of a dataset, as an evaluation or the command line says it.

        Raises:
            InputError: it is not there, or an evaluation names one outside of the project.
        """
        return self.files.get(written) or dataset_path(self.root, written)

    def shown(self, written: str) -> str:
        """How a file is called in messages: as the command line or the spec names it."""
        return str(self.files.get(written, written))

    def naming(self, used: Used) -> "Session":
        """The session of a command line that names this itself."""
        return replace(self, named=self.named | used)

    def wants(self, used: Used) -> tuple[Want, ...]:
        """What has to be trusted before this is used, without what the command line names."""
        named, wanted = self._wants_of(self.named), self._wants_of(used)
        left = [want for want in wanted if want not in named]
        if any(want.kind == "host" for want in left):
            # a variable that was named for one host may be sent to this one
            left = [want for want in wanted if want in left or want.kind == "variable"]
        return tuple(sorted({*left, *self.beside}))

    def all_wants(self) -> tuple[Want, ...]:
        """What any command may want of the project."""
        return self._wants_of(used_by_project(self.project))

    def require_trust(self, used: Used) -> None:
        """Go on only if all that is about to be used is trusted.

        Raises:
            TrustError: something is not trusted yet.
        """
        wants = tuple(want for want in self.wants(used) if want not in self.granted)
        if self.allowed is not None and wants:
            whole = self.all_wants()
            if self.allowed == wants_digest(whole) and set(wants) <= set(whole):
                return
        require(wants, self.book, root=self.root, allowed_digest=self.allowed)
        self.granted.update(wants)

    def refuse_other_digest(self, used: Used) -> None:
        """See that a digest which the command says is that of what it uses, or of the project.

        Raises:
            InputError: it is another one, so what was looked at is not what is here.
        """
        if not self.is_said:
            return
        wants = self.wants(used)
        if self.allowed in (wants_digest(wants), wants_digest(self.all_wants())):
            return
        own = f"that is {wants_digest(wants)}" if wants else "nothing has to be trusted for it"
        raise InputError(
            f"--trust {self.allowed} is not the digest of what this wants: {own}. Look at it by "
            "genaiops trust; what is trusted on this machine needs no --trust"
        )

    def _wants_of(self, used: Used) -> tuple[Want, ...]:
        return wants_of(self.project, used, self.lock.models, self.filed)


def open_session(
    named: Path | None = None, *, allowed: str | None = None, anywhere: bool = False
) -> Session:
    """Read the project around the working folder, or the one that is named.

    `anywhere` takes a working folder without a project for an empty one.

    Raises:
        InputError: there is no project, or its store lies elsewhere.
        SpecError: its files have faults; all of them.
    """
    file = find_project_file(Path.cwd(), named, anywhere=anywhere)
    refuse_planted(file.parent)
    project = load_project(file.parent, file.name)
    process = process_environment()
    filed = filed_variables(file.parent, project.spec.env_file, process)
    return Session(
        project=project,
        environment={**filed, **process},
        lock=read_lock(file.parent),
        book=TrustBook(config_folder(process) / "trust.json"),
        clock=utc_now,
        allowed=allowed or process.get("GENAIOPS_TRUST"),
        is_said=bool(allowed),
        filed=filed,
    )


def kept_session(named: Path | None = None) -> Session:
    """What was kept of a project, for commands that have to work while its files are broken.

    Raises:
        InputError: there is no project, or its store lies elsewhere.
    """
    root = find_project_file(Path.cwd(), named).parent
    refuse_planted(root)
    process = process_environment()
    book = TrustBook(config_folder(process) / "trust.json")
    return Session(empty_project(root), process, CatalogLock(), book, utc_now)


def used_by_project(project: Project) -> Used:
    """What any command may use: all models, embedders, indexes, flows, variants, evaluations."""
    used = used_by_any_code(project)
    for name, loaded in project.flows.items():
        for variant in (None, *loaded.spec.variants):
            used |= used_by_flow(project, name, variant=variant)
    for name in project.evals:
        used |= used_by_eval(project, name)
    return used


def config_folder(environment: Mapping[str, str]) -> Path:
    """The user's own folder for settings."""
    base = environment.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path.home() / ".config") / "genaiops"


def utc_now() -> datetime:
    """The clock of the process; everything below is handed it."""
    return datetime.now(UTC)  # noqa: TID251  the one place that reads the wall clock


def git_commit(root: Path) -> str | None:
    """The commit that is checked out, where the project is in a git repository."""
    try:
        answer = Git(root).ask("rev-parse", "HEAD")
    except InputError:  # no git is installed
        return None
    return answer.text if answer.code == 0 else None
