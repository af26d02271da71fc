"""Building an index: aside, verified, and published by one rename."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from genaiops.index.cutting import CutDocument, count_passages, cut_documents
from genaiops.index.documents import Corpus, find_sources, read_corpus
from genaiops.index.embedding import OnProgress, write_embeddings
from genaiops.index.home import IndexHome, OnWait
from genaiops.index.lexical import write_lexicon
from genaiops.index.passages import write_passages
from genaiops.index.stores import check_store, open_store
from genaiops.index.versions import (
    DOCUMENTS_FILE,
    SOURCES_FILE,
    DocumentRecord,
    IndexVersion,
    Manifest,
    Recipe,
    SourceRecord,
    file_digest,
    load_version,
    version_digest,
    write_manifest,
    write_records,
)
from genaiops.protocols import Clock, Embedder
from genaiops.specs.index import IndexSpec


async def build_index(
    spec: IndexSpec,
    name: str,
    root: Path,
    embedder: Embedder | None,
    *,
    clock: Clock,
    on_progress: OnProgress | None = None,
) -> IndexVersion:
    """Build the index that a spec describes and make it the current version.

    Where documents, chunker and embedder are those of a kept version, that one becomes current.
    Texts that the current version embedded are not embedded again. Until the end readers see the
    version that was there, and after a crash too.

    Args:
        spec: The index.
        name: Its name; its versions live in `.genaiops/indexes/<name>`.
        root: The root of the project.
        embedder: The one that the spec names; None where it names none.
        clock: Tells when it was built.
        on_progress: Called before the first and after each batch of texts that are embedded.

    Raises:
        InputError: the sources are wrong.
        ExecutionError: the disk, the embedder or the store fails, or another process builds it.
    """
    home = IndexHome(root, name)
    with home.on_disk("build it"), home.only_writer():
        return await _publish(home, spec, root, embedder, clock=clock, on_progress=on_progress)


async def build_first(
    spec: IndexSpec,
    name: str,
    root: Path,
    embedder: Embedder | None,
    *,
    clock: Clock,
    on_wait: OnWait,
) -> IndexVersion | None:
    """Build an index as `build_index` does, if it never was, also not by another process by now.

    Of several processes that need an index one builds it, and the others wait.

    Args:
        spec: The index.
        name: Its name.
        root: The root of the project.
        embedder: The one that the spec names; None where it names none.
        clock: Tells when it was built.
        on_wait: Called once, before waiting for another process.

    Returns:
        The version that was built here; None where another process has built one.

    Raises:
        InputError: the sources are wrong.
        ExecutionError: the disk, the embedder or the store fails.
    """
    home = IndexHome(root, name)
    with home.on_disk("build it"):
        async with home.next_writer(on_wait):
            if home.publications():
                return None
            return await _publish(home, spec, root, embedder, clock=clock, on_progress=None)


async def _publish(
    home: IndexHome,
    spec: IndexSpec,
    root: Path,
    embedder: Embedder | None,
    *,
    clock: Clock,
    on_progress: OnProgress | None,
) -> IndexVersion:
    """Build a version, or take a kept one that is the same; the lock is held."""
    home.clean()
    corpus = read_corpus(find_sources(spec.sources, root))
    recipe = Recipe.of(spec, embedder)
    digests = {document.id: document.digest for document in corpus.documents}
    version = home.intact(version_digest(recipe, digests))
    if version is None:
        draft = _Draft(home, spec, recipe, corpus, embedder)
        version = await draft.build(clock().isoformat(), on_progress or _show_nothing)
    else:
        _check_search(spec, home, version)
    home.publish(version, clock())
    return version


class _Draft:
    """A version that is being built."""

    def __init__(
        self,
        home: IndexHome,
        spec: IndexSpec,
        recipe: Recipe,
        corpus: Corpus,
        embedder: Embedder | None,
    ) -> None:
        self._home = home
        self._spec = spec
        self._recipe = recipe
        self._corpus = corpus
        self._embedder = embedder
        self._previous = home.intact_current()

    async def build(self, built_at: str, on_progress: OnProgress) -> IndexVersion:
        documents, previous = self._corpus.documents, self._previous
        cuts = await cut_documents(documents, self._recipe, self._embedder, previous)
        digest = version_digest(self._recipe, {cut.document.id: cut.digest for cut in cuts})
        with self._home.aside() as aside:
            self._write_texts(aside, cuts)
            if self._embedder is not None:
                check_store(self._spec.store, self._home, digest, count_passages(cuts))
                await write_embeddings(
                    aside,
                    (text for cut in cuts for text in cut.texts()),
                    count_passages(cuts),
                    self._embedder,
                    previous=previous,
                    on_progress=on_progress,
                )
            self._write_manifest(aside, digest, cuts, built_at)
            _check_search(self._spec, self._home, load_version(aside))
            self._home.move_in(aside, self._home.version_folder(digest))
        return load_version(self._home.version_folder(digest))

    def _write_texts(self, folder: Path, cuts: Sequence[CutDocument]) -> None:
        files = self._corpus.files.items()
        sources = (SourceRecord(path=path, sha256=sha256) for path, sha256 in files)
        write_records(folder / SOURCES_FILE, sources)
        write_records(folder / DOCUMENTS_FILE, (_record(cut) for cut in cuts))
        write_passages(folder, (passage for cut in cuts for passage in cut.passages()))
        write_lexicon(folder, (text for cut in cuts for text in cut.texts()))

    def _write_manifest(
        self, folder: Path, digest: str, cuts: Sequence[CutDocument], built_at: str
    ) -> None:
        files = {path.name: file_digest(path) for path in sorted(folder.iterdir())}
        manifest = Manifest(
            digest=digest,
            recipe=self._recipe,
            documents=len(cuts),
            passages=count_passages(cuts),
            files=files,
            built_at=built_at,
        )
        write_manifest(folder, manifest)


def _check_search(spec: IndexSpec, home: IndexHome, version: IndexVersion) -> None:
    """Make the search structure, and see that it finds what is there."""
    if version.manifest.recipe.embedder is not None:
        with closing(open_store(spec.store, home, version.digest, version.vectors())):
            pass


def _record(cut: CutDocument) -> DocumentRecord:
    return DocumentRecord(
        document=cut.document.id,
        source=cut.document.source,
        title=cut.document.title,
        sha256=cut.digest,
        characters=len(cut.document.text),
        passages=len(cut.spans),
    )


def _show_nothing(done: int, total: int) -> None:
    """Nobody watches."""
