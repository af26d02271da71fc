"""The door of chromadb: a search structure made from the vectors of a version, never the truth."""

import uuid
from collections.abc import Generator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Protocol, cast
from urllib.parse import urlsplit

import chromadb
from chromadb.config import Settings
from chromadb.errors import NotFoundError

from genaiops.digests import canonical_json
from genaiops.errors import ExecutionError, InputError
from genaiops.index.ranking import DIGITS
from genaiops.index.versions import file_digest
from genaiops.protocols import Vectors

_BATCH = 5_000
_SEAL = "seal.json"
_HNSW = {"space": "cosine", "ef_construction": 200, "ef_search": 200, "max_neighbors": 32}


class _Answer(Protocol):
    """Nearest rows of each query."""

    def __getitem__(self, key: str, /) -> list[list[str]]: ...


class _Collection(Protocol):
    """What we use of a collection; its own signatures leave types open."""

    def count(self) -> int: ...
    def add(self, ids: list[str], embeddings: Vectors) -> None: ...
    def modify(self, name: str) -> None: ...
    def query(
        self, *, query_embeddings: Vectors, n_results: int, include: list[str]
    ) -> _Answer: ...


class _Client(Protocol):
    """What we use of a client."""

    def get_max_batch_size(self) -> int: ...
    def get_collection(self, name: str, embedding_function: None) -> _Collection: ...
    def create_collection(
        self, name: str, *, embedding_function: None, configuration: dict[str, object]
    ) -> _Collection: ...
    def delete_collection(self, name: str) -> None: ...
    def close(self) -> None: ...


class ChromaStore:
    """A collection whose ids are the rows of a version."""

    def __init__(self, client: _Client, collection: _Collection, place: str) -> None:
        self._client = client
        self._collection = collection
        self._place = place

    def count(self) -> int:
        """How many rows it holds."""
        with _at(self._place):
            return self._collection.count()

    def search(self, query: Vectors, k: int) -> list[tuple[int, float]]:
        """About the k nearest rows to a unit vector of shape (dimensions,), best first."""
        if k <= 0:
            return []
        with _at(self._place):
            answer = self._collection.query(
                query_embeddings=query[None, :], n_results=k, include=["distances"]
            )
            pairs = zip(answer["ids"][0], answer["distances"][0], strict=True)
            found = [(int(row), round(1 - float(distance), DIGITS)) for row, distance in pairs]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))

    def close(self) -> None:
        """Give back files and connections."""
        self._client.close()


def open_folder(folder: Path, name: str) -> ChromaStore | None:
    """Open what `build_folder` made, after comparing its files with their digests.

    Raises:
        ExecutionError: it is not whole, or Chroma does not open it.
    """
    with _at(str(folder)):
        if (folder / _SEAL).read_bytes() != _seal_of(folder):
            raise ExecutionError(f"{folder} is not what was built")
    return _opened(_embedded(folder), name, str(folder))


def build_folder(folder: Path, name: str, vectors: Vectors) -> None:
    """Fill an empty folder with embedded Chroma, and seal its files.

    Raises:
        ExecutionError: Chroma fails.
    """
    with closing(_embedded(folder)) as client, _at(str(folder)):
        _fill(client, name, vectors)
    (folder / _SEAL).write_bytes(_seal_of(folder))


def open_server(url: str, name: str) -> ChromaStore | None:
    """Open a collection of a server; None where it has none of this name.

    Raises:
        ExecutionError: the server does not answer as one.
        InputError: the URL is none.
    """
    return _opened(_remote(url), name, url)


def build_server(url: str, name: str, vectors: Vectors) -> None:
    """Fill a new collection of a server and give it its name, in the place of one that was there.

    Raises:
        ExecutionError: the server fails.
    """
    draft = f"{name}-{uuid.uuid4().hex[:12]}"
    with closing(_remote(url)) as client, _at(url):
        collection = _fill(client, draft, vectors)
        with suppress(NotFoundError):
            client.delete_collection(name)
        collection.modify(name)


def _opened(client: _Client, name: str, place: str) -> ChromaStore | None:
    """The collection of a client; without one the client is closed."""
    try:
        with _at(place):
            return ChromaStore(client, client.get_collection(name, None), place)
    except NotFoundError:
        client.close()
        return None
    except ExecutionError:
        client.close()
        raise


def _embedded(folder: Path) -> _Client:
    with _at(str(folder)):
        settings = Settings(anonymized_telemetry=False)
        return cast("_Client", chromadb.PersistentClient(path=str(folder), settings=settings))


def _remote(url: str) -> _Client:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise InputError(f"store: {url!r} is no URL of a Chroma server, such as http://host:8000")
    is_secure = parts.scheme == "https"
    with _at(url):
        client = chromadb.HttpClient(
            host=parts.hostname,
            port=parts.port or (443 if is_secure else 8000),
            ssl=is_secure,
            settings=Settings(anonymized_telemetry=False),
        )
        return cast("_Client", client)


def _fill(client: _Client, name: str, vectors: Vectors) -> _Collection:
    """Create a collection with our embeddings; it never makes any of its own."""
    collection = client.create_collection(
        name, embedding_function=None, configuration={"hnsw": _HNSW}
    )
    step = min(_BATCH, client.get_max_batch_size())
    for start in range(0, len(vectors), step):
        rows = range(start, min(start + step, len(vectors)))
        collection.add([str(row) for row in rows], vectors[rows.start : rows.stop])
    return collection


def _seal_of(folder: Path) -> bytes:
    """The digests of its files, but for the database, which Chroma writes to when it is read."""
    files = sorted(path for path in folder.rglob("*") if path.suffix in {".bin", ".pickle"})
    digests = {path.relative_to(folder).as_posix(): file_digest(path) for path in files}
    return canonical_json(digests).encode()


@contextmanager
def _at(place: str) -> Generator[None]:
    """Say where Chroma failed; what it raises has no common class, and a server adds its own."""
    try:
        yield
    except (ExecutionError, NotFoundError):
        raise
    except Exception as error:
        raise ExecutionError(
            f"Chroma at {place} failed: {type(error).__name__}: {error}"
        ) from error
