"""MiniLM, which embeds each text once."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from genaiops.models.catalog import Catalog
from genaiops.protocols import Embedder, Vectors
from genaiops.specs.catalog import CatalogSpec

NAME = "all-minilm-l6-v2-int8"


class Remembering:
    """An embedder that keeps what it has embedded."""

    def __init__(self, embedder: Embedder) -> None:
        self.identity, self.dimensions = embedder.identity, embedder.dimensions
        self.token_spans, self.aclose = embedder.token_spans, embedder.aclose
        self._embedder = embedder
        self._known = dict[str, Vectors]()

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Embed what is new, one by one, so that no text changes the vector of another."""
        for text in dict.fromkeys(texts):
            if text not in self._known:
                self._known[text] = (await self._embedder.embed([text]))[0]
        return np.array([self._known[text] for text in texts])


def minilm() -> Embedder:
    """The embedder that the weights are for.

    Raises:
        GenaiopsError: its weights are not there.
    """
    spec = CatalogSpec.model_validate(
        {"embedders": {"minilm": {"provider": "local", "weights": NAME}}}
    )
    catalog = Catalog(spec, root=Path(__file__).parent, environment={}, locked={})
    return Remembering(catalog.build_embedder("minilm"))
