"""The matrix of an index version; a text that an earlier version embedded is not embedded again."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.lib.format import open_memmap

from genaiops.digests import digest_bytes
from genaiops.errors import ExecutionError
from genaiops.index.cutting import searched_text
from genaiops.index.verification import fault_of_vectors
from genaiops.index.versions import EMBEDDINGS_FILE, IndexVersion
from genaiops.protocols import Embedder, Vectors

OnProgress = Callable[[int, int], None]
"""Takes how many texts are embedded and how many there are to embed."""

_BATCH = 256


async def write_embeddings(
    folder: Path,
    texts: Iterable[str],
    rows: int,
    embedder: Embedder,
    *,
    previous: IndexVersion | None,
    on_progress: OnProgress,
) -> None:
    """Fill the matrix of a version: from the version before what it has, the rest anew.

    Raises:
        ExecutionError: the embedder gives anything but unit vectors of its dimensions.
    """
    shape = (rows, embedder.dimensions)
    matrix = open_memmap(folder / EMBEDDINGS_FILE, mode="w+", dtype=np.float32, shape=shape)
    kept = _kept_vectors(embedder, previous)
    new: dict[str, list[int]] = {}
    for row, text in enumerate(texts):
        vector = kept.get(digest_bytes(text.encode()))
        if vector is None:
            new.setdefault(text, []).append(row)
        else:
            matrix[row] = vector
    waiting = list(new)
    on_progress(0, len(waiting))
    for start in range(0, len(waiting), _BATCH):
        batch = waiting[start : start + _BATCH]
        for text, vector in zip(batch, await _embedded(embedder, batch), strict=True):
            matrix[new[text]] = vector
        on_progress(start + len(batch), len(waiting))
    matrix.flush()


async def _embedded(embedder: Embedder, texts: Sequence[str]) -> Vectors:
    vectors = await embedder.embed(texts)
    fault = fault_of_vectors(vectors, len(texts), embedder.dimensions)
    if fault:
        raise ExecutionError(f"the embedder gave something else than unit vectors: {fault}")
    return vectors


def _kept_vectors(embedder: Embedder, previous: IndexVersion | None) -> dict[str, Vectors]:
    """Digest of a text to its vector, if the version before used the same embedder."""
    if previous is None or previous.manifest.recipe.embedder != embedder.identity:
        return {}
    titles = {record.document: record.title for record in previous.documents()}
    vectors = previous.vectors()
    kept: dict[str, Vectors] = {}
    for row, passage in enumerate(previous.passages()):
        text = searched_text(passage, titles[passage.document])
        kept[digest_bytes(text.encode())] = vectors[row]
    return kept
