"""MiniLM through onnxruntime and tokenizers, whose one door this is.

Texts are cut at 256 tokens, as the model was trained; vectors are the means of the token vectors
under the mask, at length 1. The weights alone are int8 and one thread does the arithmetic, so a
text has the same vector, bit by bit, in every batch.
"""

import os
import re
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from genaiops.errors import ExecutionError, MissingExtra
from genaiops.protocols import Vectors

try:
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # it reports to its maker from import on
    import onnxruntime
    from tokenizers import Tokenizer
except ImportError as error:
    raise MissingExtra("the local embedder", "local") from error

MAX_TOKENS = 256
RUNTIME_VERSION: str = onnxruntime.__version__
_HALF_PAIR = re.compile("[\ud800-\udfff]")


class MiniLM:
    """The model and its tokenizer, each loaded on first use."""

    def __init__(self, model_path: Path, tokenizer_path: Path) -> None:
        self._model_path = model_path
        self._tokenizer_path = tokenizer_path

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Embed one batch; shape (len(texts), 384), float32, each row of length 1.

        Raises:
            ExecutionError: a file cannot be loaded.
        """
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

    def token_spans(self, text: str) -> Sequence[tuple[int, int]]:
        """The (start, end) characters of each token of the whole text, in order."""
        return self._whole_tokenizer.encode(
            _whole_characters(text), add_special_tokens=False
        ).offsets

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
        with _loading(self._model_path):
            return runtime.InferenceSession(
                str(self._model_path), options, providers=["CPUExecutionProvider"]
            )


def _load_tokenizer(path: Path) -> Tokenizer:
    """The tokenizer without the padding and truncation that its file asks for."""
    with _loading(path):
        tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


@contextmanager
def _loading(path: Path) -> Generator[None]:
    """Turn what a damaged file leads to into our error; both libraries raise plain Exceptions."""
    try:
        yield
    except Exception as error:
        told = str(error).strip().partition("\n")[0]
        raise ExecutionError(
            f"{path}: cannot be loaded: {told}; compare it by `genaiops weights verify`"
        ) from error


def _whole_characters(text: str) -> str:
    """The text with each half of a broken surrogate pair, which no tokenizer takes, replaced."""
    return _HALF_PAIR.sub("\ufffd", text)
