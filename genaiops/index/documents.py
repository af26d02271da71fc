"""The documents of an index: found by globs under the project root, each with a stable name."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from genaiops.digests import digest, digest_bytes
from genaiops.errors import InputError
from genaiops.index.formats import SUFFIXES, read_texts
from genaiops.specs.index import SourceSpec

MAX_FILE_BYTES = 50_000_000
_MAGIC = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that documents come from.

    `shown` is its path from the project root, `name` the id of its document: its path from the
    fixed folder of the glob.
    """

    path: Path
    shown: str
    name: str

    def read(self) -> bytes:
        """Its bytes.

        Raises:
            InputError: it cannot be read, or is over 50 MB.
        """
        try:
            size = self.path.stat().st_size
            if size > MAX_FILE_BYTES:
                raise InputError(
                    f"{self.shown} has {size / 1e6:,.0f} MB; a source file may have "
                    f"{MAX_FILE_BYTES // 1_000_000} MB: split it"
                )
            return self.path.read_bytes()
        except OSError as error:
            raise InputError(f"{self.shown}: cannot be read: {error.strerror}") from error


@dataclass(frozen=True, slots=True)
class Document:
    """A text with its name; offsets of passages count characters of `text`.

    A title helps to find the passages of the document and is no part of them.
    """

    id: str
    text: str
    title: str | None
    source: str

    @property
    def digest(self) -> str:
        """The sha256 of title and text."""
        return digest([self.title, self.text])


@dataclass(frozen=True, slots=True)
class Corpus:
    """Documents, sorted by id, and the sha256 of each source file by its path from the root."""

    documents: tuple[Document, ...]
    files: Mapping[str, str]


def find_sources(sources: Sequence[SourceSpec], root: Path) -> tuple[SourceFile, ...]:
    """All files that the globs match, sorted by path; a file that two globs match comes once.

    What lies under a hidden folder, or is hidden itself, is left out unless the glob names it.

    Raises:
        InputError: a glob leaves the project or matches nothing, or a file is no document.
    """
    found: dict[Path, SourceFile] = {}
    for source in sources:
        matched = list(_matches(source.glob, root))
        if not matched:
            raise InputError(f"sources: the glob {source.glob!r} matches no file of the project")
        for file in matched:
            found.setdefault(file.path, file)
    _refuse_other_formats(found.values())
    return tuple(sorted(found.values(), key=lambda file: file.shown))


def read_corpus(files: Sequence[SourceFile]) -> Corpus:
    """Read all files, each once.

    Raises:
        InputError: a file cannot be read, two documents have one id, or there is no text at all.
    """
    digests: dict[str, str] = {}
    documents: dict[str, Document] = {}
    for file in files:
        data = file.read()
        digests[file.shown] = digest_bytes(data)
        for document in _documents_of(file, data):
            other = documents.setdefault(document.id, document)
            if other is not document:
                raise InputError(
                    f"two documents have the id {document.id!r}: in {other.source} and in "
                    f"{file.shown}; narrow the globs, or rename one"
                )
    if not any(document.text.strip() for document in documents.values()):
        raise InputError(f"sources: there is no text in {len(files)} files; nothing can be found")
    return Corpus(tuple(documents[name] for name in sorted(documents)), digests)


def _documents_of(file: SourceFile, data: bytes) -> Iterator[Document]:
    for read in read_texts(data, file.path.suffix.lower(), file.shown):
        yield Document(read.id or file.name, read.text, read.title, file.shown)


def source_digests(files: Sequence[SourceFile]) -> dict[str, str]:
    """Path from the root to the sha256 of the bytes.

    Raises:
        InputError: a file cannot be read.
    """
    return {file.shown: digest_bytes(file.read()) for file in files}


def _matches(glob: str, root: Path) -> Iterator[SourceFile]:
    pattern = PurePosixPath(glob)
    if not pattern.parts or pattern.is_absolute() or ".." in pattern.parts:
        raise InputError(f"sources: the glob {glob!r} must stay inside of the project")
    prefix = _fixed_prefix(pattern)
    folder, real_root = root / prefix, root.resolve()
    for path in _globbed(glob, root):
        name = path.relative_to(folder)
        if _is_hidden(name, pattern) or not path.is_file():
            continue
        shown = path.relative_to(root).as_posix()
        if not path.resolve().is_relative_to(real_root):
            raise InputError(f"{shown} is a link out of the project; copy what it points at")
        yield SourceFile(path, shown, name.as_posix())


def _globbed(glob: str, root: Path) -> list[Path]:
    try:
        return sorted(root.glob(glob))
    except ValueError as error:
        raise InputError(f"sources: the glob {glob!r} is wrong: {error}") from error


def _fixed_prefix(pattern: PurePosixPath) -> PurePosixPath:
    """The folders before the first part with a wildcard."""
    fixed: list[str] = []
    for part in pattern.parts[:-1]:
        if _MAGIC & set(part):
            break
        fixed.append(part)
    return PurePosixPath(*fixed)


def _is_hidden(name: Path, pattern: PurePosixPath) -> bool:
    return any(part.startswith(".") and part not in pattern.parts for part in name.parts)


def _refuse_other_formats(files: Iterable[SourceFile]) -> None:
    others = [file.shown for file in files if file.path.suffix.lower() not in SUFFIXES]
    if others:
        rest = f" and {len(others) - 3} more" if len(others) > 3 else ""
        raise InputError(
            f"no documents: {', '.join(others[:3])}{rest}; documents are "
            f"{', '.join(sorted(SUFFIXES))}: narrow the glob, for example to **/*.md"
        )
