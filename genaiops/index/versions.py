"""An index version: one immutable folder, and the digests by which it is trusted."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import ValidationError

from genaiops.digests import canonical_json, digest
from genaiops.errors import InputError
from genaiops.index.lexical import POSTINGS_FILE, WORDS_FILE, Lexicon, read_lexicon
from genaiops.index.passages import PASSAGES_FILE, PassageTable
from genaiops.protocols import Embedder, Vectors
from genaiops.records import Record
from genaiops.specs.index import ChunkSpec, IndexSpec

FORMAT = 1
MANIFEST_FILE = "manifest.json"
SOURCES_FILE = "sources.jsonl"
DOCUMENTS_FILE = "documents.jsonl"
EMBEDDINGS_FILE = "embeddings.npy"
DATA_FILES = (SOURCES_FILE, DOCUMENTS_FILE, PASSAGES_FILE, WORDS_FILE, POSTINGS_FILE)
"""Of every version; `EMBEDDINGS_FILE` besides, where there is an embedder."""


class Recipe(Record):
    """What, besides the documents, decides an index: how they are cut and embedded.

    `measure` is what a token is: `characters`, `words`, or the identity of the embedder.
    """

    format: Literal[1] = FORMAT
    chunk: ChunkSpec
    measure: str
    embedder: str | None
    dimensions: int

    @classmethod
    def of(cls, spec: IndexSpec, embedder: Embedder | None) -> "Recipe":
        """The recipe of a spec with the embedder that it names."""
        identity = embedder.identity if embedder else None
        measure = "characters" if spec.chunk.unit == "characters" else identity or "words"
        dimensions = embedder.dimensions if embedder else 0
        return cls(chunk=spec.chunk, measure=measure, embedder=identity, dimensions=dimensions)

    def cuts_like(self, other: "Recipe") -> bool:
        """Whether both cut a document into the same chunks."""
        return self.chunk.model_dump() == other.chunk.model_dump() and self.measure == other.measure


class SourceRecord(Record):
    """A source file by its path from the project root, with the sha256 of its bytes."""

    path: str
    sha256: str


class DocumentRecord(Record):
    """A document, with the sha256 of its title and text and the number of its passages."""

    document: str
    source: str
    title: str | None
    sha256: str
    characters: int
    passages: int


class Manifest(Record):
    """What an index version is made of; `files` holds the sha256 of each of its files."""

    digest: str
    recipe: Recipe
    documents: int
    passages: int
    files: dict[str, str]
    built_at: str


@dataclass(frozen=True, slots=True)
class IndexVersion:
    """A verified version on disk; its parts are read when they are asked for."""

    folder: Path
    manifest: Manifest

    @property
    def digest(self) -> str:
        """The identity of the version: documents, chunks and embedder."""
        return self.manifest.digest

    def sources(self) -> dict[str, str]:
        """Path of each source file to the sha256 of its bytes."""
        lines = (self.folder / SOURCES_FILE).read_bytes().splitlines()
        return {one.path: one.sha256 for one in map(SourceRecord.model_validate_json, lines)}

    def documents(self) -> tuple[DocumentRecord, ...]:
        """The documents, sorted by id."""
        lines = (self.folder / DOCUMENTS_FILE).read_bytes().splitlines()
        return tuple(DocumentRecord.model_validate_json(line) for line in lines)

    def passages(self) -> PassageTable:
        """The passages, by row."""
        return PassageTable(self.folder / PASSAGES_FILE)

    def lexicon(self) -> Lexicon:
        """The words of the passages."""
        return read_lexicon(self.folder, self.manifest.passages)

    def vectors(self) -> Vectors:
        """The unit vectors of the passages, mapped into memory; no rows without an embedder."""
        if self.manifest.recipe.embedder is None:
            return np.zeros((0, 0), dtype=np.float32)
        return np.load(self.folder / EMBEDDINGS_FILE, mmap_mode="r", allow_pickle=False)


def version_digest(recipe: Recipe, documents: Mapping[str, str]) -> str:
    """The identity of the version that a recipe makes of documents (id to sha256)."""
    return digest({"recipe": recipe.model_dump(mode="json"), "documents": dict(documents)})


def load_version(folder: Path) -> IndexVersion:
    """Open a version, after comparing every file with its digest.

    Raises:
        InputError: a file is missing, damaged, or of another format.
    """
    try:
        manifest = Manifest.model_validate_json((folder / MANIFEST_FILE).read_bytes())
        for name, expected in manifest.files.items():
            if file_digest(folder / name) != expected:
                raise InputError(f"{name} of version {folder.name} is not what was built")
    except FileNotFoundError as error:
        missing = Path(str(error.filename)).name
        raise InputError(f"{missing} of version {folder.name} is missing") from error
    except ValidationError as error:
        raise InputError(
            f"{MANIFEST_FILE} of version {folder.name} cannot be read by this version of genaiops"
        ) from error
    version = IndexVersion(folder, manifest)
    if not _adds_up(version):
        raise InputError(f"the counts of version {folder.name} do not add up")
    return version


def _adds_up(version: IndexVersion) -> bool:
    """Whether the manifest, which has no digest of its own, tells of this folder."""
    manifest, documents = version.manifest, version.documents()
    needed = {*DATA_FILES, *((EMBEDDINGS_FILE,) if manifest.recipe.embedder else ())}
    digest = version_digest(manifest.recipe, {one.document: one.sha256 for one in documents})
    return (
        set(manifest.files) == needed
        and manifest.digest == digest
        and manifest.documents == len(documents)
        and manifest.passages == sum(one.passages for one in documents)
    )


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest, the last file of a version."""
    text = canonical_json(manifest.model_dump(mode="json"))
    (folder / MANIFEST_FILE).write_bytes(text.encode() + b"\n")


def write_records(path: Path, records: Iterable[Record]) -> None:
    """Write one record a line."""
    lines = (canonical_json(record.model_dump(mode="json")).encode() for record in records)
    path.write_bytes(b"".join(line + b"\n" for line in lines))


def file_digest(path: Path) -> str:
    """The sha256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
