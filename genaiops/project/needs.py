"""What a project needs of its surroundings, and which of that is missing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from genaiops.errors import GenaiopsError, InputError, TrustError
from genaiops.index.freshness import IndexStatus
from genaiops.models.weights import WeightsStatus
from genaiops.project.entry_wants import variables_in
from genaiops.project.indexing import status
from genaiops.project.installation import Installation
from genaiops.project.lock import lock_problem
from genaiops.project.root import STORE_FILE
from genaiops.project.session import Session
from genaiops.project.wants import Used, used_by_eval, used_by_flow
from genaiops.specs import catalog
from genaiops.specs.base import Spec
from genaiops.specs.index import ChromaServer, IndexSpec


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that is not there; `is_needed` where a flow or evaluation cannot run without."""

    what: str
    remedy: str
    is_needed: bool = False


@dataclass(frozen=True, slots=True)
class ProjectState:
    """The project that was found; with `faults` in its files the rest is not known.

    `indexes` tells how each stands: `fresh`, `never built`, or what is wrong with it.
    """

    root: Path
    store_bytes: int = 0
    flows: tuple[str, ...] = ()
    evals: tuple[str, ...] = ()
    indexes: Mapping[str, str] = field(default_factory=dict[str, str])
    missing: tuple[Missing, ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def can_run(self) -> bool:
        """Whether nothing is known that would stop its flows and evaluations."""
        return not self.faults and not any(missing.is_needed for missing in self.missing)


@dataclass(frozen=True, slots=True)
class Needs:
    """What the flows and evaluations of a project need of its surroundings."""

    session: Session
    installation: Installation
    weights: tuple[WeightsStatus, ...]

    async def state(self) -> ProjectState:
        """The project, with all that is missing for it."""
        project, root = self.session.project, self.session.root
        try:
            used = self._used()
            missing = [*self._missing(used), *self._untrusted(used)]
        except InputError as error:
            return ProjectState(root, faults=tuple(str(error).splitlines()))
        indexes: dict[str, str] = {}
        for name in sorted(project.indexes):
            found = await self._index(name)
            if found is None:
                continue
            indexes[name] = found.problems[0] if found.problems else "fresh"
            if found.state not in {"fresh", "never_built", "old"}:
                told, remedy = f"index {name} {indexes[name]}", f"genaiops index build {name}"
                missing.append(Missing(told, remedy, name in used.indexes))
        return ProjectState(
            root=root,
            store_bytes=sum(path.stat().st_size for path in root.glob(f"{STORE_FILE}*")),
            flows=tuple(project.flows),
            evals=tuple(project.evals),
            indexes=indexes,
            missing=tuple(dict.fromkeys(missing)),
        )

    def _used(self) -> Used:
        """What flows and evaluations use as their files say it, without variants."""
        project, used = self.session.project, Used()
        for name in project.flows:
            used |= used_by_flow(project, name)
        for name in project.evals:
            used |= used_by_eval(project, name)
        return used

    def _missing(self, used: Used) -> Iterator[Missing]:
        spec = self.session.project.catalog.spec
        locked = {name: self.session.lock.models.get(name, name) for name in used.models}
        for name in sorted(used.models & spec.selections.keys()):
            problem = lock_problem(name, self.session.lock, spec)
            if problem is not None:
                yield Missing(
                    problem.split(": genaiops")[0], f"genaiops select {name}", is_needed=True
                )
        for name, entry in sorted(spec.models.items()):
            yield from self._entry(f"model {name}", entry, is_needed=name in locked.values())
        for name, entry in sorted(spec.embedders.items()):
            yield from self._entry(f"embedder {name}", entry, is_needed=name in used.embedders)
        for name, loaded in sorted(self.session.project.indexes.items()):
            for extra in _index_extras(loaded.spec):
                yield from self._extra(f"index {name}", extra, is_needed=name in used.indexes)

    def _entry(self, where: str, entry: Spec, *, is_needed: bool) -> Iterator[Missing]:
        """What one entry of the catalog needs and does not find."""
        for variable in sorted(set(variables_in(entry.model_dump(mode="json", by_alias=True)))):
            if not self.session.environment.get(variable):
                told = f"{where}: {variable} is not set"
                yield Missing(told, f"export {variable}=…", is_needed)
        match entry:
            case catalog.LocalModel() | catalog.LocalEmbedder():
                yield from self._extra(where, "local", is_needed=is_needed)
                yield from self._weights(where, entry.weights, is_needed=is_needed)
            case catalog.LangchainModel():
                yield from self._extra(where, "langchain", is_needed=is_needed)
            case catalog.ModerationModel():
                yield from self._extra(where, "openai", is_needed=is_needed)
            case catalog.ReplayModel() if not (self.session.root / entry.recording).is_file():
                yield Missing(
                    f"{where}: there is no file {entry.recording}", "genaiops check", is_needed
                )
            case _:
                pass

    def _weights(self, where: str, name: str, *, is_needed: bool) -> Iterator[Missing]:
        for listed in self.weights:
            if listed.name == name and listed.state != "present":
                size = f"{(listed.bytes - listed.bytes_here) / 1e6:,.0f} MB"
                told = f"{where}: weights {name} are not here ({size})"
                yield Missing(told, f"genaiops weights pull {name}", is_needed)

    def _extra(self, where: str, name: str, *, is_needed: bool) -> Iterator[Missing]:
        extra = self.installation.part(name)
        if not extra.is_installed:
            absent = ", ".join(package.name for package in extra.packages if not package.version)
            yield Missing(f"{where}: {absent} is not installed", extra.remedy, is_needed)

    def _untrusted(self, used: Used) -> Iterator[Missing]:
        try:
            self.session.require_trust(used)
        except TrustError as error:
            for want in error.wants:
                yield Missing(f"not trusted yet: {want}", "genaiops trust --yes")

    async def _index(self, name: str) -> IndexStatus | None:
        """How an index stands; None where what it needs is not there."""
        try:
            return await status(self.session, name)
        except GenaiopsError:
            return None


def _index_extras(spec: IndexSpec) -> Iterator[str]:
    if spec.store == "chroma" or isinstance(spec.store, ChromaServer):
        yield "chroma"
    if any(source.glob.endswith(".pdf") for source in spec.sources):
        yield "pdf"
