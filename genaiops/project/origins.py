"""The files and lines behind a decision, by their paths from the root of the repository."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from genaiops.evaluations.reports.origin import Origin, Site
from genaiops.gates import gate_text
from genaiops.project.root import repository_of
from genaiops.project.session import Session
from genaiops.records import Decision
from genaiops.specs.document import Document

_KINDS = ("prompt", "python", "flow", "index", "model", "dataset", "metrics")
"""What can be at fault for an answer, the most direct first."""


def origin_of(session: Session, decision: Decision) -> Origin:
    """Where the gates of a decision stand, and the files that changed since its baseline."""
    files = _Files(session, _prefix(session.root), decision.eval)
    loaded = session.project.eval(decision.eval)
    gates = {
        gate_text(gate): files.written(loaded.document, "gates", place)
        for place, gate in enumerate(loaded.spec.gates)
    }
    return Origin(
        evaluation=files.written(loaded.document),
        gates=gates,
        changed=tuple(files.of(decision.changed)),
    )


@dataclass(frozen=True, slots=True)
class _Files:
    """Finds the file of an input by how a run names it: `prompt flows/a/answer.md`."""

    session: Session
    prefix: str
    evaluation: str

    def of(self, names: tuple[str, ...]) -> Iterator[Site]:
        sites: dict[Site, None] = {}
        for kind in _KINDS:
            for name in names:
                first, _, rest = name.partition(" ")
                site = self._site(kind, rest) if first == kind else None
                if site is not None:
                    sites[site] = None
        yield from sites

    def written(self, document: Document, *path: str | int) -> Site:
        """Where a part of a file stands."""
        place = document.fault(path, "")
        return Site(f"{self.prefix}{place.file}", place.line)

    def _site(self, kind: str, name: str) -> Site | None:
        project = self.session.project
        spec, document = project.eval(self.evaluation)
        specs = {"flow": project.flows, "index": project.indexes}
        if name in specs.get(kind, {}):
            return self.written(specs[kind][name].document)
        if kind == "model":
            return self.written(project.catalog.document, "models", name)
        if kind == "metrics":
            return self.written(document, "metrics")
        return self._file(spec.dataset if kind == "dataset" else name)

    def _file(self, written: str) -> Site | None:
        """A file of the project; `app:answer` is one of Python."""
        module = written.partition(":")[0].replace(".", "/")
        for path in (written, f"{module}.py", f"{module}/__init__.py"):
            if (self.session.root / path).is_file():
                return Site(f"{self.prefix}{path}")
        return None


def _prefix(root: Path) -> str:
    """The path of the project in its repository, with a slash behind it; empty at its root."""
    repository = repository_of(root)
    if repository is None or repository == root.resolve():
        return ""
    return f"{root.resolve().relative_to(repository).as_posix()}/"
