"""The embedder of this process: MiniLM, loaded only when a text is embedded or measured."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from threading import Lock
from typing import Protocol, cast

import numpy as np

from genaiops.digests import digest
from genaiops.protocols import Vectors
from genaiops.resolve import load_attribute
from genaiops.specs import catalog

DIMENSIONS = 384
_PREPARATION = "minilm: 256 tokens, masked mean, unit length"


class _MiniLM(Protocol):
    """The door of onnxruntime and tokenizers."""

    def embed(self, texts: Sequence[str]) -> Vectors: ...
    def token_spans(self, text: str) -> Sequence[tuple[int, int]]: ...


class LocalEmbedder:
    """A MiniLM embedder that meets `protocols.Embedder`."""

    def __init__(
        self,
        spec: catalog.LocalEmbedder,
        model_path: Path,
        tokenizer_path: Path,
        identity_sha256: str,
    ) -> None:
        """Take the files; nothing is loaded.

        Raises:
            MissingExtra: the runtime is not installed.
        """
        self._batch = spec.batch
        self._paths = (model_path, tokenizer_path)
        self._identity = digest([identity_sha256, _PREPARATION, _runtime_version()])
        self._loaded: _MiniLM | None = None
        self._one_at_a_time = Lock()

    @property
    def identity(self) -> str:
        """The digest of weights, preparation and runtime."""
        return self._identity

    @property
    def dimensions(self) -> int:
        """The length of a vector."""
        return DIMENSIONS

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Embed; shape (len(texts), 384), float32, each row of length 1.

        Batches hold texts of like length. A cancelled call stops after the batch at work.

        Raises:
            ExecutionError: a file of the weights cannot be loaded.
        """
        vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        for rows in _batches(texts, self._batch):
            batch = [texts[row] for row in rows]
            vectors[rows] = await asyncio.to_thread(self._embed_batch, batch)
        return vectors

    def token_spans(self, text: str) -> Sequence[tuple[int, int]]:
        """The (start, end) characters of each token of the whole text, in order.

        Characters that make no token, such as spaces, lie in no span.
        """
        with self._one_at_a_time:
            return self._minilm().token_spans(text)

    async def aclose(self) -> None:
        """Give back the memory."""
        self._loaded = None

    def _embed_batch(self, texts: Sequence[str]) -> Vectors:
        with self._one_at_a_time:
            return self._minilm().embed(texts)

    def _minilm(self) -> _MiniLM:
        if self._loaded is None:
            self._loaded = cast("Callable[..., _MiniLM]", _door("MiniLM"))(*self._paths)
        return self._loaded


def _runtime_version() -> str:
    """The version of onnxruntime, read without loading it."""
    try:
        version("tokenizers")
        return version("onnxruntime")
    except PackageNotFoundError:  # another build of it, such as onnxruntime-gpu, or none
        return cast("str", _door("RUNTIME_VERSION"))


def _door(attribute: str) -> object:
    return load_attribute(f"genaiops.models.embed:{attribute}")


def _batches(texts: Sequence[str], size: int) -> Iterator[list[int]]:
    """Row numbers in batches, longest texts first, so that little is padding."""
    order = sorted(range(len(texts)), key=lambda row: (-len(texts[row]), row))
    for start in range(0, len(order), size):
        yield order[start : start + size]
