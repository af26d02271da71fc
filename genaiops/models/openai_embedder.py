"""Embeddings of an OpenAI-compatible endpoint."""

from collections.abc import Mapping, Sequence

import numpy as np

from genaiops.digests import digest
from genaiops.models.endpoint import Endpoint, place
from genaiops.models.faults import not_the_protocol
from genaiops.models.replies import read_embeddings
from genaiops.models.words import token_spans
from genaiops.protocols import Vectors
from genaiops.specs import catalog


class OpenAIEmbedder:
    """Embeddings of an endpoint, in batches, one after the other."""

    def __init__(
        self,
        name: str,
        spec: catalog.OpenAIEmbedder,
        *,
        api_key: str | None,
        environment: Mapping[str, str],
    ) -> None:
        """As for OpenAIModel.

        Raises:
            InputError: the address or the key cannot be used.
        """
        self._spec = spec
        self._endpoint = Endpoint(f"embedder {name!r}", spec, spec.model, api_key, environment)

    @property
    def identity(self) -> str:
        return digest(place(self._spec, self._spec.model) | {"dimensions": self._spec.dimensions})

    @property
    def dimensions(self) -> int:
        return self._spec.dimensions

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Embed; shape (len(texts), dimensions), float32, each row of length 1.

        Raises:
            CallError: there is no usable answer; its kind says why.
        """
        size = self._spec.batch
        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for start in range(0, len(texts), size):
            batch = list(texts[start : start + size])
            rows[start : start + size] = await self._embedded(batch)
        return rows

    def token_spans(self, text: str) -> Sequence[tuple[int, int]]:
        """Words and punctuation marks stand in for tokens, which only the endpoint knows."""
        return token_spans(text)

    async def aclose(self) -> None:
        await self._endpoint.aclose()

    async def _embedded(self, texts: Sequence[str]) -> Vectors:
        reply = await self._endpoint.ask(
            "embeddings", {"input": list(texts), "encoding_format": "float"}
        )
        try:
            return _unit_rows(read_embeddings(reply), len(texts), self.dimensions)
        except ValueError as error:
            raise self._endpoint.failure(not_the_protocol(str(error), reply)) from error


def _unit_rows(vectors: Sequence[Sequence[float]], count: int, dimensions: int) -> Vectors:
    sizes = {len(vector) for vector in vectors}
    if len(vectors) != count or sizes != {dimensions}:
        raise ValueError(
            f"{len(vectors)} vectors of {sorted(sizes)} dimensions for {count} texts, while the "
            f"catalog says dimensions: {dimensions}"
        )
    rows = np.asarray(vectors, dtype=np.float32)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    if not lengths.all():
        raise ValueError("a vector of length 0")
    return rows / lengths
