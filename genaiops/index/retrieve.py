"""Asking an index: dense, lexical, or both fused by reciprocal rank."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from genaiops.digests import digest
from genaiops.errors import InputError
from genaiops.index.freshness import IndexStatus, index_status
from genaiops.index.home import IndexHome
from genaiops.index.lexical import Lexicon
from genaiops.index.passages import PassageTable
from genaiops.index.ranking import Ranked, fuse
from genaiops.index.stores import OpenStore, kind_of_store, open_store
from genaiops.index.versions import IndexVersion, load_version
from genaiops.protocols import Clock, Embedder, Vectors
from genaiops.records import Passage
from genaiops.specs.index import IndexSpec

DEPTH = 50
"""How many rows of each ranking are fused at least."""


@dataclass(frozen=True, slots=True)
class Found:
    """A passage and what found it: its place, from 1, and score in each ranking that holds it.

    A dense score is a cosine, a lexical one a BM25 score; None where that ranking was not asked or
    did not find it.
    """

    passage: Passage
    dense_rank: int | None
    dense_score: float | None
    lexical_rank: int | None
    lexical_score: float | None


@dataclass(frozen=True, slots=True)
class _Parts:
    """What a version is searched with."""

    passages: PassageTable
    lexicon: Lexicon | None
    store: OpenStore | None
    embedder: Embedder | None


class BuiltIndex:
    """An index that answers; meets `protocols.Index`.

    `digest` covers the version, the mode and the kind of store: what decides an answer. `warnings`
    says what is off with it but does not stop it.
    """

    def __init__(
        self,
        name: str,
        digest: str,
        version: IndexVersion,
        parts: _Parts,
        warnings: tuple[str, ...],
    ) -> None:
        self.name = name
        self.digest = digest
        self.version = version
        self.warnings = warnings
        self._parts = parts

    async def retrieve(self, query: str, k: int) -> tuple[Passage, ...]:
        """The k best passages, best first, with scores; none for a blank query.

        Raises:
            ExecutionError: the embedder or the store fails.
        """
        return tuple(found.passage for found in await self.inspect(query, k))

    async def inspect(self, query: str, k: int) -> tuple[Found, ...]:
        """The passages that `retrieve` gives, with what found each.

        Raises:
            ExecutionError: the embedder or the store fails.
        """
        if k <= 0 or not query.strip():
            return ()
        embedder = self._parts.embedder
        vector = (await embedder.embed([query]))[0] if embedder else None
        return await asyncio.to_thread(self._find, query, vector, k)

    def close(self) -> None:
        """Give back files and connections."""
        if self._parts.store is not None:
            self._parts.store.close()

    def _find(self, query: str, vector: Vectors | None, k: int) -> tuple[Found, ...]:
        store, lexicon = self._parts.store, self._parts.lexicon
        depth = max(k, DEPTH) if store and lexicon else k
        depth = min(depth, len(self._parts.passages))
        dense = store.search(vector, depth) if store and vector is not None else None
        lexical = lexicon.search(query, depth) if lexicon else None
        return tuple(self._found(ranked) for ranked in fuse(dense, lexical, k))

    def _found(self, ranked: Ranked) -> Found:
        passage = self._parts.passages[ranked.row].model_copy(update={"score": ranked.score})
        return Found(
            passage,
            ranked.dense_rank,
            ranked.dense_score,
            ranked.lexical_rank,
            ranked.lexical_score,
        )


def open_index(
    spec: IndexSpec, name: str, root: Path, embedder: Embedder | None, *, clock: Clock
) -> BuiltIndex:
    """Open the current version of an index, if it still is what its spec and sources say.

    Args:
        spec: The index.
        name: Its name.
        root: The root of the project.
        embedder: The one that the spec names; None where it names none.
        clock: For the age of the index.

    Raises:
        InputError: it was never built, is damaged, was built in another way, or a source changed
            since and the spec does not say `on_change: warn`.
        ExecutionError: the disk or the store fails.
    """
    home = IndexHome(root, name)
    status = index_status(spec, name, root, embedder, clock=clock)
    if status.version is None or _refuses(spec, status):
        raise home.refusal(status.problems[0])
    warnings = tuple(str(home.refusal(problem)) for problem in status.problems)
    return _opened(spec, home, status.version, embedder, warnings)


def open_version(
    spec: IndexSpec, name: str, root: Path, embedder: Embedder | None, *, version: str
) -> BuiltIndex:
    """Open a version of an index by its digest, whatever its sources are by now.

    Raises:
        InputError: it is not there, is damaged, or was built with another embedder.
        ExecutionError: the disk or the store fails.
    """
    home = IndexHome(root, name)
    found = load_version(home.version_folder(version))
    built = found.manifest.recipe.embedder
    if built != (embedder.identity if embedder else None):
        raise InputError(
            f"version {version[:12]} of index {name!r} was built with another embedder "
            f"({built or 'none'}) than {spec.embedder or 'none'!r} is here"
        )
    return _opened(spec, home, found, embedder, ())


def _opened(
    spec: IndexSpec,
    home: IndexHome,
    version: IndexVersion,
    embedder: Embedder | None,
    warnings: tuple[str, ...],
) -> BuiltIndex:
    mode = spec.retrieve.mode
    with home.on_disk("read it"):
        lexicon = None if mode == "dense" else version.lexicon()
        store = None
        if mode != "lexical":
            store = open_store(spec.store, home, version.digest, version.vectors())
        parts = _Parts(version.passages(), lexicon, store, embedder if store else None)
    kind = kind_of_store(spec.store, version.manifest.passages) if store else None
    identity = digest({"version": version.digest, "mode": mode, "store": kind})
    return BuiltIndex(home.name, identity, version, parts, warnings)


def _refuses(spec: IndexSpec, status: IndexStatus) -> bool:
    match status.state:
        case "fresh" | "old":
            return False
        case "stale":
            return spec.freshness.on_change == "stale"
        case _:
            return True
