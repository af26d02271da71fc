"""Whether an index still is what its spec and its sources say."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from genaiops.index.documents import find_sources, read_corpus, source_digests
from genaiops.index.home import IndexHome
from genaiops.index.versions import IndexVersion, Recipe
from genaiops.protocols import Clock, Embedder
from genaiops.specs.index import ChunkSpec, IndexSpec

State = Literal["never_built", "other_embedder", "other_chunker", "stale", "old", "fresh"]
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Changes:
    """Documents, by id, that differ from those that an index was built of."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)

    def __str__(self) -> str:
        """For example `1 changed, 1 added (prices.md, new.md)`, with at most three names."""
        kinds = (("changed", self.changed), ("added", self.added), ("removed", self.removed))
        counts = ", ".join(f"{len(names)} {kind}" for kind, names in kinds if names)
        names = [name for _, named in kinds for name in named]
        more = ", …" if len(names) > _SHOWN else ""
        return f"{counts} ({', '.join(names[:_SHOWN])}{more})"


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """How an index stands; `built_at` is when a build last ended on its version.

    `problems` has all that is off, the gravest first; `state` is the gravest.
    """

    state: State
    problems: tuple[str, ...]
    version: IndexVersion | None = None
    built_at: datetime | None = None
    changes: Changes = Changes()


def index_status(
    spec: IndexSpec, name: str, root: Path, embedder: Embedder | None, *, clock: Clock
) -> IndexStatus:
    """Compare an index with its spec, its sources and the clock.

    Raises:
        InputError: the index is damaged, or its sources cannot be read.
        ExecutionError: the disk fails.
    """
    home = IndexHome(root, name)
    with home.on_disk("read it"):
        published = home.publications()
        if not published:
            return IndexStatus("never_built", ("was never built",))
        version = home.current()
        changes = find_changes(version, spec, root)
    age = clock() - published[0].built_at
    found = _problems(spec, version.manifest.recipe, Recipe.of(spec, embedder), changes, age)
    state: State = found[0][0] if found else "fresh"
    problems = tuple(sentence for _, sentence in found)
    return IndexStatus(state, problems, version, published[0].built_at, changes)


def find_changes(version: IndexVersion, spec: IndexSpec, root: Path) -> Changes:
    """Which documents differ now; they are only looked at when the bytes of their files differ.

    Raises:
        InputError: the sources cannot be read.
    """
    files = find_sources(spec.sources, root)
    if source_digests(files) == version.sources():
        return Changes()
    before = {record.document: record.sha256 for record in version.documents()}
    now = {document.id: document.digest for document in read_corpus(files).documents}
    both = sorted(before.keys() & now.keys())
    return Changes(
        added=tuple(sorted(now.keys() - before.keys())),
        changed=tuple(name for name in both if before[name] != now[name]),
        removed=tuple(sorted(before.keys() - now.keys())),
    )


def _problems(
    spec: IndexSpec, built: Recipe, wanted: Recipe, changes: Changes, age: timedelta
) -> list[tuple[State, str]]:
    problems: list[tuple[State, str]] = []
    if built.embedder != wanted.embedder or built.dimensions != wanted.dimensions:
        named = f"{spec.embedder!r} as it is now" if spec.embedder else "none"
        problems.append(("other_embedder", f"was built with another embedder than {named}"))
    elif not built.cuts_like(wanted):
        was, now = built.chunk, wanted.chunk
        problems.append(
            ("other_chunker", f"was cut by {_shown(was)}, and its file says {_shown(now)}")
        )
    if changes:
        problems.append(("stale", f"is stale: documents {changes}"))
    limit = spec.freshness.max_age
    if limit and age > int(limit[:-1]) * _UNITS[limit[-1]]:
        problems.append(("old", f"was built {_age(age)} ago, max_age is {limit}"))
    return problems


def _shown(chunk: ChunkSpec) -> str:
    return f"{chunk.by} {chunk.size} with overlap {chunk.overlap} in {chunk.unit}"


def _age(age: timedelta) -> str:
    return f"{age.days}d" if age.days else f"{age.seconds // 3600}h"
