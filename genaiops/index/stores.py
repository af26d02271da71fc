"""Which store searches an index, and making it ready: opened, verified, else built again."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, cast

from genaiops.errors import ExecutionError
from genaiops.index.exact import ExactStore
from genaiops.index.home import IndexHome
from genaiops.index.verification import fault_of_search
from genaiops.protocols import SearchStore, Vectors
from genaiops.resolve import load_extra
from genaiops.specs.index import ChromaServer

EXACT_UP_TO = 50_000
StoreSpec = Literal["auto", "exact", "chroma"] | ChromaServer


class OpenStore(SearchStore, Protocol):
    """A store that holds files or connections."""

    def close(self) -> None: ...


class _CountingStore(OpenStore, Protocol):
    def count(self) -> int: ...


class _ChromaModule(Protocol):
    """The door, loaded on use."""

    def open_folder(self, folder: Path, name: str) -> _CountingStore | None: ...
    def build_folder(self, folder: Path, name: str, vectors: Vectors) -> None: ...
    def open_server(self, url: str, name: str) -> _CountingStore | None: ...
    def build_server(self, url: str, name: str, vectors: Vectors) -> None: ...


class _Place(Protocol):
    """Where a search structure lives."""

    def open(self) -> _CountingStore | None: ...
    def build(self, vectors: Vectors) -> None: ...


@dataclass(frozen=True, slots=True)
class _Folder:
    """Embedded Chroma beside the versions; it is built aside and moved in."""

    chroma: _ChromaModule
    home: IndexHome
    digest: str

    def open(self) -> _CountingStore | None:
        try:
            return self.chroma.open_folder(self.home.search_folder(self.digest), _name(self.digest))
        except ExecutionError:
            return None

    def build(self, vectors: Vectors) -> None:
        with self.home.aside() as aside:
            self.chroma.build_folder(aside, _name(self.digest), vectors)
            self.home.move_in(aside, self.home.search_folder(self.digest))


@dataclass(frozen=True, slots=True)
class _Server:
    """A collection of a Chroma server."""

    chroma: _ChromaModule
    url: str
    digest: str

    def open(self) -> _CountingStore | None:
        return self.chroma.open_server(self.url, _name(self.digest))

    def build(self, vectors: Vectors) -> None:
        self.chroma.build_server(self.url, _name(self.digest), vectors)


def kind_of_store(spec: StoreSpec, rows: int) -> Literal["exact", "chroma"]:
    """What a spec means for an index of so many passages."""
    if spec == "auto":
        return "exact" if rows <= EXACT_UP_TO else "chroma"
    return "exact" if spec == "exact" else "chroma"


def check_store(spec: StoreSpec, home: IndexHome, digest: str, rows: int) -> None:
    """Find out before long work whether the store can be had at all.

    Raises:
        ExecutionError: a server does not answer.
        MissingExtra: Chroma is not installed.
    """
    if kind_of_store(spec, rows) == "chroma":
        store = _place(spec, home, digest).open()
        if store is not None:
            store.close()


def open_store(spec: StoreSpec, home: IndexHome, digest: str, vectors: Vectors) -> OpenStore:
    """A store over the vectors of a version that was verified against exact search.

    A search structure that is missing or does not verify is built again from the vectors.

    Raises:
        ExecutionError: it does not verify even then, or a server fails.
        MissingExtra: Chroma is not installed.
    """
    if kind_of_store(spec, len(vectors)) == "exact":
        return ExactStore(vectors)
    place = _place(spec, home, digest)
    store = _verified(place, vectors)
    if store is not None:
        return store
    with home.only_writer(wait=True):
        store = _verified(place, vectors)
        if store is None:
            place.build(vectors)
            store = _verified(place, vectors)
    if store is None:
        raise ExecutionError(
            f"index {home.name!r}: Chroma does not agree with exact search, not even when built "
            f"anew; set store: exact"
        )
    return store


def _place(spec: StoreSpec, home: IndexHome, digest: str) -> _Place:
    chroma = cast("_ChromaModule", load_extra("genaiops.index.chroma", "store: chroma", "chroma"))
    if isinstance(spec, ChromaServer):
        return _Server(chroma, spec.chroma, digest)
    return _Folder(chroma, home, digest)


def _verified(place: _Place, vectors: Vectors) -> OpenStore | None:
    store = place.open()
    if store is None:
        return None
    try:
        if store.count() == len(vectors) and fault_of_search(store, vectors) is None:
            return store
    except ExecutionError:
        pass  # what fails to answer is built again
    store.close()
    return None


def _name(digest: str) -> str:
    return f"genaiops-{digest[:12]}"
