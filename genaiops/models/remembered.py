"""An embedder that embeds a text once: its vector is remembered here, and beyond by a memory."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from genaiops.digests import digest
from genaiops.protocols import Embedder, VectorMemory, Vectors

REMEMBERED = 20_000
"""Vectors that are kept in this process: some 30 MB of MiniLM's."""
_LENGTH_TOLERANCE = 1e-3


class RememberedEmbedder:
    """Puts a memory before an embedder; meets `protocols.Embedder`.

    The embedder is asked for a text only where neither this process nor the memory knows its
    vector, so one that loads on first use may never be loaded.
    """

    def __init__(self, embedder: Embedder, memory: VectorMemory, *, most: int = REMEMBERED) -> None:
        """Put a memory before an embedder.

        Args:
            embedder: Embeds what is not known.
            memory: Knows vectors beyond this process.
            most: So many vectors are kept in this process.
        """
        self._embedder = embedder
        self._memory = memory
        self._most = most
        self._known: dict[str, Vectors] = {}

    @property
    def plain(self) -> Embedder:
        """The embedder without memory."""
        return self._embedder

    @property
    def identity(self) -> str:
        return self._embedder.identity

    @property
    def dimensions(self) -> int:
        return self._embedder.dimensions

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Embed; shape (len(texts), dimensions), float32, each row of length 1."""
        wanted = dict.fromkeys(texts)
        found = {text: self._known[text] for text in wanted if text in self._known}
        found |= self._recall(text for text in wanted if text not in found)
        missing = [text for text in wanted if text not in found]
        if missing:
            vectors = dict(zip(missing, await self._embedder.embed(missing), strict=True))
            self._memory.keep({self._key(text): vector for text, vector in vectors.items()})
            found |= vectors
        self._remember(found)
        rows = [found[text] for text in texts]
        return np.stack(rows) if rows else np.zeros((0, self.dimensions), dtype=np.float32)

    def token_spans(self, text: str) -> Sequence[tuple[int, int]]:
        return self._embedder.token_spans(text)

    async def aclose(self) -> None:
        """Close the embedder; the memory may serve others still."""
        await self._embedder.aclose()

    def _recall(self, texts: Iterable[str]) -> dict[str, Vectors]:
        keys = {text: self._key(text) for text in texts}
        kept = self._memory.find(keys.values())
        return {
            text: kept[key] for text, key in keys.items() if key in kept and self._fits(kept[key])
        }

    def _remember(self, vectors: Mapping[str, Vectors]) -> None:
        new = {text: vector for text, vector in vectors.items() if text not in self._known}
        if len(self._known) + len(new) > self._most:
            self._known.clear()
        if len(vectors) <= self._most:
            self._known.update(vectors)

    def _key(self, text: str) -> str:
        return digest([self.identity, text])

    def _fits(self, vector: Vectors) -> bool:
        """Whether it can be a vector of this embedder, and no damaged one."""
        length = float(np.linalg.norm(vector))
        return vector.shape == (self.dimensions,) and abs(length - 1.0) < _LENGTH_TOLERANCE
