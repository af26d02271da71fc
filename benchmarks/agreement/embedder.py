"""The embedder of the benchmarks: MiniLM, whose weights have to be on this machine."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from agreement.row import NotThere
from genaiops.errors import GenaiopsError
from genaiops.models.catalog import Catalog
from genaiops.protocols import Embedder, Vectors
from genaiops.specs.catalog import CatalogSpec

ROOT = Path(__file__).resolve().parents[2]
NAME = "all-minilm-l6-v2-int8"


class Remembering:
    """An embedder that embeds each text once."""

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
    """MiniLM, ready to embed, each text once.

    Raises:
        NotThere: its weights or packages are not on this machine.
    """
    entry = {"minilm": {"provider": "local", "weights": NAME}}
    spec = CatalogSpec.model_validate({"embedders": entry})
    try:
        embedder = Catalog(spec, root=ROOT, environment={}, locked={}).build_embedder("minilm")
        asyncio.run(embedder.embed(["there"]))
    except GenaiopsError as error:
        raise NotThere(str(error)) from error
    return Remembering(embedder)
