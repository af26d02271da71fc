"""Embeddings in this process: MiniLM through onnxruntime and tokenizers, whose one door this is.

Texts are cut at 256 tokens, as the model was trained; vectors are the means of the token vectors
under the mask, at length 1. The weights alone are int8 and one thread does the arithmetic, so a
text has the same vector, bit by bit, in every batch.
"""

import asyncio
import os
import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from genaiops.digests import digest
from genaiops.errors import MissingExtra
from genaiops.protocols import Vectors
from genaiops.specs import catalog

try:
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # it reports to its maker from import on
    import onnxruntime
    from tokenizers import Tokenizer
except ImportError as error:
    raise MissingExtra("the local embedder", "local") from error

MAX_TOKENS = 256
DIMENSIONS = 384
_HALF_PAIR = re.compile("[\ud800-\udfff]")
_PREPARATION = "minilm: 256 tokens, masked mean, unit length"


class LocalEmbedder:
    """A MiniLM embedder that meets `protocols.Embedder`; it is loaded on first use."""

    def __init__(
        self,
        spec: catalog.LocalEmbedder,
        model_path: Path,
        tokenizer_path: Path,
        identity_sha256: str,
    ) -> None:
        self._batch = spec.batch
        self._model_path = model_path
        self._tokenizer_path = tokenizer_path
        self._weights_sha256 = identity_sha256
        self._one_at_a_time = Lock()

    @property
    def identity(self) -> str:
        """The digest of weights, preparation and runtime."""
        return digest([self._weights_sha256, _PREPARATION, onnxruntime.__version__])

    @property
    def dimensions(self) -> int:
        """The length of a vector."""
        return DIMENSIONS

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Embed; shape (len(texts), 384), float32, each row of length 1.

        Batches hold texts of like length. A cancelled call stops after the batch at work.

        Raises:
            ExecutionError: the files are not those of a MiniLM.
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
        return self._whole_tokenizer.encode(
            _whole_characters(text), add_special_tokens=False
        ).offsets

    async def aclose(self) -> None:
        """Give back the memory."""
        for loaded in ("_session", "_tokenizer", "_whole_tokenizer"):
            self.__dict__.pop(loaded, None)

    def _embed_batch(self, texts: Sequence[str]) -> Vectors:
        with self._one_at_a_time:
            encoded = self._tokenizer.encode_batch([_whole_characters(text) for text in texts])
            width = max(len(one.ids) for one in encoded)
            ids = np.zeros((len(texts), width), dtype=np.int64)
            mask = np.zeros_like(ids)
            for row, one in enumerate(encoded):
                ids[row, : len(one.ids)] = one.ids
                mask[row, : len(one.ids)] = 1
            feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
            states: Vectors = self._session.run(["last_hidden_state"], feed)[0]
        weights = mask[:, :, None].astype(np.float32)
        means = (states * weights).sum(axis=1) / weights.sum(axis=1)
        return means / np.linalg.norm(means, axis=1, keepdims=True)

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        tokenizer: Any = _load_tokenizer(self._tokenizer_path)
        tokenizer.enable_truncation(MAX_TOKENS)
        return tokenizer

    @cached_property
    def _whole_tokenizer(self) -> Tokenizer:
        return _load_tokenizer(self._tokenizer_path)

    @cached_property
    def _session(self) -> Any:  # noqa: ANN401  onnxruntime is untyped
        runtime: Any = onnxruntime
        options = runtime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        return runtime.InferenceSession(
            str(self._model_path), options, providers=["CPUExecutionProvider"]
        )


def _load_tokenizer(path: Path) -> Tokenizer:
    """The tokenizer without the padding and truncation that its file asks for."""
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def _whole_characters(text: str) -> str:
    """The text with each half of a broken surrogate pair, which no tokenizer takes, replaced."""
    return _HALF_PAIR.sub("\ufffd", text)


def _batches(texts: Sequence[str], size: int) -> Iterator[list[int]]:
    """Row numbers in batches, longest texts first, so that little is padding."""
    order = sorted(range(len(texts)), key=lambda row: (-len(texts[row]), row))
    for start in range(0, len(order), size):
        yield order[start : start + size]
